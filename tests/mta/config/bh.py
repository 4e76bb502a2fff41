#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
bh.py LOG: asks exim4 -bh as each client of standard input ("ADDRESS[=NAME]") for a recipient
outside, and prints "CLIENT permit|reject|defer|broken CODE".
"""
import concurrent.futures
import subprocess
import sys

DIALOGUE = (b"EHLO client.example.net\r\nMAIL FROM:<sender@example.net>\r\n"
            b"RCPT TO:<victim@example.com>\r\nQUIT\r\n")
ANSWERS = {"2": "permit", "4": "defer", "5": "reject"}


def ask(client):
    """What Exim says last before it says goodbye, and all that it says to us."""
    done = subprocess.run(["exim4", "-bh", client.split("=")[0]], input=DIALOGUE, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = [line for line in done.stdout.decode("latin-1").splitlines() if line[:3].isdigit()]
    log = done.stderr.decode("latin-1")
    if not lines or any(line.startswith("421 Unexpected failure") for line in lines):
        return client, "broken", lines[-1] if lines else log.strip().splitlines()[-1:], log
    codes = [line[:3] for line in lines if line[3:4] != "-" and not line.startswith("221")]
    code = codes[-1]
    if code.startswith("2") and len(codes) < 4:
        return client, "broken", "without a word", log
    return client, ANSWERS.get(code[0], "broken"), code, log


def main():
    clients = sys.stdin.read().split()
    with concurrent.futures.ThreadPoolExecutor(4) as pool, open(sys.argv[1], "a", encoding="latin-1") as log:
        for client, answer, code, said in pool.map(ask, clients):
            print(client, answer, code)
            log.write(f"-- {client}\n{said}\n")


main()
