"""The roads of e-mail: mailboxes are read over IMAP, our answers leave over SMTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from filo.channels.contract import Call, Config, Failed, Later, Reply, Request
from filo.connectors.email import smtp
from filo.connectors.email.checking import KNOCK
from filo.connectors.email.imap import (
    GRACE,
    SLICE,
    SLICE_BYTES,
    TROUBLE,
    Letter,
    Line,
    Place,
    unreachable,
)
from filo.connectors.email.opening import LARGEST
from filo.core import clock

_lines: dict[int, tuple[dict[str, str], Line]] = {}  # each thread keeps its own line open


def poll(config: Config, cursor: str) -> tuple[Sequence[Request], str]:
    """The next slice of new mail, oldest first; empty when nothing is new."""
    try:
        line = _line(config)
        place = Place.read(cursor) or Place(0, 0)
        letters, place = _new(line, place, _begin(config))
    except TROUBLE as error:
        hang_up(threading.get_ident())
        raise unreachable(error) from error
    return [_request(letter, config, place) for letter in letters], str(place)


def wait(config: Config, cursor: str, seconds: float) -> bool:
    """True as soon as the mailbox may hold something new."""
    try:
        line = _line(config)
        place = Place.read(cursor)
        # What came since the last look is told by no later word of the server.
        if place is None or place.validity != line.validity or line.after(place.uid):
            return True
        return line.idle(seconds)
    except TROUBLE:
        hang_up(threading.get_ident())
        return True  # whatever it is, the next poll finds it out


async def carry(call: Call, config: Config) -> Reply:
    """One mail to one person; `Doubtful` when it was handed over and no answer came."""
    if call.method == KNOCK:
        if call.url.startswith("imap:"):
            return await asyncio.to_thread(_knock, config)
        return await smtp.knock(call, config)
    return await smtp.carry(call, config)


def _knock(config: Config) -> Reply:
    """Open the mailbox as the poller does, and close it again."""
    try:
        Line(config).close()
    except Failed as refused:
        return Reply(535, refused.detail.encode())
    except Later as away:
        return Reply(421, away.detail.encode())
    except TROUBLE as error:
        return Reply(421, str(unreachable(error).detail).encode())
    return Reply(200)


def hang_up(thread: int) -> None:
    """End that thread's line; its next question opens another."""
    if thread != threading.get_ident():
        if thread in _lines:
            _lines[thread][1].interrupt()  # its own thread closes it
        return
    if thread in _lines:
        _lines.pop(thread)[1].close()


def _line(config: Config) -> Line:
    mine = threading.get_ident()
    where = {name: config[name] for name in config if name.startswith(("imap", "user", "pass"))}
    if mine not in _lines or _lines[mine][0] != where:
        hang_up(mine)
        _lines[mine] = where, Line(config)
    return _lines[mine][1]


def _begin(config: Config) -> datetime:
    """From when a mailbox that we never read is taken over."""
    try:
        written = datetime.fromisoformat(config.get("since", "").strip())
    except ValueError:
        return clock.now() - GRACE
    return written if written.tzinfo else written.replace(tzinfo=UTC)


def _new(line: Line, place: Place, begin: datetime) -> tuple[list[Letter], Place]:
    if place.validity == line.validity:
        uids, begin = line.after(place.uid), datetime.min.replace(tzinfo=UTC)
    else:
        # A first look, or the server has numbered its mail anew: what we know already is
        # recognised by its Message-ID, so it may come again.
        begin = datetime.fromtimestamp(place.arrived, UTC) if place.arrived else begin
        uids = line.since(begin)
    letters, last = _taken(line, uids, begin)
    if not uids:
        last = place.uid if place.validity == line.validity else line.next - 1
    arrived = max([place.arrived, *(int(letter.arrived.timestamp()) for letter in letters)])
    return letters, Place(line.validity, max(last, 0), arrived)


def _taken(line: Line, uids: list[int], begin: datetime) -> tuple[list[Letter], int]:
    """The first letters that make a slice, and the last number that was looked at."""
    letters: list[Letter] = []
    weight = last = 0
    for start in range(0, len(uids), SLICE):
        known = line.describe(uids[start : start + SLICE])
        for uid in uids[start : start + SLICE]:
            arrived, size = known.get(uid, (begin, 0))
            if letters and (weight + size > SLICE_BYTES or len(letters) >= SLICE):
                return letters, last
            last = uid
            if uid in known and arrived >= begin:
                letters += _letter(line, uid, arrived, size)
                weight += min(size, LARGEST)
    return letters, last


def _letter(line: Line, uid: int, arrived: datetime, size: int) -> list[Letter]:
    raw = line.raw(uid, head_only=size > LARGEST)
    return [] if raw is None else [Letter(uid, arrived, size, raw)]


def _request(letter: Letter, config: Config, place: Place) -> Request:
    cut = {"x-filo-size": str(letter.size)} if letter.size > LARGEST else {}
    return Request(
        body=letter.raw,
        at=clock.now(),
        headers={
            "x-filo-arrived": letter.arrived.isoformat(),
            "x-filo-place": f"{place.validity}:{letter.uid}",
            **cut,
        },
        method="IMAP",
        settings={"address": config.get("address", "")},
    )
