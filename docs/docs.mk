# SPDX-License-Identifier: Apache-2.0

dist_man_MANS =
dist_man_MANS += %D%/relayaudit-agent.1
dist_man_MANS += %D%/relayaudit-agent.yml.5
dist_man_MANS += %D%/relayaudit-config.1
dist_man_MANS += %D%/relayaudit-demo.1
dist_man_MANS += %D%/relayaudit-explain.1
dist_man_MANS += %D%/relayaudit-log.1
dist_man_MANS += %D%/relayaudit-map.1
dist_man_MANS += %D%/relayaudit-probe.5
dist_man_MANS += %D%/relayaudit-probes.1
dist_man_MANS += %D%/relayaudit-queue.1
dist_man_MANS += %D%/relayaudit-report.1
dist_man_MANS += %D%/relayaudit-scan.1
dist_man_MANS += %D%/relayaudit-self.1
dist_man_MANS += %D%/relayaudit-sink.1
dist_man_MANS += %D%/relayaudit.1
dist_man_MANS += %D%/relayaudit.yml.5

dist_pkgdata_DATA =
dist_pkgdata_DATA += %D%/relayaudit-report-1.schema.json

dist_doc_DATA =
dist_doc_DATA += %D%/agent-tutorial.md
dist_doc_DATA += %D%/first-audit.md
dist_doc_DATA += %D%/open-relay-what-now.md
dist_doc_DATA += %D%/report.md
dist_doc_DATA += %D%/verdicts.md

examplesdir = $(docdir)/examples
dist_examples_DATA =
dist_examples_DATA += %D%/examples/audit-image.sh
dist_examples_DATA += %D%/examples/github-actions.yml
dist_examples_DATA += %D%/examples/gitlab-ci.yml
dist_examples_DATA += %D%/examples/relayaudit.yml

EXTRA_DIST += packaging/agent.yml packaging/relayaudit-agent.service

# A page for each finding and each trick, made of what the program itself says of them.
docs-pages: relayaudit$(EXEEXT)
	$(MKDIR_P) %D%
	RELAYAUDIT_PROBEDIR='$(srcdir)/probes' ./relayaudit$(EXEEXT) explain --pages %D%/pages

install-data-local: docs-pages
	for kind in findings tricks; do \
		$(MKDIR_P) "$(DESTDIR)$(docdir)/pages/$$kind" && $(INSTALL_DATA) %D%/pages/$$kind/*.md "$(DESTDIR)$(docdir)/pages/$$kind" || exit; \
	done
	$(INSTALL_DATA) %D%/pages/index.md "$(DESTDIR)$(docdir)/pages"

uninstall-local:
	rm -rf "$(DESTDIR)$(docdir)/pages"

clean-local:
	rm -rf %D%/pages

.PHONY: docs-pages
