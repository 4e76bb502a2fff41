#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""proxy.py PORT USER:PASSWORD: a proxy for SOCKS5 and for HTTP CONNECT.

It takes addresses only, so that a name that slips through to it is seen.
"""

import base64
import socket
import struct
import sys
import threading


def read(peer, size):
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
        if not more:
            raise OSError("the client is gone")
        data += more
    return data


def pump(source, drain):
    try:
        while data := source.recv(65536):
            drain.sendall(data)
        drain.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def join(client, server):
    there = threading.Thread(target=pump, args=(client, server), daemon=True)
    there.start()
    pump(server, client)
    there.join()
    server.close()


def socks(client, login):
    methods = read(client, read(client, 1)[0])
    if 2 not in methods:
        client.sendall(b"\5\xff")
        return
    client.sendall(b"\5\2")
    user = read(client, read(client, 2)[1])
    password = read(client, read(client, 1)[0])
    granted = user + b":" + password == login
    client.sendall(b"\1\0" if granted else b"\1\1")
    if not granted:
        return
    kind = read(client, 4)[3]
    if kind not in (1, 4):
        client.sendall(b"\5\x08\0\1" + bytes(6))
        return
    family, size = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
    host = socket.inet_ntop(family, read(client, size))
    port = struct.unpack("!H", read(client, 2))[0]
    try:
        server = socket.create_connection((host, port))
    except ConnectionRefusedError:
        client.sendall(b"\5\5\0\1" + bytes(6))
        return
    client.sendall(b"\5\0\0\1" + bytes(6))
    join(client, server)


def connect(client, login, first):
    head = first
    while b"\r\n\r\n" not in head:
        head += read(client, 1)
    if b"Basic " + base64.b64encode(login) not in head:
        client.sendall(b"HTTP/1.1 407 no\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")
        return
    host, port = head.split()[1].decode().rsplit(":", 1)
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    socket.inet_pton(family, host.strip("[]"))
    server = socket.create_connection((host.strip("[]"), int(port)))
    client.sendall(b"HTTP/1.1 200 connected\r\n\r\n")
    join(client, server)


def serve(client, login):
    try:
        first = read(client, 1)
        if first == b"\5":
            socks(client, login)
        else:
            connect(client, login, first)
    except OSError:
        pass
    finally:
        client.close()


def main():
    door = socket.create_server(("", int(sys.argv[1])), backlog=64)
    while True:
        client, _ = door.accept()
        threading.Thread(target=serve, args=(client, sys.argv[2].encode()), daemon=True).start()


main()
