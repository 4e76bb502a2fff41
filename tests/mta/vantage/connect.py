#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""connect.py HOST PORT: standard input and output are a connection to there."""

import os
import select
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
try:
    peer = socket.create_connection((host, port))
except OSError as fault:
    sys.exit(f"connect to {host} port {port}: {fault.strerror}")
while True:
    ready, _, _ = select.select([0, peer], [], [])
    if 0 in ready:
        data = os.read(0, 65536)
        if not data:
            break
        peer.sendall(data)
    if peer in ready:
        data = peer.recv(65536)
        if not data:
            break
        os.write(1, data)
