# SPDX-License-Identifier: Apache-2.0
# from where and to whom

noinst_LIBRARIES += %D%/libvantage.a
%C%_libvantage_a_SOURCES =
%C%_libvantage_a_SOURCES += %D%/agent.c
%C%_libvantage_a_SOURCES += %D%/claim.c
%C%_libvantage_a_SOURCES += %D%/direct.c
%C%_libvantage_a_SOURCES += %D%/query.c %D%/query.h
%C%_libvantage_a_SOURCES += %D%/spawn.c
%C%_libvantage_a_SOURCES += %D%/target.c %D%/target.h
%C%_libvantage_a_SOURCES += %D%/tunnel.c
%C%_libvantage_a_SOURCES += %D%/vantage.c %D%/vantage.h
%C%_libvantage_a_SOURCES += %D%/vantage_kind.h
%C%_libvantage_a_SOURCES += %D%/words.c %D%/words.h
