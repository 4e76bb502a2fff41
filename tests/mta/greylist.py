#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A Postfix policy server that greylists.

greylist.py PORT SECONDS [client]: defers a client, sender and recipient that it has
not known for SECONDS; with "client", a client.
"""

import socketserver
import sys
import time

first_seen = {}


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        request = {}
        for raw in self.rfile:
            key, _, value = raw.decode("latin-1").rstrip("\n").partition("=")
            if key:
                request[key] = value
                continue
            names = ("client_address", "sender", "recipient")
            if sys.argv[3:]:
                names = names[:1]
            triplet = tuple(request.get(name) for name in names)
            age = time.monotonic() - first_seen.setdefault(triplet, time.monotonic())
            late = age >= float(sys.argv[2])
            answer = "dunno" if late else "450 4.2.0 Greylisted, come back later"
            self.wfile.write(("action=%s\n\n" % answer).encode("ascii"))
            request = {}


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", int(sys.argv[1])), Session).serve_forever()
