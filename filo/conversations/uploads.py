"""Files on their way into a message: what staff uploaded, and the papers that we write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from filo.channels.contract import (
    Appointment,
    Bill,
    BoardingPass,
    Media,
    Part,
    files_of,
    with_files,
)
from filo.conversations.attachments import lasting_link, of_staff, upload
from filo.conversations.papers import papers
from filo.conversations.types import CannotSend
from filo.core import media
from filo.core.codes import CodeRefused
from filo.core.db import Cursor
from filo.core.ids import BadId, number
from filo.staff.types import Scope

LARGEST_PAPER = 5_000_000


def own_files(cur: Cursor, actor: Scope, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Attachments by their rows: one's own uploads, not yet used. What the caller claims about
    them counts for nothing."""

    def owned(file: Media) -> Media:
        return claimed(cur, actor, file) if file.attachment else file

    return tuple(with_files(part, owned) for part in parts)


def claimed(cur: Cursor, actor: Scope, part: Media) -> Media:
    """The part as its row describes it: the actor's own upload, ready and not yet used."""
    try:
        id_ = number("att", part.attachment)
    except BadId:
        raise CannotSend("no_file", "This file is not here any more. Attach it again.") from None
    row = cur.execute(
        "SELECT mime, name, size, sha256 FROM conversations_attachment WHERE id = %s"
        " AND staff_id = %s AND message_id IS NULL AND state = 'ready' FOR UPDATE",
        [id_, actor.staff],
    ).fetchone()
    if row is None:
        raise CannotSend("no_file", "This file is not here any more. Attach it again.")
    mime, name, size, sha256 = row
    return Media(
        mime=mime,
        caption=part.caption,
        name=name,
        size=size,
        sha256=sha256,
        attachment=part.attachment,
        voice=part.voice,
    )


def attach(cur: Cursor, message: int, said: Sequence[Part]) -> None:
    """The files of a message belong to it from now on."""
    for ordinal, part in enumerate(said):
        for file in files_of(part):
            if file.attachment:
                cur.execute(
                    "UPDATE conversations_attachment SET message_id = %s, ordinal = %s"
                    " WHERE id = %s",
                    [message, ordinal, number("att", file.attachment)],
                )


def with_addresses(said: Sequence[Part], at: datetime) -> tuple[Part, ...]:
    """Our files with an address each, for channels that do not take the file itself."""

    def addressed(file: Media) -> Media:
        if file.url or not file.attachment:
            return file
        url = lasting_link(file.attachment, name=file.name or "file", at=at)
        return msgspec.structs.replace(file, url=url)

    return tuple(with_files(part, addressed) for part in said)


# --- on paper ---------------------------------------------------------------


def on_paper(
    cur: Cursor, actor: Scope, said: Sequence[Part], language: str, *, at: datetime
) -> tuple[Part, ...]:
    """Boarding passes, receipts and dates with the files that say the same, unless they have."""
    return tuple(
        msgspec.structs.replace(part, files=tuple(_papers(cur, actor, part, language, at=at)))
        if isinstance(part, Bill | BoardingPass | Appointment) and not part.files
        else part
        for part in said
    )


def _papers(
    cur: Cursor, actor: Scope, part: Part, language: str, *, at: datetime
) -> Iterator[Media]:
    try:
        made = list(papers(part, language, at=at))
    except CodeRefused as problem:
        raise CannotSend("bad_part", f"The code cannot be drawn: {problem}.") from problem
    for paper in made:
        kept = media.keep(paper.body, name=paper.name, mime=paper.mime, limit=LARGEST_PAPER)
        row = upload(cur, kept, owner=of_staff(actor.staff))
        yield Media(
            mime=kept.mime,
            name=kept.name,
            size=kept.size,
            sha256=kept.sha256,
            attachment=row.id,
        )
