# SPDX-License-Identifier: Apache-2.0
#
# A unit test or a fuzzer is two lines: its program, and what it is linked with.  A
# house rule is one.

TEST_EXTENSIONS = .sh
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = $(SHELL) $(srcdir)/%D%/quietly.sh
SH_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = $(SHELL)

AM_TESTS_ENVIRONMENT = \
	LC_ALL=C; export LC_ALL; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	ASAN_OPTIONS=detect_stack_use_after_return=1; export ASAN_OPTIONS; \
	UBSAN_OPTIONS=print_stacktrace=1; export UBSAN_OPTIONS; \
	RELAYAUDIT='$(abs_builddir)/relayaudit'; export RELAYAUDIT; \
	RELAYAUDIT_PROBEDIR='$(abs_srcdir)/probes'; export RELAYAUDIT_PROBEDIR; \
	PRACTISED='$(abs_builddir)/tests/fake/practised'; export PRACTISED; \
	MEASURED='$(abs_builddir)/tests/fake/measured'; export MEASURED; \
	SENDER='$(abs_builddir)/tests/fake/sender'; export SENDER; \
	BESIEGER='$(abs_builddir)/tests/fake/besieger'; export BESIEGER; \
	WATCHED='$(abs_builddir)/tests/fake/watched'; export WATCHED; \
	HOUSE_BUILD='$(abs_builddir)'; export HOUSE_BUILD; \
	HOUSE_CC='$(CC)'; export HOUSE_CC; \
	HOUSE_CPPFLAGS='-I$(abs_srcdir)/src -D_GNU_SOURCE $(LIBRARY_CPPFLAGS)'; export HOUSE_CPPFLAGS;

unit_tests =
replays =
helpers =
script_tests =
check_PROGRAMS += $(unit_tests) $(replays) $(helpers)
# The longest begin.
TESTS = $(script_tests) $(unit_tests) $(replays) $(house_rules)

EXTRA_DIST += $(script_tests) $(house_rules) %D%/house/house.sh %D%/house/code.awk %D%/quietly.sh %D%/bare.sh %D%/package.sh
EXTRA_DIST += %D%/mta %D%/fuzz/fuzz.sh %D%/fuzz/corpus %D%/dialogues %D%/fake %D%/log %D%/queue %D%/remote/agents.py
EXTRA_DIST += %D%/docs %D%/pipeline/job.py
EXTRA_DIST += %D%/report/formats.py %D%/report/page.py %D%/report/axe.py %D%/report/load.py %D%/report/validate.py %D%/report/full.ndjson %D%/report/full.json
CLEANFILES += $(fuzzers:%D%/fuzz/%=%-crash-*)

# The rules of the house

house_rules =
house_rules += tests/house/banned.sh
house_rules += tests/house/documents.sh
house_rules += tests/house/explained.sh
house_rules += tests/house/externals.sh
house_rules += tests/house/floors.sh
house_rules += tests/house/headers.sh
house_rules += tests/house/listed.sh
house_rules += tests/house/probes.sh
house_rules += tests/house/scripts.sh
house_rules += tests/house/sizes.sh
house_rules += tests/house/stems.sh
house_rules += tests/house/words.sh

# Fuzzers: with --enable-fuzzers real ones (make fuzz), else programs that replay the corpus.

fuzzers =
fuzzers += tests/fuzz/fuzz_ehlo
tests_fuzz_fuzz_ehlo_LDADD = $(FUZZ_MAIN) $(AUDIT_LIBS)
fuzzers += tests/fuzz/fuzz_imap
tests_fuzz_fuzz_imap_LDADD = $(FUZZ_MAIN) $(REMOTE_LIBS)
fuzzers += tests/fuzz/fuzz_config
tests_fuzz_fuzz_config_LDADD = $(FUZZ_MAIN) $(CMD_LIBS)
fuzzers += tests/fuzz/fuzz_courier
tests_fuzz_fuzz_courier_LDADD = $(FUZZ_MAIN) $(TOLD_LIBS)
fuzzers += tests/fuzz/fuzz_exim
tests_fuzz_fuzz_exim_LDADD = $(FUZZ_MAIN) $(TOLD_LIBS)
fuzzers += tests/fuzz/fuzz_haraka
tests_fuzz_fuzz_haraka_LDADD = $(FUZZ_MAIN) $(TOLD_LIBS)
fuzzers += tests/fuzz/fuzz_log
tests_fuzz_fuzz_log_LDADD = $(FUZZ_MAIN) $(AUDIT_LIBS)
fuzzers += tests/fuzz/fuzz_job
tests_fuzz_fuzz_job_LDADD = $(FUZZ_MAIN) $(AUDIT_LIBS)
fuzzers += tests/fuzz/fuzz_opensmtpd
tests_fuzz_fuzz_opensmtpd_LDADD = $(FUZZ_MAIN) $(TOLD_LIBS)
fuzzers += tests/fuzz/fuzz_postfix
tests_fuzz_fuzz_postfix_LDADD = $(FUZZ_MAIN) $(TOLD_LIBS)
fuzzers += tests/fuzz/fuzz_sendmail
tests_fuzz_fuzz_sendmail_LDADD = $(FUZZ_MAIN) $(TOLD_LIBS)
fuzzers += tests/fuzz/fuzz_probe
tests_fuzz_fuzz_probe_LDADD = $(FUZZ_MAIN) $(PROBE_LIBS)
fuzzers += tests/fuzz/fuzz_qmail
tests_fuzz_fuzz_qmail_LDADD = $(FUZZ_MAIN) $(TOLD_LIBS)
fuzzers += tests/fuzz/fuzz_queue
tests_fuzz_fuzz_queue_LDADD = $(FUZZ_MAIN) $(AUDIT_LIBS)
fuzzers += tests/fuzz/fuzz_record
tests_fuzz_fuzz_record_LDADD = $(FUZZ_MAIN) $(REMOTE_LIBS)
fuzzers += tests/fuzz/fuzz_reply
tests_fuzz_fuzz_reply_LDADD = $(FUZZ_MAIN) $(SMTP_LIBS)
fuzzers += tests/fuzz/fuzz_report
tests_fuzz_fuzz_report_LDADD = $(FUZZ_MAIN) $(REPORT_LIBS)
fuzzers += tests/fuzz/fuzz_result
tests_fuzz_fuzz_result_LDADD = $(FUZZ_MAIN) $(AUDIT_LIBS)
fuzzers += tests/fuzz/fuzz_sink
tests_fuzz_fuzz_sink_LDADD = $(FUZZ_MAIN) $(REMOTE_LIBS)

if FUZZERS
FUZZ_MAIN = $(FUZZ_LDFLAGS)
noinst_PROGRAMS = $(fuzzers)
else
FUZZ_MAIN = %D%/fuzz/libreplay.a
check_LIBRARIES += %D%/fuzz/libreplay.a
replays += $(fuzzers)
endif
%C%_fuzz_libreplay_a_SOURCES = %D%/fuzz/replay.c

# What holds of all readers of configurations.
TOLD_LIBS = %D%/fuzz/libtold.a $(MTA_LIBS)
check_LIBRARIES += %D%/fuzz/libtold.a
%C%_fuzz_libtold_a_SOURCES = %D%/fuzz/told.c %D%/fuzz/told.h

FUZZ_SECONDS = 60
fuzz: $(fuzzers)
	srcdir='$(srcdir)' $(SHELL) '$(srcdir)/%D%/fuzz/fuzz.sh' $(FUZZ_SECONDS) $(fuzzers)

.PHONY: fuzz

# EXTRA_DIST takes directories whole, also with what was built in them.
dist-hook:
	find '$(distdir)/tests' \( -name '*.[oa]' -o ! -path '*/tests/log/*' -name '*.log' -o -name '*.trs' -o -name .dirstamp \
		-o -name '__pycache__' -o -name 'test_*' ! -name '*.*' -o -name practised -o -name measured -o -name sender -o -name besieger -o -name watched \) -exec rm -rf {} +
	find '$(distdir)/tests' -name .deps -prune -exec rm -rf {} +

# Programs that tests call

helpers += tests/fake/besieger
tests_fake_besieger_LDADD = $(PROBE_LIBS)

helpers += tests/fake/measured
tests_fake_measured_LDADD = $(BASE_LIBS)

helpers += tests/fake/practised
tests_fake_practised_LDADD = $(REMOTE_LIBS)

helpers += tests/fake/sender
tests_fake_sender_LDADD = $(PROBE_LIBS)

helpers += tests/fake/watched
tests_fake_watched_LDADD = $(REMOTE_LIBS)

# Scripts that speak TAP; the longest first

script_tests += tests/dialogues/run.sh
script_tests += tests/hostile/run.sh
script_tests += tests/cmd/completion.sh
script_tests += tests/cmd/map.sh
script_tests += tests/config/run.sh
script_tests += tests/docs/run.sh
script_tests += tests/log/run.sh
script_tests += tests/pipeline/recipes.sh
script_tests += tests/queue/run.sh
script_tests += tests/remote/agent.sh
script_tests += tests/remote/mailbox.sh
script_tests += tests/remote/sink.sh
script_tests += tests/report/baseline.sh
script_tests += tests/report/baseline_server.sh
script_tests += tests/report/formats.sh
script_tests += tests/report/load.sh
script_tests += tests/report/pages.sh
script_tests += tests/report/schema.sh

# Unit tests

if HAVE_CMOCKA

# What several of them share

FAKE_LIBS = %D%/fake/libfake.a $(REMOTE_LIBS)
check_LIBRARIES += %D%/fake/libfake.a
%C%_fake_libfake_a_SOURCES =
%C%_fake_libfake_a_SOURCES += %D%/fake/place.c %D%/fake/place.h
%C%_fake_libfake_a_SOURCES += %D%/fake/talk.c %D%/fake/talk.h

unit_tests += tests/base/test_buf
tests_base_test_buf_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/base/test_clock
tests_base_test_clock_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/base/test_err
tests_base_test_err_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/base/test_file
tests_base_test_file_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/base/test_names
tests_base_test_names_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/base/test_pool
tests_base_test_pool_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/base/test_text
tests_base_test_text_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/net/test_address
tests_net_test_address_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/net/test_asked
tests_net_test_asked_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/net/test_child
tests_net_test_child_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/net/test_http
tests_net_test_http_SOURCES = %D%/net/test_http.c %D%/net/desk.c %D%/net/desk.h
tests_net_test_http_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/net/test_listener
tests_net_test_listener_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/net/test_login
tests_net_test_login_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/net/test_open_ports
tests_net_test_open_ports_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/net/test_prefix
tests_net_test_prefix_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/net/test_prefixset
tests_net_test_prefixset_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/net/test_stream
tests_net_test_stream_SOURCES = %D%/net/test_stream.c %D%/net/ends.c %D%/net/ends.h
tests_net_test_stream_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/net/test_stream_tls
tests_net_test_stream_tls_SOURCES = %D%/net/test_stream_tls.c %D%/net/ends.c %D%/net/ends.h
tests_net_test_stream_tls_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/smtp/test_capability
tests_smtp_test_capability_LDADD = $(SMTP_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/smtp/test_reason
tests_smtp_test_reason_LDADD = $(SMTP_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/smtp/test_reply
tests_smtp_test_reply_LDADD = $(SMTP_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/smtp/test_transcript
tests_smtp_test_transcript_LDADD = $(SMTP_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/smtp/test_xclient
tests_smtp_test_xclient_LDADD = $(SMTP_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/probe/test_attempt
tests_probe_test_attempt_LDADD = $(PROBE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/probe/test_catalogue
tests_probe_test_catalogue_LDADD = $(PROBE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/probe/test_credentials
tests_probe_test_credentials_LDADD = $(PROBE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/probe/test_expand
tests_probe_test_expand_LDADD = $(PROBE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/probe/test_parse
tests_probe_test_parse_LDADD = $(PROBE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/probe/test_parse_mistakes
tests_probe_test_parse_mistakes_LDADD = $(PROBE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/probe/test_token
tests_probe_test_token_LDADD = $(PROBE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/probe/test_script_rules
tests_probe_test_script_rules_LDADD = $(PROBE_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/vantage/test_claim
tests_vantage_test_claim_LDADD = $(VANTAGE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/vantage/test_target
tests_vantage_test_target_LDADD = $(VANTAGE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/vantage/test_vantage
tests_vantage_test_vantage_LDADD = $(VANTAGE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/vantage/test_words
tests_vantage_test_words_LDADD = $(VANTAGE_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/mta/test_exim
tests_mta_test_exim_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/mta/test_make
tests_mta_test_make_LDADD = $(MTA_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/mta/test_journal
tests_mta_test_journal_LDADD = $(MTA_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/mta/test_logs
tests_mta_test_logs_LDADD = $(MTA_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/mta/test_opensmtpd
tests_mta_test_opensmtpd_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/mta/test_postfix
tests_mta_test_postfix_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/mta/test_sendmail
tests_mta_test_sendmail_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/mta/test_courier
tests_mta_test_courier_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/mta/test_haraka
tests_mta_test_haraka_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/mta/test_qmail
tests_mta_test_qmail_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/audit/test_audit
tests_audit_test_audit_SOURCES = %D%/audit/test_audit.c %D%/audit/staged.c %D%/audit/staged.h
tests_audit_test_audit_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_batch
tests_audit_test_batch_SOURCES = %D%/audit/test_batch.c %D%/audit/staged.c %D%/audit/staged.h
tests_audit_test_batch_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_exception
tests_audit_test_exception_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_finding
tests_audit_test_finding_SOURCES = %D%/audit/test_finding.c %D%/audit/staged.c %D%/audit/staged.h
tests_audit_test_finding_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_joined
tests_audit_test_joined_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_job
tests_audit_test_job_SOURCES = %D%/audit/test_job.c %D%/audit/staged.c %D%/audit/staged.h
tests_audit_test_job_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_map_plan
tests_audit_test_map_plan_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_classes
tests_audit_test_classes_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_masks
tests_audit_test_masks_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_pick
tests_audit_test_pick_SOURCES = %D%/audit/test_pick.c %D%/audit/staged.c %D%/audit/staged.h
tests_audit_test_pick_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_proof
tests_audit_test_proof_SOURCES = %D%/audit/test_proof.c %D%/audit/staged.c %D%/audit/staged.h
tests_audit_test_proof_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_result
tests_audit_test_result_SOURCES = %D%/audit/test_result.c %D%/audit/staged.c %D%/audit/staged.h
tests_audit_test_result_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_settle
tests_audit_test_settle_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_strangers
tests_audit_test_strangers_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/audit/test_verdict
tests_audit_test_verdict_LDADD = $(AUDIT_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/report/test_baseline
tests_report_test_baseline_LDADD = $(REPORT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/report/test_json
tests_report_test_json_LDADD = $(REPORT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/report/test_matrix
tests_report_test_matrix_LDADD = $(REPORT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/report/test_pieces
tests_report_test_pieces_LDADD = $(REPORT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/report/test_prose
tests_report_test_prose_LDADD = $(REPORT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/report/test_schema
tests_report_test_schema_LDADD = $(REPORT_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/report/test_wrap
tests_report_test_wrap_LDADD = $(REPORT_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/remote/test_imap
tests_remote_test_imap_LDADD = $(REMOTE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_imap_session
tests_remote_test_imap_session_SOURCES = %D%/remote/test_imap_session.c %D%/net/desk.c %D%/net/desk.h
tests_remote_test_imap_session_LDADD = $(REMOTE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_practice
tests_remote_test_practice_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_practice_door
tests_remote_test_practice_door_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_practice_hostile
tests_remote_test_practice_hostile_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_practice_mail
tests_remote_test_practice_mail_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_practice_rules
tests_remote_test_practice_rules_LDADD = $(REMOTE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_practice_session
tests_remote_test_practice_session_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_proof_mailbox
tests_remote_test_proof_mailbox_LDADD = $(REMOTE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_proof_source
tests_remote_test_proof_source_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_agent_guard
tests_remote_test_agent_guard_LDADD = $(REMOTE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_sink
tests_remote_test_sink_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/remote/test_store
tests_remote_test_store_LDADD = $(REMOTE_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/cmd/test_options
tests_cmd_test_options_LDADD = $(CMD_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/cmd/test_agent_config
tests_cmd_test_agent_config_LDADD = $(CMD_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/cmd/test_settings
tests_cmd_test_settings_LDADD = $(CMD_LIBS) $(CMOCKA_LIBS)
unit_tests += tests/cmd/test_settings_tree
tests_cmd_test_settings_tree_LDADD = $(CMD_LIBS) $(CMOCKA_LIBS)

endif
