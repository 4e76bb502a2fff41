#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What qmail does, in one process: tcpserver with its rules, qmail-smtpd with its
replies, qmail-send with its rewriting and its bounces.

qmaild.py CONTROL
qmaild.py CONTROL session     what a real tcpserver starts: one session, on standard
                              input and output, with RELAYCLIENT in its environment

CONTROL holds qmail's control files: me, locals, rcpthosts, percenthack, localiphost,
badmailfrom, and tcp.smtp, the rules of tcpserver as text. Without rcpthosts every
domain is taken, as qmail-smtpd(8) has it. Users are alice and postmaster.

Faithful where it matters to who asks from outside: an address is what stands behind
the last "@" (qmail-smtpd.c, rcpthosts.c), one without "@" is taken, quotes and source
routes are stripped, the name is looked at after the message has been taken, and a
lone LF ends the session.
"""

import os
import socket
import socketserver
import sys
import time

CONTROL = sys.argv[1]
USERS = {"alice", "postmaster"}


def control(name, default=None):
    try:
        # control.c takes blanks, tabs and newlines from the end, and no carriage return.
        with open(os.path.join(CONTROL, name), newline="\n") as file:
            lines = [line.rstrip(" \t\n") for line in file]
    except FileNotFoundError:
        return default
    return [line for line in lines if line and not line.startswith("#")]


def domain_of(address):
    return address.rpartition("@")[2].lower()


# tcpserver


def names_of(ip):
    """The names that an address has and that have it, too (tcpserver -p)."""
    try:
        name = socket.gethostbyaddr(ip)[0]
        found = {entry[4][0] for entry in socket.getaddrinfo(name, None)}
        return [name] if ip in found else []
    except OSError:
        return []


def rule_keys(ip):
    yield ip
    for name in names_of(ip):
        yield "=" + name
    octets = ip.split(".")
    for count in range(len(octets) - 1, 0, -1):
        yield ".".join(octets[:count]) + "."
    for name in names_of(ip):
        labels = name.split(".")
        for begin in range(1, len(labels)):
            yield "=." + ".".join(labels[begin:])
    if names_of(ip):
        yield "="
    yield ""


def rule_for(ip):
    """None when the client is turned away, else the environment that it gets."""
    rules = {}
    for line in control("tcp.smtp", []):
        key, _, action = line.partition(":")
        rules.setdefault(key, action)  # the first of two equal rules holds
    for key in rule_keys(ip):
        if key in rules:
            action, *settings = rules[key].split(",")
            if action == "deny":
                return None
            pairs = [setting.partition("=") for setting in settings]
            return {name: value.strip('"') for name, _, value in pairs}
    return {}


# qmail-send


def rewrite(address):
    if "@" not in address:
        address += "@" + control("me")[0]
    hack = control("percenthack", [])
    while domain_of(address) in hack:
        local = address.rpartition("@")[0]
        name, percent, domain = local.rpartition("%")
        if not percent:
            break
        address = name + "@" + domain
    return address


def log(text):
    print(time.strftime("%b %d %H:%M:%S"), "qmail:", text, file=sys.stderr, flush=True)


def send_out(sender, recipient, message):
    # Not at the top: they take longer than a session does.
    import smtplib

    import dns.resolver

    answers = dns.resolver.resolve(domain_of(recipient), "MX")
    best = min(answers, key=lambda answer: answer.preference)
    server = str(best.exchange).rstrip(".")
    with smtplib.SMTP(server, 25, control("me")[0], timeout=30) as client:
        client.sendmail(sender, [recipient], message)


def bounce(sender, recipient, why):
    if not sender:
        log("double bounce: discarding %s" % recipient)
        return
    text = "From: MAILER-DAEMON@%s\r\nTo: %s\r\nSubject: failure notice\r\n\r\n" % (control("me")[0], sender)
    text += "Hi. This is the qmail-send program.\r\n\r\n<%s>:\r\n%s\r\n" % (recipient, why)
    deliver("", sender, text.encode("latin-1"))


def deliver(sender, recipient, message):
    address = rewrite(recipient)
    local = address.rpartition("@")[0]
    if domain_of(address) in control("locals", []):
        if local.lower() in USERS:
            log("delivered to %s" % address)
        else:
            bounce(sender, recipient, "Sorry, no mailbox here by that name. (#5.1.1)")
        return
    try:
        send_out(sender, address, message)
        log("sent to %s" % address)
    except Exception as error:
        log("not sent to %s: %s" % (address, error))
        bounce(sender, recipient, "Sorry, I couldn't find any host by that name. (#5.1.2)")


# qmail-smtpd


def parse(argument):
    """addrparse() of qmail-smtpd.c."""
    begin = argument.find("<")
    if begin >= 0:
        rest, end = argument[begin + 1 :], ">"
    else:
        rest, end = argument.partition(":")[2].lstrip(" "), " "
    if rest.startswith("@"):
        rest = rest.partition(":")[2]
    address, quoted, escaped = "", False, False
    for char in rest:
        if escaped:
            address, escaped = address + char, False
        elif char == end and not quoted:
            break
        elif char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        else:
            address += char
    literal = control("localiphost")
    if literal and domain_of(address) in ("[192.0.2.25]", "[127.0.0.1]"):
        address = address.rpartition("@")[0] + "@" + literal[0]
    return address


def is_allowed(address):
    """rcpthosts(): the text behind the last "@", and what is below ".name"."""
    hosts = control("rcpthosts")
    if hosts is None or "@" not in address:
        return True
    hosts = [host.lower() for host in hosts]
    domain = domain_of(address)
    dots = [at for at, char in enumerate(domain) if char == "."]
    return domain in hosts or any(domain[at:] in hosts for at in dots)


class StrayNewline(Exception):
    pass


class Session(socketserver.StreamRequestHandler):
    timeout = 120

    def say(self, text):
        self.wfile.write(text.encode("latin-1") + b"\r\n")

    def handle(self):
        ip = self.client_address[0].removeprefix("::ffff:")
        environment = rule_for(ip)
        if environment is None:
            return
        self.talk(ip, environment.get("RELAYCLIENT"))

    def talk(self, ip, relayclient):
        self.relayclient = relayclient
        self.sender, self.recipients = None, []
        try:
            if not control("me"):
                self.say("421 unable to read controls (#4.3.0)")
                return
            self.say("220 %s ESMTP" % control("me")[0])
            while self.command():
                pass
        except StrayNewline:
            log("%s: smtplf" % ip)
            self.say("451 See https://cr.yp.to/docs/smtplf.html.")
        except (OSError, ValueError):
            pass  # a client that went away

    def command(self):
        raw = self.rfile.readline(4096)
        if not raw:
            return False
        verb, _, argument = raw.decode("latin-1").rstrip("\r\n").partition(" ")
        action = getattr(self, "do_" + verb.lower(), None)
        if action is None:
            self.say("502 unimplemented (#5.5.1)")
            return True
        return action(argument) is not False

    def do_helo(self, argument):
        self.sender = None
        self.say("250 " + control("me")[0])

    def do_ehlo(self, argument):
        self.sender = None
        self.say("250-%s\r\n250-PIPELINING\r\n250 8BITMIME" % control("me")[0])

    def do_rset(self, argument):
        self.sender = None
        self.say("250 flushed")

    def do_noop(self, argument):
        self.say("250 ok")

    def do_vrfy(self, argument):
        self.say("252 send some mail, i'll try my best")

    def do_help(self, argument):
        self.say("214 notqmail home page: https://notqmail.org")

    def do_quit(self, argument):
        self.say("221 " + control("me")[0])
        return False

    def do_mail(self, argument):
        self.sender, self.recipients = parse(argument), []
        self.say("250 ok")

    def do_rcpt(self, argument):
        address = parse(argument)
        if self.sender is None:
            self.say("503 MAIL first (#5.5.1)")
        elif self.sender in control("badmailfrom", []):
            self.say("553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)")
        elif self.relayclient is None and not is_allowed(address):
            self.say("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)")
        else:
            self.recipients.append(address + (self.relayclient or ""))
            self.say("250 ok")

    def do_data(self, argument):
        if self.sender is None:
            self.say("503 MAIL first (#5.5.1)")
            return
        if not self.recipients:
            self.say("503 RCPT first (#5.5.1)")
            return
        self.say("354 go ahead")
        message = self.message()
        sender, self.sender = self.sender, None
        self.say("250 ok %d qp %d" % (time.time(), os.getpid()))
        for recipient in self.recipients:
            deliver(sender, recipient, message)

    def message(self):
        lines = []
        while True:
            line = self.rfile.readline(65536)
            if not line:
                raise ValueError("broke off")
            if not line.endswith(b"\r\n"):
                raise StrayNewline
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line.removeprefix(b"."))


class Server(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


def inherited():
    session = Session.__new__(Session)
    session.rfile, session.wfile = os.fdopen(0, "rb"), os.fdopen(1, "wb", 0)
    session.talk(os.environ.get("TCPREMOTEIP", "unknown"), os.environ.get("RELAYCLIENT"))


if sys.argv[2:] == ["session"]:
    inherited()
else:
    Server(("::", 25), Session).serve_forever()
