#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
agents.py - who is at the other end of a relayaudit agent, or of a controller, in tests

    agents.py bad DIR               agents that fail in every way; prints "NAME PORT" lines, then "ready"
    agents.py post DIR PORT FILE [CLIENT]
                                    sends FILE as a job; prints the status and the first line of the answer
    agents.py leave DIR PORT FILE   sends it, and leaves at the first byte of results
    agents.py get DIR PORT PATH [CLIENT]
    agents.py forge DIR PORT FILE N CLIENT
                                    sends N forged, replayed, expired and out-of-list jobs made of FILE; prints "STATUS COUNT" lines, and of 10 what became of each
    agents.py besiege DIR PORT N    N connections with no certificate, a wrong one, no TLS, or silence, from 127.0.0.0/8
    agents.py far DIR PORT          is there an answer to who has no certificate?  prints what it was

DIR holds ca.pem, agent.pem and .key, CLIENT.pem and .key; "other" below it is another authority's.
"""
import copy
import http.client
import json
import random
import socket
import ssl
import sys
import threading
import time

HOUR = 3600


def client_context(directory, client="controller"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(directory + "/ca.pem")
    if client:
        context.load_cert_chain(f"{directory}/{client}.pem", f"{directory}/{client}.key")
    return context


def ask(directory, port, method, path, body=None, client="controller"):
    connection = http.client.HTTPSConnection("localhost", port, context=client_context(directory, client), timeout=60)
    try:
        connection.request(method, path, body=body, headers={"Connection": "close"})
        answer = connection.getresponse()
        text = answer.read().decode("ascii", "replace")
        return answer.status, text
    except (OSError, http.client.HTTPException) as error:
        return 0, type(error).__name__
    finally:
        connection.close()


def show(status, text):
    print(status, text.split("\n")[0][:300])


def leave(directory, port, job):
    connection = http.client.HTTPSConnection("localhost", port, context=client_context(directory), timeout=60)
    connection.request("POST", "/v1/jobs", body=job)
    answer = connection.getresponse()
    print(answer.status, len(answer.read(1)))
    connection.close()


def forgeries(job):
    """One kind of wrong job after the other, each with a nonce of its own unless that is what is wrong."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    spent = job["nonce"]
    number = 0
    while True:
        made = copy.deepcopy(job)
        made["nonce"] = "".join(random.choice(letters) for _ in range(32))
        made["expires"] = int(time.time()) + 300
        kind = number % 10
        number += 1
        place = made["endpoints"][0]
        if kind == 0:
            made["nonce"] = spent
        elif kind == 1:
            made["expires"] = int(time.time()) - 1
        elif kind == 2:
            made["expires"] = int(time.time()) + 30 * HOUR
        elif kind == 3:
            place["port"] = place["port"] ^ 1
        elif kind == 4:
            place["address"] = "127.9.9.9"
        elif kind == 5:
            made["target"]["name"] = "elsewhere.test"
            place["address"] = "127.8.8.8"
        elif kind == 6:
            made["settings"]["sender"] = "a@b.test>\r\nRCPT TO:<x@y.test"
        elif kind == 7:
            made["command"] = "id"
        elif kind == 8:
            made["probes"][2]["text"] = "name: plain\n -> MAIL FROM:<a@b.test>\n"
        else:
            made["endpoints"] = made["endpoints"] + [{**place, "address": "127.7.7.7"}]
        yield json.dumps(made)


def forge(directory, port, job, count, client):
    counts = {}
    makers = forgeries(json.loads(job))
    for number in range(count):
        status, text = ask(directory, port, "POST", "/v1/jobs", next(makers), client)
        counts[status] = counts.get(status, 0) + 1
        if count == 10:
            print("kind", number, status, text.split("\n")[0])
    for status in sorted(counts):
        print(status, counts[status])


def bad_visit(directory, port, kind, source):
    try:
        plain = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(source, 0))
    except OSError:
        return
    try:
        if kind == 0:
            plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
            plain.recv(100)
        elif kind == 1:
            plain.settimeout(0.5)
            plain.recv(1)
        elif kind == 2:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            secured = context.wrap_socket(plain)
            secured.sendall(b"GET /v1/health HTTP/1.0\r\n\r\n")
            secured.recv(100)
        elif kind == 3:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.load_cert_chain(directory + "/other/controller.pem", directory + "/other/controller.key")
            secured = context.wrap_socket(plain)
            secured.sendall(b"GET /v1/health HTTP/1.0\r\n\r\n")
            secured.recv(100)
        else:
            plain.sendall(b"\x16\x03\x01\x40\x00" + bytes(100))
            plain.settimeout(0.5)
            plain.recv(100)
    except OSError:
        pass
    finally:
        plain.close()


def besiege(directory, port, count):
    def worker(first):
        for number in range(first, count, 40):
            source = "127.0.0.1" if number % 4 == 0 else f"127.{number % 200 + 1}.{number % 7}.{number % 250 + 1}"
            bad_visit(directory, port, number % 5, source)

    workers = [threading.Thread(target=worker, args=(first,)) for first in range(40)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    print("visits", count)


# Agents that fail: each gets the request and a way to send lines.


def line(value):
    return (json.dumps(value) + "\n").encode()


def attempts_of(job):
    """What an honest agent would say of a server that refuses everything."""
    place = job["endpoints"][0]
    number = place["first"]
    for probe in job["probes"]:
        known = probe["name"] == "ctl-known-local"
        yield {"type": "attempt", "endpoint": 0, "number": number, "probe": probe["name"], "domain": job["target"]["domains"][0],
               "outcome": "accepted" if known else "rejected", "proof": "rcpt" if known else None,
               "reason": None if known else "relaying-denied", "stage": "rcpt", "unknown": None, "decided": True, "alone": False,
               "mail_from": "a@b.test", "rcpt_to": "c@d.test",
               "reply": "250 2.1.5 Ok" if known else "554 5.7.1 Relay access denied", "note": None, "transcript": None}
        number += 1


def view_of(job):
    return {"type": "view", "endpoint": 0, "reach": "reached", "reach_reason": None, "mode": "none", "banner_code": 220, "sessions": 3,
            "reach_text": None, "banner": "220 mail.practice.test ESMTP", "hello": "250 mail.practice.test", "capabilities": "PIPELINING",
            "local": "198.51.100.7", "seen_as": None, "helo": "far.test", "tls_version": None, "tls_cipher": None, "tls_subject": None,
            "tls_issuer": None, "tls_expires": None, "tls_trust": None, "throttled": False}


def honest(job, send):
    for said in attempts_of(job):
        send(line(said))
    send(line(view_of(job)))
    send(line({"type": "done"}))


def changed(change, first=2):
    def act(job, send):
        for number, said in enumerate(attempts_of(job)):
            send(line(change(said) if number == first else said))
        send(line(view_of(job)))
        send(line({"type": "done"}))
    return act


def endless_bytes(job, send):
    del job
    while True:
        send(b"x" * 65536)


def endless_lines(job, send):
    del job
    while True:
        send(line({"type": "alive"}) * 1000)


def silent(job, send):
    del job, send
    time.sleep(600)


def alive_for_ever(job, send):
    del job
    while True:
        send(line({"type": "alive"}))
        time.sleep(1)


def dies(job, send):
    for number, said in enumerate(attempts_of(job)):
        if number == 5:
            raise OSError
        send(line(said))


def twice(job, send):
    for said in attempts_of(job):
        send(line(said))
        send(line(said))


def early(job, send):
    send(line(next(attempts_of(job))))
    send(line({"type": "done"}))


def goes_on(job, send):
    honest(job, send)
    send(line({"type": "alive"}))


BEHAVIOURS = {
    "honest": honest,
    "says-accepted-behind-554": changed(lambda said: {**said, "outcome": "accepted", "proof": "go-ahead", "reason": None}),
    "says-delivered": changed(lambda said: {**said, "outcome": "accepted", "proof": "delivered", "reason": None, "reply": "250 Ok"}),
    "says-data": changed(lambda said: {**said, "outcome": "accepted", "proof": "data", "reason": None, "reply": "250 Ok"}),
    "rejects-without-reply": changed(lambda said: {**said, "reply": None}),
    "takes-another-probe": changed(lambda said: {**said, "probe": "percent-hack"}),
    "tells-of-others": changed(lambda said: {**said, "number": said["number"] + 100000}),
    "invents-members": changed(lambda said: {**said, "file": "/etc/passwd"}),
    "sends-escapes": changed(lambda said: {**said, "reply": "554 \x1b[2J"}),
    "leaves-out": changed(lambda said: {"type": "alive"}),
    "is-silent": silent,
    "is-alive-for-ever": alive_for_ever,
    "sends-endless-bytes": endless_bytes,
    "sends-endless-lines": endless_lines,
    "dies": dies,
    "tells-twice": twice,
    "is-done-early": early,
    "goes-on": goes_on,
}


def read_request(secured):
    head = b""
    while b"\r\n\r\n" not in head:
        head += secured.recv(65536)
    head, body = head.split(b"\r\n\r\n", 1)
    length = 0
    for field in head.split(b"\r\n")[1:]:
        name, value = field.split(b":", 1)
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += secured.recv(65536)
    return body


def serve_one(directory, name, act, context, plain):
    try:
        secured = context.wrap_socket(plain, server_side=True)
        body = read_request(secured)
        if name == "honest":
            with open(directory + "/job.json", "wb") as file:
                file.write(body)
        secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n")
        act(json.loads(body), secured.sendall)
        secured.unwrap()
    except (OSError, ValueError):
        pass
    finally:
        plain.close()


def serve(directory, name, act, listener):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory + "/agent.pem", directory + "/agent.key")
    context.load_verify_locations(directory + "/ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    while True:
        plain, _ = listener.accept()
        threading.Thread(target=serve_one, args=(directory, name, act, context, plain), daemon=True).start()


def bad(directory):
    for name, act in BEHAVIOURS.items():
        listener = socket.create_server(("127.0.0.1", 0))
        print(name, listener.getsockname()[1])
        threading.Thread(target=serve, args=(directory, name, act, listener), daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()


def far(directory, port):
    context = client_context(directory, None)
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=20)
    try:
        connection.request("GET", "/v1/health")
        print(connection.getresponse().status)
    except (OSError, http.client.HTTPException):
        print("none")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main(words):
    deed, directory = words[0], words[1]
    if deed == "bad":
        bad(directory)
        return
    port = int(words[2])
    if deed == "post":
        show(*ask(directory, port, "POST", "/v1/jobs", read(words[3]), *words[4:]))
    elif deed == "leave":
        leave(directory, port, read(words[3]))
    elif deed == "get":
        show(*ask(directory, port, "GET", words[3], None, *words[4:]))
    elif deed == "forge":
        forge(directory, port, read(words[3]), int(words[4]), words[5])
    elif deed == "besiege":
        besiege(directory, port, int(words[3]))
    elif deed == "far":
        far(directory, port)
    else:
        sys.exit("agents.py: " + deed)


main(sys.argv[1:])
