"""How far somebody has come in connecting a channel: steps ticked, values pasted, hops tried.

Until the channel exists the row is a draft, one for each kind, and keeps what was pasted, sealed.
Entered through `operations` and `queries`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from filo.channels.contract import Hop
from filo.channels.types import ONCE, SetupView
from filo.core import sealing, vault
from filo.core.db import Cursor

_COLUMNS = "SELECT kind, channel_id, sealed, done, hops, tried_at FROM channels_setup"
_hops = msgspec.json.Decoder(tuple[Hop, ...])


def drafts(cur: Cursor) -> list[SetupView]:
    """What was begun and is not connected yet, in the order of the kinds."""
    cur.execute(_COLUMNS + " WHERE channel_id IS NULL ORDER BY kind")
    return [_view(*row) for row in cur.fetchall()]


def draft(cur: Cursor, kind: str) -> SetupView:
    """The draft of a kind; an empty one where nobody has begun."""
    cur.execute(_COLUMNS + " WHERE channel_id IS NULL AND kind = %s", [kind])
    row = cur.fetchone()
    return _view(*row) if row else SetupView(kind)


def setup(cur: Cursor, channel: int) -> SetupView | None:
    """How far this channel's set-up is; None: it was connected without one, by the API."""
    cur.execute(_COLUMNS + " WHERE channel_id = %s", [channel])
    row = cur.fetchone()
    return _view(*row) if row else None


def keep_draft(cur: Cursor, kind: str, *, given: Mapping[str, str], done: Sequence[str]) -> None:
    """Keep what was pasted so far; an empty value leaves what is there."""
    known = draft(cur, kind)
    values = {**known.settings, **{name: text for name, text in given.items() if text}}
    cur.execute(
        "INSERT INTO channels_setup (kind, sealed, done) VALUES (%s, %s, %s) "
        "ON CONFLICT (kind) WHERE channel_id IS NULL "
        "DO UPDATE SET sealed = EXCLUDED.sealed, done = EXCLUDED.done, changed_at = now()",
        [kind, sealing.seal_settings(values, row=_row(kind)), _joined(known.done, done)],
    )


def drop_draft(cur: Cursor, kind: str) -> None:
    """Forget what was begun, and what was pasted."""
    cur.execute("DELETE FROM channels_setup WHERE channel_id IS NULL AND kind = %s", [kind])


def finish_draft(cur: Cursor, kind: str, channel: int, *, done: Sequence[str]) -> None:
    """The channel is connected: its own row keeps the values now, the ticks stay."""
    ticked = _joined(draft(cur, kind).done, done)
    drop_draft(cur, kind)
    cur.execute(
        "INSERT INTO channels_setup (kind, channel_id, done) VALUES (%s, %s, %s)",
        [kind, channel, ticked],
    )


def tick(cur: Cursor, kind: str, channel: int, step: str, *, done: bool) -> None:
    """Tick a step of a connected channel, or take the tick back: that it was ticked once stays."""
    known = setup(cur, channel) or SetupView(kind)
    kept = _joined([one for one in known.done if one != step], [f"{ONCE}{step}"])
    cur.execute(
        "INSERT INTO channels_setup (kind, channel_id, done) VALUES (%s, %s, %s) "
        "ON CONFLICT (channel_id) DO UPDATE SET done = EXCLUDED.done, changed_at = now()",
        [kind, channel, [*kept, step] if done else kept],
    )


def keep_hops(cur: Cursor, kind: str, channel: int, hops: Sequence[Hop], *, at: datetime) -> None:
    """What each hop came to when it was last tried."""
    told = msgspec.json.encode(hops).decode()
    cur.execute(
        "INSERT INTO channels_setup (kind, channel_id, hops, tried_at) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (channel_id) DO UPDATE SET hops = EXCLUDED.hops, "
        "tried_at = EXCLUDED.tried_at, changed_at = now()",
        [kind, channel, told, at],
    )


def seal_drafts_again(cur: Cursor) -> None:
    """After a rotation of the key; what cannot be opened is pasted again."""
    cur.execute("SELECT id, kind, sealed FROM channels_setup WHERE sealed <> '' FOR UPDATE")
    for id_, kind, sealed in cur.fetchall():
        with suppress(vault.Unopenable):
            if vault.is_old(sealed):
                values = sealing.open_settings(sealed, row=_row(kind))
                fresh = sealing.seal_settings(values, row=_row(kind))
                cur.execute("UPDATE channels_setup SET sealed = %s WHERE id = %s", [fresh, id_])


def _view(
    kind: str,
    channel: int | None,
    sealed: bytes,
    done: list[str],
    hops: str,
    tried_at: datetime | None,
) -> SetupView:
    values: dict[str, str] = {}
    if sealed:
        with suppress(vault.Unopenable):
            values = sealing.open_settings(sealed, row=_row(kind))
    tried = _hops.decode(hops) if hops else ()
    return SetupView(kind, channel, values, tuple(done), tried, tried_at)


def _joined(known: Sequence[str], more: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*known, *more]))


def _row(kind: str) -> str:
    return f"setup:{kind}"
