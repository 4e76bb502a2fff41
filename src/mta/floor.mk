# SPDX-License-Identifier: Apache-2.0
# what a mail server's own files say

noinst_LIBRARIES += %D%/libmta.a
%C%_libmta_a_SOURCES =
%C%_libmta_a_SOURCES += %D%/config.c %D%/config.h
%C%_libmta_a_SOURCES += %D%/config_files.c %D%/config_files.h
%C%_libmta_a_SOURCES += %D%/config_kind.h
%C%_libmta_a_SOURCES += %D%/config_kinds.c
%C%_libmta_a_SOURCES += %D%/event.h
%C%_libmta_a_SOURCES += %D%/exim_log.c
%C%_libmta_a_SOURCES += %D%/grant.h
%C%_libmta_a_SOURCES += %D%/log_line.c %D%/log_line.h
%C%_libmta_a_SOURCES += %D%/log_source.c %D%/log_source.h
%C%_libmta_a_SOURCES += %D%/logs.c %D%/logs.h
%C%_libmta_a_SOURCES += %D%/make.c %D%/make.h
%C%_libmta_a_SOURCES += %D%/opensmtpd_log.c
%C%_libmta_a_SOURCES += %D%/postfix.h
%C%_libmta_a_SOURCES += %D%/postfix_access.c
%C%_libmta_a_SOURCES += %D%/postfix_ask.c
%C%_libmta_a_SOURCES += %D%/postfix_cidr.c
%C%_libmta_a_SOURCES += %D%/postfix_config.c
%C%_libmta_a_SOURCES += %D%/postfix_default.c
%C%_libmta_a_SOURCES += %D%/postfix_expand.c
%C%_libmta_a_SOURCES += %D%/postfix_grant.c
%C%_libmta_a_SOURCES += %D%/postfix_items.c
%C%_libmta_a_SOURCES += %D%/postfix_list.c %D%/postfix_list.h
%C%_libmta_a_SOURCES += %D%/postfix_log.c
%C%_libmta_a_SOURCES += %D%/postfix_main.c %D%/postfix_main.h
%C%_libmta_a_SOURCES += %D%/postfix_master.c %D%/postfix_master.h
%C%_libmta_a_SOURCES += %D%/postfix_restriction.c
%C%_libmta_a_SOURCES += %D%/postfix_rules.c
%C%_libmta_a_SOURCES += %D%/postfix_style.c
%C%_libmta_a_SOURCES += %D%/postfix_table.c %D%/postfix_table.h
%C%_libmta_a_SOURCES += %D%/postfix_walk.c %D%/postfix_walk.h
%C%_libmta_a_SOURCES += %D%/qmail_log.c
%C%_libmta_a_SOURCES += %D%/sendmail_log.c
%C%_libmta_a_SOURCES += %D%/stamp.c %D%/stamp.h
