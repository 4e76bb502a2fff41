# SPDX-License-Identifier: Apache-2.0
# text, errors, names, time

noinst_LIBRARIES += %D%/libbase.a
%C%_libbase_a_SOURCES =
%C%_libbase_a_SOURCES += %D%/buf.c %D%/buf.h
%C%_libbase_a_SOURCES += %D%/clock.c %D%/clock.h
%C%_libbase_a_SOURCES += %D%/complaint.c %D%/complaint.h
%C%_libbase_a_SOURCES += %D%/err.c %D%/err.h
%C%_libbase_a_SOURCES += %D%/file.c %D%/file.h
%C%_libbase_a_SOURCES += %D%/mem.c %D%/mem.h
%C%_libbase_a_SOURCES += %D%/names.c %D%/names.h
%C%_libbase_a_SOURCES += %D%/pool.c %D%/pool.h
%C%_libbase_a_SOURCES += %D%/text.c %D%/text.h
%C%_libbase_a_SOURCES += %D%/hash.h
%C%_libbase_a_SOURCES += %D%/slice.c %D%/slice.h
