"""The town's post office: a real mailbox for everybody, and a post that carries between them.

`PORT+2` is SMTP, `PORT+3` IMAP. What customers do in their mail program is here as plain calls:
`write` sends a mail by SMTP, `inbox` reads one over IMAP.
"""

from __future__ import annotations

import imaplib
import smtplib
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import msgspec

from filo.core import clock, home
from filo.emulators.mail_dovecot import ANY, HINT, Dovecot, NoDovecot, installed, place_of_home
from filo.emulators.mail_smtp import Server, into_mailboxes

MOST_SHOWN = 50


class Letter(msgspec.Struct, frozen=True):
    """A mail as the town's mail program shows it."""

    uid: int
    id: str
    sender: str
    subject: str
    at: str
    text: str
    reply_to: str
    references: tuple[str, ...]
    files: tuple[str, ...] = ()


class PostOffice:
    """Start and stop both servers; without dovecot the post takes mail but keeps no mailboxes."""

    def __init__(self, smtp_port: int, imap_port: int, place: Path, *, password: str = "") -> None:
        self.password = password or ANY
        self.smtp_port = smtp_port
        self.imap_port = imap_port
        self._dovecot = Dovecot(place, imap_port, password) if installed() else None
        deliver = into_mailboxes(imap_port, self.password) if self._dovecot else None
        self.post = Server(smtp_port, deliver, password)
        self.trouble = "" if self._dovecot else HINT  # what the town's page says

    @classmethod
    def of_home(cls) -> PostOffice:
        return cls(home.port() + 2, home.port() + 3, place_of_home())

    def start(self) -> None:
        if self._dovecot:
            self._dovecot.start()
        self.post.start()

    def keep(self) -> None:
        """From the event loop's own thread: what is killed comes back."""
        if self._dovecot:
            self._dovecot.keep()

    def stop(self) -> None:
        self.post.stop()
        if self._dovecot:
            self._dovecot.stop()

    def settings(self, address: str) -> dict[str, str]:
        """What an `email` channel for this mailbox is set to."""
        return {
            "address": address,
            "imap_host": "127.0.0.1",
            "imap_port": str(self.imap_port),
            "imap_tls": "none",
            "smtp_host": "127.0.0.1",
            "smtp_port": str(self.smtp_port),
            "smtp_tls": "none",
            "username": address,
            "password": self.password,
            "since": "",
        }

    # --- what customers do ------------------------------------------------

    def write(self, sender: str, to: str, text: str, **more: Any) -> str:
        """Send a mail as this person; gives its Message-ID."""
        mail = self.compose(sender, to, text, **more)
        self.send(sender, to, mail.as_bytes())
        return str(mail["Message-ID"])

    def compose(
        self,
        sender: str,
        to: str,
        text: str,
        *,
        subject: str = "",
        name: str = "",
        answers: Letter | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
    ) -> EmailMessage:
        """The mail as this person's mail program writes it."""
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"] = f"{name} <{sender}>" if name else sender
        mail["To"] = to
        mail["Subject"] = subject or _answer_to(answers)
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = f"<{token_hex(8)}@{sender.rpartition('@')[2]}>"
        if answers and answers.id:
            mail["In-Reply-To"] = answers.id
            mail["References"] = " ".join([*answers.references[-10:], answers.id])
        mail.set_content(text)
        for file, (mime, body) in (files or {}).items():
            kind, _, subtype = mime.partition("/")
            mail.add_attachment(body, maintype=kind, subtype=subtype, filename=file)
        return mail

    def send(self, sender: str, to: str, mail: bytes) -> None:
        """Hand over a mail exactly as it is."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=15) as line:
            line.sendmail(sender, [to], mail)

    def inbox(self, address: str) -> list[Letter]:
        """The newest mails of this person, newest first; `NoDovecot` when there are no boxes."""
        return [_letter(uid, raw) for uid, raw in reversed(self.raw_inbox(address))]

    def file(self, address: str, uid: int, number: int) -> tuple[str, bytes]:
        """One file of one letter: its type and its bytes."""
        raw = dict(self.raw_inbox(address))[uid]
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        part = list(mail.iter_attachments())[number]
        body = part.get_payload(decode=True)
        return part.get_content_type(), body if isinstance(body, bytes) else b""

    def raw_inbox(self, address: str) -> list[tuple[int, bytes]]:
        if not self._dovecot:
            raise NoDovecot(HINT)
        with imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=10) as line:
            line.login(address, self.password)
            line.select("INBOX", readonly=True)
            uids = line.uid("SEARCH", "ALL")[1][0].split()[-MOST_SHOWN:]
            if not uids:
                return []
            found = line.uid("FETCH", b",".join(uids).decode(), "(UID BODY.PEEK[])")[1]
            bodies = [each[1] for each in found if isinstance(each, tuple)]
        return list(zip(map(int, uids), bodies, strict=True))


def _answer_to(letter: Letter | None) -> str:
    if letter is None or letter.subject.startswith("Re: "):
        return letter.subject if letter else ""
    return f"Re: {letter.subject}"


def _letter(uid: int, raw: bytes) -> Letter:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain", "html"))
    return Letter(
        uid=uid,
        id=str(mail["Message-ID"] or "").strip(),
        sender=str(mail["From"] or ""),
        subject=str(mail["Subject"] or ""),
        at=str(mail["Date"] or ""),
        text=str(body.get_content()).replace("\r\n", "\n").strip() if body else "",
        reply_to=str(mail["Reply-To"] or mail["From"] or ""),
        references=tuple(str(mail["References"] or "").split()),
        files=tuple(part.get_filename() or "" for part in mail.iter_attachments()),
    )
