"""Files that staff uploaded, on their way into a message."""

from __future__ import annotations

from filo.channels.contract import Media
from filo.conversations.types import CannotSend
from filo.core.db import Cursor
from filo.core.ids import BadId, number
from filo.staff.types import Scope


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


def attach(cur: Cursor, message: int, ordinal: int, part: Media) -> None:
    """The upload belongs to the message from now on."""
    cur.execute(
        "UPDATE conversations_attachment SET message_id = %s, ordinal = %s WHERE id = %s",
        [message, ordinal, number("att", part.attachment)],
    )
