# SPDX-License-Identifier: Apache-2.0
# what a mail server's own files say

noinst_LIBRARIES += %D%/libmta.a
%C%_libmta_a_SOURCES =
%C%_libmta_a_SOURCES += %D%/make.c %D%/make.h
