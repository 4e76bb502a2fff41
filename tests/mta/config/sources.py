#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sources.py ADDRESS4 ADDRESS6 HOSTS ETC-HOSTS <CLIENTS: asks a server what it says to each
client, "ADDRESS[=NAME]" a line, by a connection from that address; the name stands in
ETC-HOSTS meanwhile, which has the text of HOSTS again in the end. Prints "CLIENT CODE TEXT", with the code 000
where the server does not serve."""
import os
import socket
import sys

SECONDS = 20
# <linux/in6.h>: any address that a route leads to will do, as for IPv4.
IPV6_FREEBIND = 78


class Refused(Exception):
    pass


def reply(file):
    while True:
        line = file.readline().decode("ascii", "backslashreplace")
        if not line:
            raise Refused("000 the connection was closed")
        if line[3:4] != "-":
            return line.rstrip("\r\n")


def ask(address, server):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(SECONDS)
        if family == socket.AF_INET6:
            client.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
        client.bind((address, 0))
        client.connect((server, 25))
        file = client.makefile("rb")
        for line in (None, "EHLO client.example.net", "MAIL FROM:<sender@example.net>", "RCPT TO:<victim@example.com>"):
            if line is not None:
                client.sendall(line.encode() + b"\r\n")
            said = reply(file)
            if not said.startswith("2"):
                break
        client.sendall(b"QUIT\r\n")
        return said


def write(path, text):
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)


def main():
    four, six, usual, hosts = sys.argv[1:]
    for client in sys.stdin.read().split():
        address, _, name = client.partition("=")
        write(hosts, "%s %s\n" % (address, name) if name else "")
        try:
            print(client, ask(address, six if ":" in address else four))
        except Refused as why:
            print(client, why)
        except OSError as why:
            print(client, "000", why)
    with open(usual) as kept:
        write(hosts, kept.read())


main()
