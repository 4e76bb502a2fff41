#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A small relay, as people write it with aiosmtpd: mail for example.org is kept, mail
from the trusted goes out by MX, all else is refused.

relay.py SETTINGS

SETTINGS is JSON: trusted (networks), listed (senders that may relay), ports, policy
("rcpt"; "data" refuses strangers after the message only; "none" asks nobody),
after_tls and after_auth (who started TLS, or logged in, may relay), names
("any" takes every local part, "known" those of the users), ending ("hold" and
"discard" take what strangers send and let nothing out), local_test ("ends": a domain
is local when it ends in ours; "has": when ours is in the address; else equal).
"""

import asyncio
import ipaddress
import json
import logging
import smtplib
import ssl
import sys

import dns.resolver
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

DEFAULTS = {
    "trusted": ["127.0.0.0/8"],
    "listed": [],
    "ports": [25],
    "policy": "rcpt",
    "after_tls": False,
    "after_auth": False,
    "tls": False,
    "names": "known",
    "ending": "deliver",
    "local_test": "equal",
    "proxy": False,
}
DOMAIN = "example.org"
USERS = {"alice", "postmaster"}


def mail_server(domain):
    answers = dns.resolver.resolve(domain, "MX")
    best = min(answers, key=lambda answer: answer.preference)
    return str(best.exchange).rstrip(".")


def send_out(sender, recipient, content):
    try:
        server = mail_server(recipient.rpartition("@")[2])
        with smtplib.SMTP(server, 25, "mail.example.org", timeout=30) as client:
            client.sendmail(sender, [recipient], content)
    except Exception:
        logging.exception("to %s", recipient)


class Relay:
    def is_local(self, address):
        domain = address.rpartition("@")[2].lower()
        how = SETTINGS["local_test"]
        if how == "ends":
            return domain.endswith(DOMAIN)
        if how == "has":
            return DOMAIN in address.lower()
        return domain == DOMAIN

    def is_trusted(self, session, sender):
        peer = ipaddress.ip_address(session.peer[0])
        if session.proxy_data:
            peer = session.proxy_data.src_addr
        if any(peer in ipaddress.ip_network(net) for net in SETTINGS["trusted"]):
            return True
        if SETTINGS["after_tls"] and session.ssl:
            return True
        if SETTINGS["after_auth"] and session.authenticated:
            return True
        return sender.lower() in SETTINGS["listed"]

    async def handle_PROXY(self, server, session, envelope, proxy_data):
        return True

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.is_local(address):
            name = address.rpartition("@")[0].lower()
            outside = address.rpartition("@")[2].lower() != DOMAIN
            if not outside and SETTINGS["names"] == "known" and name not in USERS:
                return "550 5.1.1 No such user here"
        elif SETTINGS["policy"] == "rcpt" and not self.is_trusted(session, envelope.mail_from or ""):
            return "550 5.7.1 Relaying denied"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        strangers = [to for to in envelope.rcpt_tos if to.rpartition("@")[2].lower() != DOMAIN]
        trusted = self.is_trusted(session, envelope.mail_from or "")
        if SETTINGS["policy"] == "data" and strangers and not trusted:
            return "554 5.7.1 Message refused"
        loop = asyncio.get_running_loop()
        for to in strangers:
            if SETTINGS["ending"] == "deliver":
                loop.run_in_executor(None, send_out, envelope.mail_from or "", to, envelope.original_content)
        return "250 OK queued"


class Any:
    """Takes every name and password."""

    def __call__(self, server, session, envelope, mechanism, auth_data):
        return AuthResult(success=True)


class Nobody:
    def __call__(self, server, session, envelope, mechanism, auth_data):
        return AuthResult(success=False, handled=False)


class Door(Controller):
    def factory(self):
        context = None
        if SETTINGS["tls"]:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain("/etc/relay/cert.pem", "/etc/relay/key.pem")
        return SMTP(
            self.handler,
            hostname="mail.example.org",
            tls_context=context,
            authenticator=Any() if SETTINGS["after_auth"] else Nobody(),
            auth_require_tls=False,
            proxy_protocol_timeout=5 if SETTINGS["proxy"] else None,
        )


def main():
    for port in SETTINGS["ports"]:
        Door(Relay(), hostname="", port=port).start()
    logging.basicConfig(filename="/var/log/lab.log", level=logging.INFO)
    asyncio.new_event_loop().run_forever()


SETTINGS = dict(DEFAULTS)
with open(sys.argv[1]) as settings_file:
    SETTINGS.update(json.load(settings_file))
if __name__ == "__main__":
    main()
