"""The door through which the world of conversations is changed."""

from __future__ import annotations

from filo.conversations.attachments import sweep_uploads, upload
from filo.conversations.continuing import take_up
from filo.conversations.devices import (
    dismiss,
    enrol,
    forget_device,
    rouse,
    to_wake,
    wake_later,
)
from filo.conversations.drafting import draft, save_draft
from filo.conversations.early import forget_early
from filo.conversations.hearing import receive
from filo.conversations.outbox import recall, retry, settle
from filo.conversations.owning import (
    assign,
    mark_read,
    move,
    release,
    release_absent,
    reopen,
    snooze,
    solve,
    take,
    wake,
)
from filo.conversations.publishing import guard_public_with, moderate, reply_in_public
from filo.conversations.replying import note, reply, tell
from filo.conversations.ripening import ripen
from filo.conversations.visiting import agree

__all__ = [
    "agree",
    "assign",
    "dismiss",
    "draft",
    "enrol",
    "forget_device",
    "forget_early",
    "guard_public_with",
    "mark_read",
    "moderate",
    "move",
    "note",
    "recall",
    "receive",
    "release",
    "release_absent",
    "reopen",
    "reply",
    "reply_in_public",
    "retry",
    "ripen",
    "rouse",
    "save_draft",
    "settle",
    "snooze",
    "solve",
    "sweep_uploads",
    "take",
    "take_up",
    "tell",
    "to_wake",
    "upload",
    "wake",
    "wake_later",
]
