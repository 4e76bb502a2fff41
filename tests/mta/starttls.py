#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One message inside TLS, which swaks cannot do without Perl's Net::SSLeay.

starttls.py NAME TOKEN [PORT]

Without a port (or with an empty one) behind STARTTLS at port 25, else at a port that
speaks TLS from the first byte.

Ends with 0 when the message was accepted, and with 24 when its recipient was refused.
"""

import smtplib
import ssl
import sys


def main():
    name, token, port = (sys.argv[1:] + [""])[:3]
    context = ssl._create_unverified_context()
    if port:
        client = smtplib.SMTP_SSL("192.0.2.25", int(port), name, timeout=60, context=context)
    else:
        client = smtplib.SMTP("192.0.2.25", 25, local_hostname=name, timeout=60)
        client.starttls(context=context)
    try:
        client.sendmail(
            "s%s@probe.example.net" % token,
            ["v%s@probe.example.net" % token],
            "X-Lab-Token: %s\r\n\r\nOne message inside TLS.\r\n" % token,
        )
    except smtplib.SMTPRecipientsRefused:
        sys.exit(24)


if __name__ == "__main__":
    main()
