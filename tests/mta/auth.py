#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A login service for Postfix (smtpd_sasl_type = dovecot) that knows nobody.

auth.py PORT [anybody]: with "anybody" every login succeeds.
"""

import socketserver
import sys

HELLO = b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t%s\nDONE\n" % (b"0" * 32)


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(HELLO)
        for line in self.rfile:
            words = line.split(b"\t")
            if words[0] == b"AUTH":
                if sys.argv[2:]:
                    self.wfile.write(b"OK\t%s\tuser=anybody\n" % words[1])
                else:
                    self.wfile.write(b"FAIL\t%s\n" % words[1])


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Session).serve_forever()
