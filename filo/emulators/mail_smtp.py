"""The town's SMTP server: takes every mail, delivers it to real mailboxes, says no by address.

unknown@ 550, blocked@ 554, full@ 452, grey@ 451 the first time, busy@ 421, bounce@ takes the mail
and sends a report back, cut@ takes the mail and drops the line without an answer.
"""

from __future__ import annotations

import asyncio
import imaplib
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from filo.core import clock
from filo.emulators.mail_reports import bounce

LARGEST = 30 * 1024 * 1024
KEPT = 200
logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd tells every command
REFUSED = {
    "unknown": "550 5.1.1 no such user here",
    "blocked": "554 5.7.1 rejected by policy",
    "full": "452 4.2.2 the mailbox is full",
    "busy": "421 4.3.2 too busy, come again",
}
Deliver = Callable[[str, bytes], None]


class Seen(msgspec.Struct, frozen=True):
    """A mail that was handed over, as it was."""

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    mail: bytes


class Post:
    """aiosmtpd's handler: what we think of each recipient, and what becomes of the mail."""

    def __init__(self, deliver: Deliver | None) -> None:
        self.seen: deque[Seen] = deque(maxlen=KEPT)
        self._deliver = deliver
        self._greylisted: set[tuple[str, str]] = set()

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        local = address.partition("@")[0].partition("+")[0].lower()
        pair = (envelope.mail_from or "", address)
        if local == "grey" and pair not in self._greylisted:
            self._greylisted.add(pair)
            return "451 4.7.1 greylisted, come again"
        if local in REFUSED:
            return REFUSED[local]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def take(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mail = envelope.original_content or b""
        sender = (envelope.mail_from or "").strip("<>")  # a null sender is "<>"
        self.seen.append(Seen(clock.now(), sender, tuple(envelope.rcpt_tos), mail))
        locals_ = {address.partition("@")[0].lower() for address in envelope.rcpt_tos}
        if "cut" in locals_:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "250 nobody reads this"
        for address in envelope.rcpt_tos:
            await self._one(sender, address, mail)
        return f"250 2.0.0 taken as {len(self.seen)}"

    async def _one(self, sender: str, address: str, mail: bytes) -> None:
        if address.lower().startswith("bounce@"):
            report = bounce(mail, sender=sender, recipient=address)
            await self._put(sender, report)
            return
        marks = f"Return-Path: <{sender}>\r\nDelivered-To: {address}\r\n".encode()
        await self._put(address, marks + mail)

    async def _put(self, address: str, mail: bytes) -> None:
        if self._deliver is not None and "@" in address:
            await asyncio.to_thread(self._deliver, address, mail)


setattr(Post, "handle_DATA", Post.take)  # noqa: B010 -- aiosmtpd looks for this name


class Server:
    """The SMTP server on 127.0.0.1, in a thread of its own."""

    def __init__(self, port: int, deliver: Deliver | None = None, password: str = "") -> None:
        self.post = Post(deliver)
        self._password = password  # empty: any is right
        self._runs = False
        self._controller = Controller(
            self.post,
            hostname="127.0.0.1",
            port=port,
            authenticator=self._let_in,
            auth_require_tls=False,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            ident="the town's post",
            server_hostname="localhost",
        )

    @property
    def seen(self) -> list[Seen]:
        return list(self.post.seen)

    def start(self) -> None:
        self._controller.start()
        self._runs = True

    def stop(self) -> None:
        if self._runs:
            self._controller.stop()
        elif not self._controller.loop.is_closed():
            self._controller.loop.close()
        self._runs = False

    def _let_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        word = given.password.decode() if isinstance(given, LoginPassword) else None
        return AuthResult(success=word == (self._password or word), handled=False)


def into_mailboxes(port: int, password: str) -> Deliver:
    """Delivery by IMAP APPEND: the mailbox's own server tells whoever waits there."""

    def deliver(address: str, mail: bytes) -> None:
        local, _, domain = address.lower().rpartition("@")
        with imaplib.IMAP4("127.0.0.1", port, timeout=10) as line:
            line.login(f"{local.partition('+')[0]}@{domain}", password)
            line.append("INBOX", "", imaplib.Time2Internaldate(clock.now()), mail)

    return deliver
