# SPDX-License-Identifier: Apache-2.0
# what it means

noinst_LIBRARIES += %D%/libaudit.a
%C%_libaudit_a_SOURCES =
%C%_libaudit_a_SOURCES += %D%/audit.c %D%/audit.h
%C%_libaudit_a_SOURCES += %D%/batch.c %D%/batch.h
%C%_libaudit_a_SOURCES += %D%/compose.c %D%/compose.h
%C%_libaudit_a_SOURCES += %D%/discover.c %D%/discover.h
%C%_libaudit_a_SOURCES += %D%/exception.c %D%/exception.h
%C%_libaudit_a_SOURCES += %D%/fill.c
%C%_libaudit_a_SOURCES += %D%/finding.c %D%/finding.h %D%/finding_parts.h
%C%_libaudit_a_SOURCES += %D%/finding_proof.c
%C%_libaudit_a_SOURCES += %D%/learn.c %D%/learn.h
%C%_libaudit_a_SOURCES += %D%/masks.c %D%/masks.h
%C%_libaudit_a_SOURCES += %D%/message.c %D%/message.h
%C%_libaudit_a_SOURCES += %D%/pace.h
%C%_libaudit_a_SOURCES += %D%/pick.c
%C%_libaudit_a_SOURCES += %D%/proof.c %D%/proof.h
%C%_libaudit_a_SOURCES += %D%/schedule.c %D%/schedule.h
%C%_libaudit_a_SOURCES += %D%/settle.c %D%/settle.h
%C%_libaudit_a_SOURCES += %D%/space.c %D%/space.h
%C%_libaudit_a_SOURCES += %D%/talk.c %D%/talk.h %D%/talk_parts.h
%C%_libaudit_a_SOURCES += %D%/talk_end.c
%C%_libaudit_a_SOURCES += %D%/talk_reply.c
%C%_libaudit_a_SOURCES += %D%/verdict.c %D%/verdict.h
