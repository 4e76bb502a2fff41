#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sink: takes every mail for anybody and keeps it as a file.

sink.py DIRECTORY

Port 25 takes everything. Port 26 is a mail server behind the one under test: it
knows the users alice and postmaster of example.org and nobody else. Port 27 is such a
server that takes any name, and reads "a%b@example.org" and "b!a@example.org" as a@b, and sends it there.

A message becomes one file: a few X-Sink lines (peer, envelope), then the
message. A file's name begins with "inner" when all recipients are in example.org (a
backup server's mail for its primary); else with the message's X-Lab-Token; with
"bounce-" and the first recipient's local part where there is neither token nor
sender; else with "other". It appears when the file is whole.
"""

import itertools
import os
import re
import smtplib
import socket
import socketserver
import sys
import threading

USERS = {"alice@example.org", "postmaster@example.org"}
serial = itertools.count(1)
serial_lock = threading.Lock()


def keep(directory, peer, sender, recipients, message):
    head = re.split(rb"\r?\n\r?\n", message, maxsplit=1)[0]
    token = re.search(rb"(?im)^X-Lab-Token: *(\w+)", head)
    if all(to.lower().endswith("@example.org") for to in recipients):
        kind = "inner"
    elif token:
        kind = token.group(1).decode("ascii")
    else:
        to = re.sub(r"@.*|[^\w@]", "", recipients[0])
        kind = "other" if sender else "bounce-" + to
    with serial_lock:
        number = next(serial)
    path = os.path.join(directory, "%s.%d" % (kind, number))
    with open(path + ".tmp", "wb") as out:
        lines = ["X-Sink-Peer: " + peer, "X-Sink-From: " + sender]
        lines += ["X-Sink-To: " + to for to in recipients]
        out.write(("\n".join(lines) + "\n").encode("latin-1"))
        out.write(message)
    os.rename(path + ".tmp", path)


def rewritten(address):
    local, _, domain = address.rpartition("@")
    if domain.lower() != "example.org":
        return address
    percent = re.fullmatch(r"(.+)%([^%]+)", local)
    bang = re.fullmatch(r"([^!]+)!(.+)", local)
    if percent:
        return "%s@%s" % percent.groups()
    return "%s@%s" % (bang.group(2), bang.group(1)) if bang else address


def hand_on(sender, recipient, message):
    """To the one other domain that there is in the world; the rest is ours."""
    if not recipient.lower().endswith("@confirm.example.net"):
        return False
    try:
        with smtplib.SMTP("192.0.2.54", 25, "mail.example.org", timeout=30) as client:
            client.sendmail(sender, [recipient], message)
    except (OSError, smtplib.SMTPException) as error:
        print("to %s: %s" % (recipient, error), file=sys.stderr, flush=True)
    return True


class Session(socketserver.StreamRequestHandler):
    timeout = 120

    def say(self, text):
        self.wfile.write(text.encode("ascii") + b"\r\n")

    def path(self, line):
        found = re.search(r"<(.*)>", line)
        return found.group(1) if found else line.split(":", 1)[-1].strip()

    def handle(self):
        try:
            self.dialogue()
        except (OSError, ValueError):
            pass  # a client that went away

    def dialogue(self):
        sender, recipients = "", []
        self.say("220 sink.probe.example.net ESMTP")
        while True:
            raw = self.rfile.readline(4096)
            if not raw:
                return
            line = raw.decode("latin-1").strip()
            verb = line[:4].upper()
            if verb in ("EHLO", "HELO"):
                self.say("250 sink.probe.example.net")
            elif verb == "MAIL":
                sender, recipients = self.path(line), []
                self.say("250 2.1.0 ok")
            elif verb == "RCPT":
                address = self.path(line)
                if self.server.picky and address.lower() not in USERS:
                    self.say("550 5.1.1 no such user here")
                else:
                    recipients.append(address)
                    self.say("250 2.1.5 ok")
            elif verb == "DATA" and recipients:
                self.say("354 go ahead")
                self.take(sender, recipients)
                self.say("250 2.0.0 kept")
            elif verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            elif verb in ("RSET", "NOOP"):
                self.say("250 2.0.0 ok")
            else:
                self.say("503 5.5.1 not now")

    def take(self, sender, recipients):
        message = []
        while True:
            line = self.rfile.readline(65536)
            if not line or line in (b".\r\n", b".\n"):
                break
            message.append(line[1:] if line.startswith(b"..") else line)
        peer = self.client_address[0]
        text = b"".join(message)
        if self.server.rewrites:
            recipients = [rewritten(to) for to in recipients]
            recipients = [to for to in recipients if not hand_on(sender, to, text)]
        if recipients:
            keep(self.server.directory, peer, sender, recipients, text)


class Server(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port, directory, picky=False, rewrites=False):
        self.directory, self.picky, self.rewrites = directory, picky, rewrites
        super().__init__(("::", port), Session)


def main():
    directory = sys.argv[1]
    for server in (Server(26, directory, picky=True), Server(27, directory, rewrites=True)):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    Server(25, directory).serve_forever()


if __name__ == "__main__":
    main()
