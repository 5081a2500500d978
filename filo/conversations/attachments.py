"""Files of messages: taken in, adopted by a message, shown by a short-lived signed link.

An upload belongs to whoever made it until one of their messages adopts it; nobody can attach
somebody else's file by knowing its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import msgspec

from filo.conversations.scoping import limits
from filo.conversations.types import AttachmentView, NotFound
from filo.core import home, ids, media, vault
from filo.core.db import Cursor
from filo.core.filetypes import safe_name
from filo.core.sql import statements
from filo.staff.types import Scope

sql = statements("filo.conversations")
SHOWING = "files"  # what the vault signs for
TAKING = "uploads"
LINK_STEP = timedelta(minutes=5)
SENT_LINK_LASTS = timedelta(days=30)
# How long an upload waits for its message, and how many may wait: anybody can be a visitor.
UPLOAD_WAITS = timedelta(days=1)
VISITORS_UPLOAD_WAITS = timedelta(hours=1)
MOST_WAITING = 20
MOST_WAITING_BYTES = 2_000_000_000
TICKET_LASTS = timedelta(hours=12)
UPLOAD_LIMIT = 25_000_000


class Shown(msgspec.Struct, frozen=True):
    """A file as the files door serves it; `key` is its name in the media store."""

    key: str
    mime: str
    name: str


class Ticket(msgspec.Struct, frozen=True):
    """Leave to upload: whose the file will be, and how large it may be."""

    owner: str
    limit: int


class Taking(msgspec.Struct, frozen=True):
    """A message of `owner` names an upload as its part number `ordinal`."""

    attachment: str
    message: int
    ordinal: int
    channel: int
    owner: str


def of_staff(staff: int) -> str:
    """The owner of what a staff member uploads."""
    return f"staff:{staff}"


def of_visitor(space: str, value: str) -> str:
    """The owner of what a customer uploads, by the identity under which they write."""
    return f"visitor:{space}:{value}"


# --- taking in --------------------------------------------------------------------


def upload(cur: Cursor, kept: media.Kept, *, owner: str) -> AttachmentView:
    """Note a file that is in the media store as its owner's, for a message to come."""
    staff = int(owner.partition(":")[2]) if owner.startswith("staff:") else None
    row = cur.execute(
        sql("upload"),
        {
            "staff": staff,
            "owner": owner,
            "mime": kept.mime,
            "name": kept.name,
            "size": kept.size,
            "width": kept.width,
            "height": kept.height,
            "sha256": kept.sha256,
        },
    ).fetchone()
    assert row is not None
    return AttachmentView(
        id=ids.public("att", row[0]),
        part=0,
        mime=kept.mime,
        name=kept.name,
        size=kept.size,
        state="ready",
        width=kept.width,
        height=kept.height,
    )


def must_have_room(cur: Cursor, *, owner: str) -> None:
    """Before a visitor's upload: `media.Refused` when too many wait already, theirs or all."""
    row = cur.execute(sql("waiting_uploads"), {"owner": owner}).fetchone()
    theirs, size = row or (0, 0)
    if theirs >= MOST_WAITING or size >= MOST_WAITING_BYTES:
        raise media.Refused("too_many", "Send the files that wait first, then add more.")


def adopt(cur: Cursor, takings: Sequence[Taking]) -> None:
    """Give uploads to the messages that name them: only to their owner's, and only once."""
    known = [(one, number) for one in takings for number in _numbers([one.attachment])]
    if not known:
        return
    cur.execute(
        sql("adopt_files"),
        {
            "ids": [number for _, number in known],
            "messages": [one.message for one, _ in known],
            "ordinals": [one.ordinal for one, _ in known],
            "channels": [one.channel for one, _ in known],
            "owners": [one.owner for one, _ in known],
        },
    )


def sweep_uploads(cur: Cursor, *, at: datetime) -> int:
    """Forget uploads that no message took within a day, a visitor's within an hour."""
    limits = {"before": at - UPLOAD_WAITS, "visitors": at - VISITORS_UPLOAD_WAITS}
    unwanted = cur.execute(sql("sweep_uploads"), limits).fetchall()
    for (sha256,) in unwanted:
        media.forget(sha256, untouched_since=at - VISITORS_UPLOAD_WAITS)
    return len(unwanted)


# --- showing ---------------------------------------------------------------------


def attachment(cur: Cursor, scope: Scope, id: int) -> AttachmentView:
    """One file of a message that the scope reads, or an upload of their own; else `NotFound`."""
    row = cur.execute(sql("attachment"), limits(scope, id=id)).fetchone()
    if row is None:
        raise NotFound("There is no such file.")
    return AttachmentView(ids.public("att", row[0]), *row[1:])


def link(file: str, *, name: str = "", reader: str, at: datetime, small: bool = False) -> str:
    """The address of a file for 5 to 10 minutes, from an origin that holds no session.

    The caller has made sure that `reader` may see it. Links of the same five minutes are equal,
    so that a browser keeps what it has already loaded.
    """
    step = LINK_STEP.total_seconds()
    until = datetime.fromtimestamp((at.timestamp() // step + 2) * step, UTC)
    return _address(file, name, f"{'s' if small else ''}/{reader}", until)


def lasting_link(file: str, *, name: str, at: datetime) -> str:
    """The address of a file that we send to a customer by a channel that takes addresses only."""
    return _address(file, name, "/customer", at + SENT_LINK_LASTS)


def _address(file: str, name: str, words: str, until: datetime) -> str:
    token = vault.sign(SHOWING, f"{ids.number('att', file)}/{words}", expires=until)
    return f"{home.files_origin()}/files/{token}/{quote(safe_name(name) or 'file', safe='')}"


def ticket(*, owner: str, at: datetime, limit: int = UPLOAD_LIMIT) -> str:
    """The address to which a browser may POST one file after another, each as a bare body.

    The name stands behind it (`…/photo.jpg`), the type in Content-Type. The answer is JSON: the
    attachment, and a `url` that shows it.
    """
    token = vault.sign(TAKING, f"{limit}/{owner}", expires=at + TICKET_LASTS)
    return f"{home.files_origin()}/files/{token}"


def ticket_of(token: str, *, at: datetime) -> Ticket:
    """What a ticket allows; `vault.Tampered` if it is not ours or is over."""
    limit, _, owner = vault.unsign(TAKING, token, at=at).partition("/")
    return Ticket(owner, int(limit))


def shown(cur: Cursor, token: str, *, at: datetime) -> Shown | None:
    """The file behind a link, while it is there; `vault.Tampered` for a link that is not ours."""
    number, small, _ = vault.unsign(SHOWING, token, at=at).split("/", 2)
    row = cur.execute(sql("files"), {"ids": [int(number)]}).fetchone()
    if row is None:
        return None
    _, sha256, mime, name = row
    key = media.small(sha256) if small else sha256
    return Shown(key, mime if key == sha256 else "image/webp", name)


def _numbers(wanted: Sequence[str]) -> list[int]:
    numbers = []
    for text in wanted:
        try:
            numbers.append(ids.number("att", text))
        except ids.BadId:
            continue
    return numbers
