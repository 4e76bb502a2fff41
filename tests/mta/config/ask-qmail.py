#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ask-qmail.py <CLIENTS: what tcpserver and qmail-smtpd say to each client, "ADDRESS[=NAME]" a
line; prints "CLIENT permit|reject|defer|broken TEXT". Runs in the server's root."""

import getopt
import os
import socket
import subprocess
import sys
import time

SCRIPT = "/service/qmail-smtpd/run"
TOLD = "/tmp/told"
SAYS = b"HELO client.example.net\r\nMAIL FROM:<sender@example.net>\r\nRCPT TO:<victim@example.com>\r\nQUIT\r\n"
# Who connects to the real one.
REAL = ("127.0.0.5", "10.0.0.1", "210.99.1.1")


def read_script():
    """The words and the environment that tcpserver gets from the script."""
    for name in (TOLD, TOLD + ".env"):
        if os.path.exists(name):
            os.unlink(name)
    environment = {"PATH": os.environ["PATH"], "LAB_TOLD": TOLD}
    subprocess.run([SCRIPT], cwd=os.path.dirname(SCRIPT), env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=20)
    with open(TOLD, "rb") as file:
        words = [os.fsdecode(word) for word in file.read().split(b"\0")[:-1]]
    with open(TOLD + ".env", "rb") as file:
        pairs = [os.fsdecode(pair).partition("=") for pair in file.read().split(b"\0")[:-1]]
    return words, {name: value for name, _, value in pairs if name != "LAB_TOLD"}


def verdict_of(replies):
    """By the reply to RCPT, or the one that ended the session before."""
    last = replies[3] if len(replies) > 3 else replies[-1] if replies else ""
    text = last.decode("ascii", "backslashreplace").strip() if last else "no greeting"
    if len(replies) < 4:
        return "broken " + text
    return {"2": "permit ", "4": "defer ", "5": "reject "}[text[0]] + text


def check_rules(file, may_lack, environment):
    """None where the connection is refused, else the variables that the rules set; False: dropped."""
    if file is None or (may_lack and not os.path.exists(file)):
        return {}
    done = subprocess.run(["tcprulescheck", file], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20)
    if done.returncode != 0:
        return False
    lines = done.stdout.decode("ascii", "backslashreplace").split("\n")
    if "deny connection" in lines:
        return None
    start = "set environment variable "
    pairs = [line[len(start):].partition("=") for line in lines if line.startswith(start)]
    return {name: value for name, _, value in pairs}


class Server:
    def __init__(self):
        words, self.environment = read_script()
        options, rest = getopt.getopt(words, "dDvqQhHrR1UXx:t:u:g:l:b:B:c:pPoO")
        self.options = dict(options)
        self.port, self.program = rest[1], rest[2:]
        self.known = {}

    def ask(self, address, name):
        environment = dict(self.environment, TCPREMOTEIP=address)
        if name and "-H" not in self.options:
            environment["TCPREMOTEHOST"] = name
        sets = check_rules(self.options.get("-x"), "-X" in self.options, environment)
        if sets is None:
            return "reject the rules"
        if sets is False:
            return "broken the rules are not read"
        key = tuple(sorted(sets.items()))
        if key not in self.known:
            environment.update(sets)
            done = subprocess.run(self.program, input=SAYS, env=environment, cwd=os.path.dirname(SCRIPT), stdout=subprocess.PIPE, timeout=20)
            self.known[key] = verdict_of(done.stdout.splitlines())
        return self.known[key]


class Real:
    """The script as it is, and connections to it."""

    def __init__(self, port):
        self.port = socket.getservbyname(port) if not port.isdigit() else int(port)
        self.process = subprocess.Popen([SCRIPT], cwd=os.path.dirname(SCRIPT), env={"PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL, stdout=sys.stderr)
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 5).close()
                return
            except OSError:
                time.sleep(0.01)

    def has_six(self):
        try:
            socket.create_connection(("::1", self.port), 5).close()
            return True
        except OSError:
            return False

    def ask(self, address):
        with socket.create_connection(("127.0.0.1", self.port), 20, (address, 0)) as connection:
            try:
                connection.sendall(SAYS)
                text = b""
                while piece := connection.recv(4096):
                    text += piece
            except ConnectionError:
                pass
        return verdict_of(text.splitlines())

    def end(self):
        self.process.terminate()
        self.process.wait(20)


def same(simulated, real):
    """A connection that is closed without a word may be any refusal."""
    first = simulated.partition(" ")[0]
    return real == simulated or (real == "broken no greeting" and (first == "broken" or simulated == "reject the rules"))


def main():
    server = Server()
    real = Real(server.port)
    six = real.has_six()
    for client in sys.stdin.read().split():
        address, _, name = client.partition("=")
        answer = server.ask(address, name) if six or ":" not in address else "reject nobody listens there"
        if not name and address in REAL:
            said = real.ask(address)
            if not same(answer, said):
                answer = "MISMATCH tcprulescheck: %s; tcpserver: %s" % (answer, said)
        print(client, answer)
    real.end()


main()
