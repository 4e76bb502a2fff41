# SPDX-License-Identifier: Apache-2.0
# what a mail server's own files say

noinst_LIBRARIES += %D%/libmta.a
%C%_libmta_a_SOURCES =
%C%_libmta_a_SOURCES += %D%/make.c %D%/make.h
%C%_libmta_a_SOURCES += %D%/event.h
%C%_libmta_a_SOURCES += %D%/stamp.c %D%/stamp.h
%C%_libmta_a_SOURCES += %D%/log_line.c %D%/log_line.h
%C%_libmta_a_SOURCES += %D%/logs.c %D%/logs.h
%C%_libmta_a_SOURCES += %D%/log_source.c %D%/log_source.h
%C%_libmta_a_SOURCES += %D%/postfix_log.c
%C%_libmta_a_SOURCES += %D%/sendmail_log.c
%C%_libmta_a_SOURCES += %D%/exim_log.c
%C%_libmta_a_SOURCES += %D%/qmail_log.c
%C%_libmta_a_SOURCES += %D%/opensmtpd_log.c
