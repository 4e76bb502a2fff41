#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A system log for one root: writes what comes in at the sockets to one file.

syslog.py FILE SOCKET...
"""

import os
import re
import selectors
import socket
import sys
import time


def main():
    log = open(sys.argv[1], "ab", buffering=0)
    ready = selectors.DefaultSelector()
    for path in sys.argv[2:]:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            os.unlink(path)
        door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        door.bind(path)
        os.chmod(path, 0o666)
        ready.register(door, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            line = key.fileobj.recv(65536).rstrip(b"\n\0")
            # "<22>Nov 21 17:39:01 tag: text": the priority goes, the rest stays.
            line = re.sub(rb"^<\d+>(\w{3} [ \d]\d [\d:]{8} )?", b"", line)
            stamp = time.strftime("%b %d %H:%M:%S ").encode("ascii")
            log.write(stamp + line + b"\n")


if __name__ == "__main__":
    main()
