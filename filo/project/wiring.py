"""Who hears whom, on one page: late tasks and the chores of the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from filo.conversations import operations as conversations
from filo.conversations.types import PublicDraft
from filo.core import clock, home
from filo.core.db import Cursor
from filo.intake import operations as intake
from filo.outbound import operations as outbound
from filo.routing import operations as routing

# A part's late work: a module with a procrastinate `Blueprint` named `tasks`.
TASKS: dict[str, str] = {}


@dataclass(frozen=True)
class Chore:
    """What is done again and again, in a transaction, by whichever worker comes first."""

    name: str
    every: float
    act: Callable[[Cursor], int]


def wake_snoozed(cur: Cursor) -> int:
    return conversations.wake(cur, at=clock.now())


def introduce() -> None:
    """The live stream tells the desk's bubbles, and may not know the desk."""
    from filo.desk.rendering import bubbles
    from filo.live.operations import render_with

    render_with(bubbles)
    conversations.guard_public_with(BEFORE_PUBLIC_SEND)


def sweep_uploads(cur: Cursor) -> int:
    return conversations.sweep_uploads(cur, at=clock.now())


def forget_calls(cur: Cursor) -> int:
    return intake.forget(cur, before=clock.now() - timedelta(days=home.journal_days()))


def ripen_early_changes(cur: Cursor) -> int:
    stirred = conversations.ripen(cur, at=clock.now())
    routing.place(cur, stirred)
    return len(stirred)


def forget_early_facts(cur: Cursor) -> int:
    return conversations.forget_early(cur, before=clock.now() - timedelta(days=7))


def tell_the_absent(cur: Cursor) -> int:
    return outbound.notify(cur, at=clock.now())


def end_sessions(cur: Cursor) -> int:
    """Logins whose time is over; Django only ever leaves them."""
    cur.execute(
        "DELETE FROM django_session WHERE session_key IN"
        " (SELECT session_key FROM django_session WHERE expire_date < %s LIMIT 500)",
        [clock.now()],
    )
    return cur.rowcount


# Asked before anything is said where everyone reads it; one that raises `CannotSend` stops it.
BEFORE_PUBLIC_SEND: tuple[Callable[[Cursor, PublicDraft], None], ...] = ()

CHORES = (
    Chore("forget", every=60.0, act=forget_calls),
    Chore("sessions", every=3600.0, act=end_sessions),
    Chore("early", every=3600.0, act=forget_early_facts),
    Chore("notices", every=5.0, act=tell_the_absent),
    Chore("ripen", every=5.0, act=ripen_early_changes),
    Chore("release", every=15.0, act=conversations.release_absent),
    Chore("wake", every=5.0, act=wake_snoozed),
    Chore("sweep", every=600.0, act=sweep_uploads),
)


class Noticed(Protocol):
    """A notice, as far as this page needs it."""

    @property
    def identity(self) -> int: ...


def wake_devices(cur: Cursor, notice: Noticed) -> None:
    """Somebody has an answer and does not look."""
    conversations.rouse(cur, notice.identity)


outbound.push_with(wake_devices)
