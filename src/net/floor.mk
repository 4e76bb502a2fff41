# SPDX-License-Identifier: Apache-2.0
# addresses, streams, TLS, DNS, HTTP

noinst_LIBRARIES += %D%/libnet.a
%C%_libnet_a_SOURCES =
%C%_libnet_a_SOURCES += %D%/address.c %D%/address.h
%C%_libnet_a_SOURCES += %D%/asked.c %D%/asked.h
%C%_libnet_a_SOURCES += %D%/child.c %D%/child.h
%C%_libnet_a_SOURCES += %D%/dial.h
%C%_libnet_a_SOURCES += %D%/http.c %D%/http.h
%C%_libnet_a_SOURCES += %D%/http_fault.c
%C%_libnet_a_SOURCES += %D%/http_job.h
%C%_libnet_a_SOURCES += %D%/http_line.c
%C%_libnet_a_SOURCES += %D%/http_transfer.c
%C%_libnet_a_SOURCES += %D%/http_tunnel.c
%C%_libnet_a_SOURCES += %D%/listener.c %D%/listener.h
%C%_libnet_a_SOURCES += %D%/login.c %D%/login.h
%C%_libnet_a_SOURCES += %D%/mac.c %D%/mac.h
%C%_libnet_a_SOURCES += %D%/open_ports.c %D%/open_ports.h
%C%_libnet_a_SOURCES += %D%/pki.c %D%/pki.h
%C%_libnet_a_SOURCES += %D%/prefix.c %D%/prefix.h
%C%_libnet_a_SOURCES += %D%/prefixset.c %D%/prefixset.h
%C%_libnet_a_SOURCES += %D%/resolve.c %D%/resolve.h
%C%_libnet_a_SOURCES += %D%/stream.c %D%/stream.h
%C%_libnet_a_SOURCES += %D%/tls.c %D%/tls.h
%C%_libnet_a_SOURCES += %D%/tls_gate.c %D%/tls_gate.h
