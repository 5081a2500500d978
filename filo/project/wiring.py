"""Who hears whom, on one page: late tasks and the chores of the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from filo.conversations import operations as conversations
from filo.core import clock
from filo.core.db import Cursor

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


def sweep_uploads(cur: Cursor) -> int:
    return conversations.sweep_uploads(cur, at=clock.now())


CHORES = (
    Chore("wake", every=5.0, act=wake_snoozed),
    Chore("sweep", every=3600.0, act=sweep_uploads),
)
