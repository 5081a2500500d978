"""The bounces that mail servers send back (RFC 3464), for the town and the tests."""

from __future__ import annotations

from email import message_from_bytes
from email.utils import format_datetime
from secrets import token_hex

from filo.core import clock


def bounce(
    mail: bytes,
    *,
    sender: str,
    recipient: str,
    status: str = "5.1.1",
    words: str = "550 5.1.1 no such user here",
    action: str = "failed",
) -> bytes:
    """The report about `mail`, addressed to who sent it, with the mail's head attached."""
    head = mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("latin-1")
    domain = recipient.rpartition("@")[2]
    boundary = f"report-{token_hex(6)}"
    subject = message_from_bytes(mail)["Subject"] or ""
    text = f"""Return-Path: <>
From: Mail Delivery System <mailer-daemon@{domain}>
To: {sender}
Subject: Undelivered Mail Returned to Sender
Date: {format_datetime(clock.now())}
Message-ID: <{token_hex(10)}@{domain}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"

--{boundary}
Content-Type: text/plain; charset=utf-8

Your mail "{subject}" could not be delivered to {recipient}: {words}
--{boundary}
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.{domain}

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}
--{boundary}
Content-Type: text/rfc822-headers

{head}
--{boundary}--
"""
    return text.encode("utf-8", "replace").replace(b"\n", b"\r\n")
