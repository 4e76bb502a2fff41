#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ask_own.py [PROCESS] <CLIENTS: what the server at port 25 says to each client, "ADDRESS[=NAME]" a line, which
connects from its own address; prints "CLIENT permit|reject|defer|broken TEXT". Runs in the server's root. With the
number of its process, a server that ends before it listens serves nobody."""

import os
import socket
import sys
import time

SAYS = (b"EHLO client.example.net", b"MAIL FROM:<sender@example.net>", b"RCPT TO:<victim@example.com>")
IPV6_FREEBIND = 78
WORDS = {"2": "permit", "4": "defer", "5": "reject"}


def is_gone(process):
    """Whether it has ended, waited for or not."""
    try:
        with open("/proc/%s/stat" % process, encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def connect(address, process):
    """From that address; a server that is just starting is waited for. None: it has ended."""
    six = ":" in address
    until = time.monotonic() + 60
    while True:
        connection = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
        connection.settimeout(60)
        gone = process is not None and is_gone(process)
        try:
            if six:
                connection.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
            scope = socket.if_nametoindex("lo") if address.startswith("fe80:") else 0
            connection.bind((address, 0, 0, scope) if six else (address, 0))
            connection.connect(("2001:db8:25::25" if six else "192.0.2.25", 25))
            return connection
        except ConnectionRefusedError:
            connection.close()
            if gone:
                return None
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def reply(file):
    """The last line of one, or None."""
    try:
        while line := file.readline():
            if line[3:4] != b"-":
                return line.decode("ascii", "backslashreplace").strip()
    except ConnectionError:
        pass
    return None


def ask(address, process):
    connection = connect(address, process)
    if connection is None:
        return "broken nobody listens"
    with connection:
        file = connection.makefile("rb")
        said = reply(file)
        if said is None:
            return "reject the connection was closed"
        for line in SAYS:
            if not said.startswith("2"):
                break
            connection.sendall(line + b"\r\n")
            said = reply(file) or "421 the connection was closed"
        try:
            connection.sendall(b"QUIT\r\n")
            while file.readline():
                pass
        except OSError:
            pass
    return WORDS.get(said[0], "broken") + " " + said


def main():
    process = sys.argv[1] if len(sys.argv) > 1 else None
    known = {}
    for client in sys.stdin.read().split():
        address = client.partition("=")[0]
        if address not in known:
            known[address] = ask(address, process)
        print(client, known[address])


main()
