# SPDX-License-Identifier: Apache-2.0
# RFC 5321: replies, capabilities, sessions, transcripts

noinst_LIBRARIES += %D%/libsmtp.a
%C%_libsmtp_a_SOURCES =
%C%_libsmtp_a_SOURCES += %D%/capability.c %D%/capability.h
%C%_libsmtp_a_SOURCES += %D%/reason.c %D%/reason.h
%C%_libsmtp_a_SOURCES += %D%/reply.c %D%/reply.h
%C%_libsmtp_a_SOURCES += %D%/session.c %D%/session.h %D%/session_parts.h
%C%_libsmtp_a_SOURCES += %D%/session_walk.c
%C%_libsmtp_a_SOURCES += %D%/transcript.c %D%/transcript.h
%C%_libsmtp_a_SOURCES += %D%/xclient.c %D%/xclient.h
