# SPDX-License-Identifier: Apache-2.0
# relayaudit as a server

noinst_LIBRARIES += %D%/libremote.a
%C%_libremote_a_SOURCES =
%C%_libremote_a_SOURCES += %D%/practice.c %D%/practice.h
%C%_libremote_a_SOURCES += %D%/practice_bend.c
%C%_libremote_a_SOURCES += %D%/practice_command.c
%C%_libremote_a_SOURCES += %D%/practice_hostile.c %D%/practice_hostile.h
%C%_libremote_a_SOURCES += %D%/practice_ledger.c %D%/practice_ledger.h
%C%_libremote_a_SOURCES += %D%/practice_limit.c
%C%_libremote_a_SOURCES += %D%/practice_path.c %D%/practice_path.h
%C%_libremote_a_SOURCES += %D%/practice_policy.c %D%/practice_policy.h
%C%_libremote_a_SOURCES += %D%/practice_proxy.c %D%/practice_proxy.h
%C%_libremote_a_SOURCES += %D%/practice_rules.c %D%/practice_rules.h
%C%_libremote_a_SOURCES += %D%/practice_say.c
%C%_libremote_a_SOURCES += %D%/practice_session.c %D%/practice_session.h
%C%_libremote_a_SOURCES += %D%/practice_style.c %D%/practice_style.h
