# SPDX-License-Identifier: Apache-2.0
# relayaudit as a server

noinst_LIBRARIES += %D%/libremote.a
%C%_libremote_a_SOURCES =
%C%_libremote_a_SOURCES += %D%/envelope.c %D%/envelope.h
%C%_libremote_a_SOURCES += %D%/imap.c %D%/imap.h
%C%_libremote_a_SOURCES += %D%/imap_session.c %D%/imap_session.h
%C%_libremote_a_SOURCES += %D%/practice.c %D%/practice.h
%C%_libremote_a_SOURCES += %D%/practice_bend.c
%C%_libremote_a_SOURCES += %D%/practice_command.c
%C%_libremote_a_SOURCES += %D%/practice_hostile.c %D%/practice_hostile.h
%C%_libremote_a_SOURCES += %D%/practice_ledger.c %D%/practice_ledger.h
%C%_libremote_a_SOURCES += %D%/practice_limit.c
%C%_libremote_a_SOURCES += %D%/practice_mail.c %D%/practice_mail.h
%C%_libremote_a_SOURCES += %D%/practice_path.c %D%/practice_path.h
%C%_libremote_a_SOURCES += %D%/practice_policy.c %D%/practice_policy.h
%C%_libremote_a_SOURCES += %D%/practice_post.c %D%/practice_post.h
%C%_libremote_a_SOURCES += %D%/practice_proxy.c %D%/practice_proxy.h
%C%_libremote_a_SOURCES += %D%/practice_rules.c %D%/practice_rules.h
%C%_libremote_a_SOURCES += %D%/practice_say.c
%C%_libremote_a_SOURCES += %D%/practice_session.c %D%/practice_session.h
%C%_libremote_a_SOURCES += %D%/practice_style.c %D%/practice_style.h
%C%_libremote_a_SOURCES += %D%/proof_file.c
%C%_libremote_a_SOURCES += %D%/proof_kind.h
%C%_libremote_a_SOURCES += %D%/proof_listen.c
%C%_libremote_a_SOURCES += %D%/proof_mailbox.c
%C%_libremote_a_SOURCES += %D%/proof_source.c %D%/proof_source.h
%C%_libremote_a_SOURCES += %D%/record.c %D%/record.h
%C%_libremote_a_SOURCES += %D%/sink.c %D%/sink.h
%C%_libremote_a_SOURCES += %D%/sink_command.c
%C%_libremote_a_SOURCES += %D%/sink_data.c %D%/sink_data.h
%C%_libremote_a_SOURCES += %D%/sink_path.c %D%/sink_path.h
%C%_libremote_a_SOURCES += %D%/sink_peer.c %D%/sink_peer.h
%C%_libremote_a_SOURCES += %D%/sink_session.c %D%/sink_session.h
%C%_libremote_a_SOURCES += %D%/store.c %D%/store.h
%C%_libremote_a_SOURCES += %D%/store_tail.c %D%/store_tail.h
%C%_libremote_a_SOURCES += %D%/syncer.c %D%/syncer.h
