"""One line to a mailbox: what is new there, and when something comes. Reads only, marks nothing."""

from __future__ import annotations

import imaplib
import re
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from filo.channels.contract import Config, Failed, Later, Reason, Scope
from filo.connectors.email.security import Security, context, port, security
from filo.core import clock

TIMEOUT = 30.0
SLICE = 25
SLICE_BYTES = 8 * 1024 * 1024
GRACE = timedelta(minutes=10)  # mail that came while the channel was being typed in
WITHOUT_IDLE = 30.0
# OSError: sockets, TLS, names that are not found. UnicodeError: names that are none.
TROUBLE = (OSError, imaplib.IMAP4.error, ImapToolsError, UnicodeError)
DESCRIPTION = re.compile(rb"UID (\d+)")
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
ARRIVED = re.compile(rb'INTERNALDATE "([^"]+)"')


class Place(msgspec.Struct, frozen=True):
    """How far a mailbox has been read: the cursor, as `validity:uid:arrived`."""

    validity: int
    uid: int
    arrived: int = 0  # of the newest mail, in seconds since 1970

    @classmethod
    def read(cls, cursor: str) -> Place | None:
        numbers = cursor.split(":")
        if len(numbers) != 3 or not all(number.isdigit() for number in numbers):
            return None
        return cls(*map(int, numbers))

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}:{self.arrived}"


class Letter(NamedTuple):
    uid: int
    arrived: datetime
    size: int
    raw: bytes


class Line:
    """A connection with the inbox open for reading alone, so the people's own marks survive."""

    def __init__(self, config: Config) -> None:
        self._box = _opened(config)
        self.validity = _number(self._box.client, "UIDVALIDITY")
        # Not every server tells it, and 0 would mean: take over everything there ever was.
        self.next = _number(self._box.client, "UIDNEXT") or self._last() + 1

    def close(self) -> None:
        with suppress(*TROUBLE):
            self._box.client.shutdown()

    def interrupt(self) -> None:
        """Wake who waits on this line, from another thread: it finds the line ended."""
        with suppress(OSError):
            self._box.client.sock.shutdown(socket.SHUT_RDWR)

    def since(self, moment: datetime) -> list[int]:
        # SEARCH knows days only, in the server's own zone: ask for one more.
        day = (moment - timedelta(days=1)).strftime("%d-%b-%Y")
        return self._search("SINCE", day)

    def after(self, uid: int) -> list[int]:
        """Newer mails; what comes while we look is looked at too, for IDLE will not tell it."""
        self._box.client.noop()  # a search alone looks at what the server showed us before
        while True:
            count = self._count()
            # `n:*` always names the last one, even when it is older than n.
            newer = [found for found in self._search("UID", f"{uid + 1}:*") if found > uid]
            if count == self._count():
                return newer

    def describe(self, uids: list[int]) -> dict[int, tuple[datetime, int]]:
        """When each came, and how large it is; those that are gone are left out."""
        lines = self._fetch(uids, "(UID INTERNALDATE RFC822.SIZE)")
        found = {}
        for line in lines:
            text = line if isinstance(line, bytes) else line[0]
            uid, size, arrived = (p.search(text) for p in (DESCRIPTION, SIZE, ARRIVED))
            if uid and size and arrived:
                found[int(uid[1])] = (_moment(text), int(size[1]))
        return found

    def raw(self, uid: int, *, head_only: bool) -> bytes | None:
        """The mail as the server holds it; None when it was deleted meanwhile."""
        wanted = "(BODY.PEEK[HEADER])" if head_only else "(BODY.PEEK[])"
        return next(
            (line[1] for line in self._fetch([uid], wanted) if isinstance(line, tuple)), None
        )

    def idle(self, seconds: float) -> bool:
        """Wait for the server's word; True when something may be new."""
        if "IDLE" not in self._box.client.capabilities:
            time.sleep(min(seconds, WITHOUT_IDLE))
            return True
        until = time.monotonic() + seconds
        with self._box.idle as idle:
            while (left := until - time.monotonic()) > 0:
                said = idle.poll(timeout=left)
                # Servers also say "still here": only a new mail ends the waiting.
                if any(b"EXISTS" in word for word in said):
                    return True
                if not said and time.monotonic() < until:
                    raise ConnectionResetError("the mailbox's server ended the line")
        return False

    def _last(self) -> int:
        return max(self._search("UID", "*"), default=0)

    def _count(self) -> int:
        """How many mails the server has told us of."""
        told: list[Any] = self._box.client.untagged_responses.get("EXISTS") or [b"0"]
        del told[:-1]
        return int(told[-1] or 0)

    def _search(self, *words: str) -> list[int]:
        status, found = self._box.client.uid("SEARCH", *words)
        _expect(status, found)
        return sorted({int(uid) for line in found if line for uid in line.split()})

    def _fetch(self, uids: list[int], wanted: str) -> list[Any]:
        status, found = self._box.client.uid("FETCH", ",".join(map(str, uids)), wanted)
        _expect(status, found)
        return [line for line in found if line]


def _opened(config: Config) -> BaseMailBox:
    number = port(config.get("imap_port", ""), otherwise=993)
    host = config.get("imap_host", "")
    try:
        match security(config.get("imap_tls", ""), port=number, implicit=993):
            case Security.NONE:
                box: BaseMailBox = MailBoxUnencrypted(host, number, TIMEOUT)
            case Security.STARTTLS:
                box = MailBoxStartTls(host, number, TIMEOUT, context())
            case Security.TLS:
                box = MailBox(host, number, TIMEOUT, ssl_context=context())
    except TROUBLE as error:
        raise unreachable(error) from error
    return _logged_in(box, config)


def _logged_in(box: BaseMailBox, config: Config) -> BaseMailBox:
    name, password = config.get("username", ""), config.get("password", "")
    # LOGIN takes ASCII only.
    log_in = box.login if password.isascii() and name.isascii() else box.login_utf8
    try:
        log_in(name or config.get("address", ""), password, None)
        box.folder.set("INBOX", readonly=True)
    except MailboxLoginError as error:
        box.client.shutdown()
        why = "the mailbox refuses our user name or password"
        raise Failed(Reason.REFUSED, why, scope=Scope.CHANNEL) from error
    except TROUBLE as error:
        box.client.shutdown()
        raise unreachable(error) from error
    return box


def unreachable(error: BaseException) -> Later:
    why = f"the mailbox is not reached: {type(error).__name__}: {error}"
    return Later(timedelta(seconds=30), why[:300], scope=Scope.CHANNEL)


def _number(client: imaplib.IMAP4, name: str) -> int:
    found = client.response(name)[1]
    return int(found[0]) if found and found[0] else 0


def _expect(status: str, found: object) -> None:
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {found!r}"[:200])


def _moment(line: bytes) -> datetime:
    parsed = imaplib.Internaldate2tuple(line)
    return datetime.fromtimestamp(time.mktime(parsed), UTC) if parsed else clock.now()
