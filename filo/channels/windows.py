"""Which window is open: until when we may write freely, how much, and as what.

Pure: the card says which windows there are, the thread when they spoke and what we sent since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from filo.channels.contract import Capabilities, Window


class Spoke(msgspec.Struct, frozen=True):
    """A sign of life on this channel. `act` names what was not a message: follow, menu, scan."""

    at: datetime
    act: str = ""


class Opening(msgspec.Struct, frozen=True):
    """An open window. Without `until` it does not end; without `left` any number fits in."""

    kind: str = ""  # of the window; empty where the channel has none
    until: datetime | None = None
    left: int | None = None
    by_hand: bool = False  # only for what a person of ours wrote


def windows(can: Capabilities) -> tuple[Window, ...]:
    """All windows of a card: one of `windows` as long as `window` tells it more fully."""
    if can.window is None or any(_tells_more(one, can) for one in can.windows):
        return can.windows
    return (Window(can.window), *can.windows)


def opening(
    can: Capabilities,
    spoken: Iterable[Spoke],
    sent: Sequence[datetime] = (),
    *,
    at: datetime,
    by_hand: bool = True,
) -> Opening | None:
    """The window through which a message may go now, or None when all are closed.

    What anybody may send comes before what must be written by hand; then what stays open longest.
    """
    known = windows(can)
    if not known:
        return Opening()
    spoken = tuple(spoken)
    found = (_opened(one, _began(one, known, spoken, at=at), sent, at=at) for one in known)
    fit = [one for one in found if one and (by_hand or not one.by_hand)]
    return max(fit, key=lambda one: (not one.by_hand, one.until), default=None)


def _tells_more(window: Window, can: Capabilities) -> bool:
    return window.lasts == can.window and not window.by_hand and not window.opened_by


def _began(
    window: Window, known: Sequence[Window], spoken: Sequence[Spoke], *, at: datetime
) -> datetime | None:
    """The last sign of life that opens this window. An act that no window names is a message."""
    acts = {one.opened_by for one in known}
    # Their clock may be ahead: no window stays open longer for that.
    moments = [
        min(one.at, at)
        for one in spoken
        if (one.act if one.act in acts else "") == window.opened_by
    ]
    return max(moments, default=None)


def _opened(
    window: Window, began: datetime | None, sent: Sequence[datetime], *, at: datetime
) -> Opening | None:
    if began is None or began + window.lasts <= at:
        return None
    left = window.most - sum(began <= one for one in sent) if window.most else None
    if left is not None and left <= 0:
        return None
    return Opening(window.kind, began + window.lasts, left, window.by_hand)
