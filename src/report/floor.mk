# SPDX-License-Identifier: Apache-2.0
# how it is said

noinst_LIBRARIES += %D%/libreport.a
%C%_libreport_a_SOURCES =
%C%_libreport_a_SOURCES += %D%/build.c %D%/build.h
%C%_libreport_a_SOURCES += %D%/build_config.c %D%/build_config.h
%C%_libreport_a_SOURCES += %D%/format.h
%C%_libreport_a_SOURCES += %D%/formats.c
%C%_libreport_a_SOURCES += %D%/json.c
%C%_libreport_a_SOURCES += %D%/json_parts.c %D%/json_parts.h
%C%_libreport_a_SOURCES += %D%/matrix.c %D%/matrix.h
%C%_libreport_a_SOURCES += %D%/model.h
%C%_libreport_a_SOURCES += %D%/ndjson.c
%C%_libreport_a_SOURCES += %D%/paint.c %D%/paint.h
%C%_libreport_a_SOURCES += %D%/prose.c
%C%_libreport_a_SOURCES += %D%/prose_config.c %D%/prose_config.h
%C%_libreport_a_SOURCES += %D%/wrap.c %D%/wrap.h
