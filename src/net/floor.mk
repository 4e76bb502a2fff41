# SPDX-License-Identifier: Apache-2.0
# addresses, streams, TLS, DNS

noinst_LIBRARIES += %D%/libnet.a
%C%_libnet_a_SOURCES =
%C%_libnet_a_SOURCES += %D%/address.c %D%/address.h
%C%_libnet_a_SOURCES += %D%/listener.c %D%/listener.h
%C%_libnet_a_SOURCES += %D%/mac.c %D%/mac.h
%C%_libnet_a_SOURCES += %D%/resolve.c %D%/resolve.h
%C%_libnet_a_SOURCES += %D%/stream.c %D%/stream.h
%C%_libnet_a_SOURCES += %D%/tls.c %D%/tls.h
