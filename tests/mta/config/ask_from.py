#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ask_from.py FOUR SIX PORT SECONDS QUEUE <CLIENTS: asks the server at the address FOUR, or SIX
for IPv6, what it says to each client, "ADDRESS[=NAME]" a line, in a session from that address.
Prints "CLIENT CODE TEXT", with the code 000 where the server does not serve. A message that is
taken and does not come into the directory QUEUE, as a file that begins with qf, was thrown away."""
import os
import socket
import sys

# IPV6_FREEBIND, which this module has no name for.
FREEBIND = 78


class Refused(Exception):
    pass


class Session:
    def __init__(self, server, port, client, seconds):
        self.socket = socket.socket(socket.AF_INET6 if ":" in client else socket.AF_INET)
        self.socket.settimeout(seconds)
        if ":" in client:
            self.socket.setsockopt(socket.IPPROTO_IPV6, FREEBIND, 1)
        self.socket.bind((client, 0))
        self.socket.connect((server, port))
        self.file = self.socket.makefile("rb")

    def reply(self):
        while True:
            line = self.file.readline().decode("ascii", "backslashreplace")
            if not line:
                raise Refused("000 the connection was closed")
            if line[3:4] != "-":
                return line.rstrip("\r\n")

    def say(self, line, code=""):
        self.socket.sendall(line.encode() + b"\r\n")
        reply = self.reply()
        if not reply.startswith(code):
            raise Refused(reply)
        return reply

    def ask(self, name):
        greeting = self.reply()
        if not greeting.startswith("220"):
            return greeting
        self.say("EHLO " + name)
        self.say("MAIL FROM:<sender@example.net>", "250")
        return self.say("RCPT TO:<victim@example.com>")

    def keeps(self, queue):
        before = {name for name in os.listdir(queue) if name.startswith("qf")}
        self.say("DATA", "354")
        self.say("Subject: test\r\n\r\ntest\r\n.", "250")
        after = {name for name in os.listdir(queue) if name.startswith("qf")}
        self.say("QUIT")
        return bool(after - before)


def answer(server, port, client, seconds, queue):
    address, _, name = client.partition("=")
    try:
        session = Session(server, port, address, seconds)
        reply = session.ask(name or "client.example.net")
        if reply.startswith("250") and not session.keeps(queue):
            reply = "550 it takes the message and throws it away"
        session.socket.close()
        return reply
    except Refused as why:
        return str(why)
    except OSError as why:
        return "000 %s" % why


def main():
    four, six, port, seconds, queue = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
    for client in sys.stdin.read().split():
        print(client, answer(six if ":" in client.partition("=")[0] else four, port, client, seconds, queue))


main()
