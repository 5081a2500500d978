"""Files that came by reference: had from their provider, their address or the raw mail, and kept.

Late work: the message is long shown when its file arrives. Taking, fetching and settling are apart,
so that no transaction is open while a provider thinks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from filo.channels import registry
from filo.channels.carrier import LARGEST_FILE, Carrier
from filo.channels.contract import Blob, Doubtful, Extracts, Failed, Fetches, Later, Media
from filo.channels.types import ChannelConfig
from filo.core import media
from filo.core.db import Cursor
from filo.core.events import Happening, emit, ring
from filo.core.fetcher import ForbiddenAddress, NotFetched, TooLarge, fetch
from filo.core.filetypes import safe_name
from filo.core.ids import public
from filo.core.sql import statements

sql = statements("filo.conversations")
LOCKS = 0x46494C45  # "FILE": the first half of our advisory lock keys
PAUSES = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200))


RawOf = Callable[[int], bytes]  # the body of a journal row


class Wanted(msgspec.Struct, frozen=True):
    """A file that is still elsewhere."""

    id: int
    message: int
    ordinal: int
    channel: int
    journal: int | None
    mime: str
    name: str
    size: int
    ref: str
    sha256: str
    tries: int


class Gone(Exception):
    """The file cannot be had, now or later. `code` is what the desk says about it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def take(cur: Cursor, *, most: int, at: datetime, held: Iterable[int] = ()) -> list[Wanted]:
    """Files that are due and now ours: no other worker has them until `release` or our end.

    The cursor's connection must be a session of its own, never pooled.
    """
    rows = cur.execute(
        sql("take_files"), {"at": at, "most": most, "held": list(held), "space": LOCKS}
    ).fetchall()
    return [Wanted(*row) for row in rows]


def release(cur: Cursor, wanted: Wanted) -> None:
    cur.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, wanted.id % 2147483647])


async def bring(
    wanted: Wanted, *, channel: ChannelConfig, carrier: Carrier, raw_of: RawOf
) -> media.Kept:
    """Have the file and keep it; `Gone`, `media.Refused` or `Later` when that is not to be."""
    if wanted.size > LARGEST_FILE:
        raise Gone("too_big")
    blob = await _blob(wanted, channel, carrier, raw_of)
    return await asyncio.to_thread(
        media.keep,
        blob.body,
        name=wanted.name or blob.name,
        mime=blob.mime or wanted.mime,
        limit=LARGEST_FILE,
    )


def settle(cur: Cursor, wanted: Wanted, kept: media.Kept) -> None:
    """The file is there: everybody who looks at the message hears of it."""
    _settle(cur, wanted, state="ready", reason="", kept=kept)


def refuse(cur: Cursor, wanted: Wanted, *, code: str) -> None:
    """The file will not come; the message says why."""
    _settle(cur, wanted, state="refused", reason=code, kept=None)


def put_off(cur: Cursor, wanted: Wanted, *, at: datetime, after: timedelta, why: str) -> None:
    """Again later, more and more rarely; after the last pause it is gone."""
    if wanted.tries > len(PAUSES):
        return refuse(cur, wanted, code="gone")
    due = at + max(after, PAUSES[wanted.tries - 1])
    cur.execute(sql("put_off_file"), {"id": wanted.id, "due": due, "reason": why[:200]})
    return None


async def _blob(wanted: Wanted, channel: ChannelConfig, carrier: Carrier, raw_of: RawOf) -> Blob:
    connector = registry.connector(channel.kind)
    if isinstance(connector, Extracts) and wanted.journal is not None:
        found = await asyncio.to_thread(_extracted, connector, raw_of, wanted)
        if found is not None:
            return found
    if wanted.ref.startswith(("http://", "https://")):
        return await _from_the_web(wanted.ref)
    if not isinstance(connector, Fetches):
        raise Gone("gone")
    asked = Media(wanted.mime, name=wanted.name, ref=wanted.ref, sha256=wanted.sha256)
    try:
        return await carrier.fetch(
            asked, config=channel.settings, channel=channel.public, connector=connector
        )
    except Failed as verdict:
        raise Gone("gone") from verdict
    except Doubtful as doubt:
        raise Later(PAUSES[0], str(doubt)) from doubt


def _extracted(connector: Extracts, raw_of: RawOf, wanted: Wanted) -> Blob | None:
    """None when the call holds no such file: then the provider may be asked for it."""
    assert wanted.journal is not None
    try:
        return connector.extract(raw_of(wanted.journal), wanted.ref)
    except LookupError:
        return None


async def _from_the_web(address: str) -> Blob:
    try:
        fetched = await fetch(address, limit=LARGEST_FILE, seconds=120)
    except ForbiddenAddress as forbidden:
        raise Gone("forbidden") from forbidden
    except TooLarge as large:
        raise Gone("too_big") from large
    except NotFetched as problem:
        raise Later(PAUSES[0], str(problem)) from problem
    return Blob(fetched.mime, fetched.body)


def _settle(
    cur: Cursor, wanted: Wanted, *, state: str, reason: str, kept: media.Kept | None
) -> None:
    found = kept or media.Kept("", wanted.size, wanted.mime, safe_name(wanted.name))
    row = cur.execute(
        sql("settle_file"),
        {"id": wanted.id, "state": state, "reason": reason, **_columns(found)},
    ).fetchone()
    if row is None:
        return
    customer, case = row
    body = {
        "message": public("msg", wanted.message),
        "attachment": public("att", wanted.id),
    }
    emit(cur, [Happening(f"attachment_{state}", customer, case, body)])
    ring(cur)


def _columns(kept: media.Kept) -> dict[str, object]:
    return {
        "mime": kept.mime,
        "name": kept.name,
        "size": kept.size,
        "width": kept.width,
        "height": kept.height,
        "sha256": kept.sha256,
    }
