# SPDX-License-Identifier: Apache-2.0
#
# What is measured, as root: "make bench", or BENCH=speed, BENCH=fleet, BENCH=sink or BENCH=prefixes for one of them;
# BENCH=accuracy, which takes long, for how right it is.

EXTRA_PROGRAMS = %D%/link
%C%_link_SOURCES = %D%/link.c
CLEANFILES += %D%/link
EXTRA_PROGRAMS += %D%/prefixes
%C%_prefixes_SOURCES = %D%/prefixes.c
%C%_prefixes_LDADD = $(NET_LIBS)
CLEANFILES += %D%/prefixes
EXTRA_DIST += %D%/README.md %D%/accuracy.sh %D%/classic.sh %D%/confusion.awk %D%/figures.sh %D%/fleet.sh %D%/prefixes.sh %D%/sink.sh %D%/speed.sh

BENCH = speed fleet sink prefixes
bench: $(bin_PROGRAMS) %D%/link %D%/prefixes tests/fake/besieger tests/fake/measured tests/fake/practised tests/fake/sender
	@status=0; for bench in $(BENCH); do \
		RELAYAUDIT='$(abs_builddir)/relayaudit' RELAYAUDIT_PROBEDIR='$(abs_srcdir)/probes' \
		SLOW_LINK='$(abs_builddir)/%D%/link' PREFIXES_TOOL='$(abs_builddir)/%D%/prefixes' MEASURED='$(abs_builddir)/tests/fake/measured' \
		PRACTISED='$(abs_builddir)/tests/fake/practised' \
		SENDER='$(abs_builddir)/tests/fake/sender' BESIEGER='$(abs_builddir)/tests/fake/besieger' \
		$(SHELL) "$(srcdir)/%D%/$$bench.sh" || status=1; \
	done; exit $$status

.PHONY: bench
