# SPDX-License-Identifier: Apache-2.0
# scripted dialogues, suites, attempts

noinst_LIBRARIES += %D%/libprobe.a
%C%_libprobe_a_SOURCES =
%C%_libprobe_a_SOURCES += %D%/attempt.c %D%/attempt.h
%C%_libprobe_a_SOURCES += %D%/catalogue.c %D%/catalogue.h
%C%_libprobe_a_SOURCES += %D%/credentials.c %D%/credentials.h
%C%_libprobe_a_SOURCES += %D%/expand.c %D%/expand.h
%C%_libprobe_a_SOURCES += %D%/meta.c
%C%_libprobe_a_SOURCES += %D%/parse.c %D%/parse.h
%C%_libprobe_a_SOURCES += %D%/parser.h
%C%_libprobe_a_SOURCES += %D%/probe.c %D%/probe.h
%C%_libprobe_a_SOURCES += %D%/script_rules.c
%C%_libprobe_a_SOURCES += %D%/script.c
%C%_libprobe_a_SOURCES += %D%/token.c %D%/token.h
