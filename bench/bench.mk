# SPDX-License-Identifier: Apache-2.0
#
# What is measured, as root: "make bench", or BENCH=speed, BENCH=fleet or BENCH=sink for one of them;
# BENCH=accuracy, which takes long, for how right it is.

EXTRA_PROGRAMS = %D%/link
%C%_link_SOURCES = %D%/link.c
CLEANFILES += %D%/link
EXTRA_DIST += %D%/README.md %D%/accuracy.sh %D%/classic.sh %D%/confusion.awk %D%/figures.sh %D%/fleet.sh %D%/sink.sh %D%/speed.sh

BENCH = speed fleet sink
bench: $(bin_PROGRAMS) %D%/link tests/fake/besieger tests/fake/measured tests/fake/practised tests/fake/sender
	@status=0; for bench in $(BENCH); do \
		RELAYAUDIT='$(abs_builddir)/relayaudit' RELAYAUDIT_PROBEDIR='$(abs_srcdir)/probes' \
		SLOW_LINK='$(abs_builddir)/%D%/link' MEASURED='$(abs_builddir)/tests/fake/measured' \
		PRACTISED='$(abs_builddir)/tests/fake/practised' \
		SENDER='$(abs_builddir)/tests/fake/sender' BESIEGER='$(abs_builddir)/tests/fake/besieger' \
		$(SHELL) "$(srcdir)/%D%/$$bench.sh" || status=1; \
	done; exit $$status

.PHONY: bench
