#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ask.py PORT SECONDS <CLIENTS: asks a Postfix listener that grants XCLIENT to all what
it says to each client, "ADDRESS[=NAME]" a line; prints "CLIENT CODE TEXT", with the code
000 where the server does not serve."""
import socket
import sys


class Refused(Exception):
    pass


class Session:
    def __init__(self, port, seconds):
        self.socket = socket.create_connection(("127.0.0.1", port), seconds)
        self.file = self.socket.makefile("rb")
        self.expect("220")

    def reply(self):
        while True:
            line = self.file.readline().decode("ascii", "backslashreplace")
            if not line:
                raise Refused("the connection was closed")
            if line[3:4] != "-":
                return line.rstrip("\r\n")

    def expect(self, code):
        reply = self.reply()
        if not reply.startswith(code):
            raise Refused(reply)
        return reply

    def say(self, line, code=""):
        self.socket.sendall(line.encode() + b"\r\n")
        return self.expect(code)

    def ask(self, client):
        address, _, name = client.partition("=")
        six = "IPV6:" if ":" in address else ""
        name = name or "[UNAVAILABLE]"
        self.say("RSET", "250")
        self.say("XCLIENT ADDR=%s%s NAME=%s REVERSE_NAME=%s" % (six, address, name, name), "220")
        self.say("EHLO client.example.net", "250")
        reply = self.say("MAIL FROM:<sender@example.net>")
        return reply if not reply.startswith("250") else self.say("RCPT TO:<victim@example.com>")


def main():
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    clients = sys.stdin.read().split()
    session = None
    for client in clients:
        try:
            if session is None:
                session = Session(port, seconds)
                session.say("EHLO audit.example.net", "250")
            print(client, session.ask(client))
        except (OSError, Refused) as why:
            text = str(why)
            session = None
            print(client, text if text[:3].isdigit() else "000 " + text)
            # A server that has no greeting for one has none for the others.
            if not text[:3].isdigit():
                for other in clients[clients.index(client) + 1:]:
                    print(other, "000 " + text)
                return


main()
