# SPDX-License-Identifier: Apache-2.0
# how it is said

noinst_LIBRARIES += %D%/libreport.a
%C%_libreport_a_SOURCES =
%C%_libreport_a_SOURCES += %D%/build.c %D%/build.h
%C%_libreport_a_SOURCES += %D%/build_config.c %D%/build_config.h
%C%_libreport_a_SOURCES += %D%/build_map.c %D%/build_map.h
%C%_libreport_a_SOURCES += %D%/check.c %D%/check.h
%C%_libreport_a_SOURCES += %D%/format.h
%C%_libreport_a_SOURCES += %D%/formats.c
%C%_libreport_a_SOURCES += %D%/gitlab.c
%C%_libreport_a_SOURCES += %D%/hilbert.c
%C%_libreport_a_SOURCES += %D%/json.c
%C%_libreport_a_SOURCES += %D%/json_parts.c %D%/json_parts.h
%C%_libreport_a_SOURCES += %D%/junit.c
%C%_libreport_a_SOURCES += %D%/map_json.c
%C%_libreport_a_SOURCES += %D%/map_text.c %D%/map_text.h
%C%_libreport_a_SOURCES += %D%/markdown.c
%C%_libreport_a_SOURCES += %D%/matrix.c %D%/matrix.h
%C%_libreport_a_SOURCES += %D%/model.h
%C%_libreport_a_SOURCES += %D%/nagios.c
%C%_libreport_a_SOURCES += %D%/ndjson.c
%C%_libreport_a_SOURCES += %D%/paint.c %D%/paint.h
%C%_libreport_a_SOURCES += %D%/place.c %D%/place.h
%C%_libreport_a_SOURCES += %D%/prometheus.c
%C%_libreport_a_SOURCES += %D%/prose.c
%C%_libreport_a_SOURCES += %D%/prose_config.c %D%/prose_config.h
%C%_libreport_a_SOURCES += %D%/quote.c %D%/quote.h
%C%_libreport_a_SOURCES += %D%/sarif.c
%C%_libreport_a_SOURCES += %D%/tap.c
%C%_libreport_a_SOURCES += %D%/wrap.c %D%/wrap.h
%C%_libreport_a_SOURCES += %D%/mail_build.c %D%/mail_build.h
%C%_libreport_a_SOURCES += %D%/mail_json.c
%C%_libreport_a_SOURCES += %D%/queue_build.c %D%/queue_build.h
%C%_libreport_a_SOURCES += %D%/queue_json.c
%C%_libreport_a_SOURCES += %D%/queue_prose.c %D%/queue_prose.h
%C%_libreport_a_SOURCES += %D%/mail_prose.c %D%/mail_prose.h
