"""The door through which conversations are asked."""

from __future__ import annotations

from filo.conversations.attachments import (
    UPLOAD_LIMIT,
    Shown,
    attachment,
    link,
    must_have_room,
    of_staff,
    of_visitor,
    shown,
    ticket,
    ticket_of,
)
from filo.conversations.finding import search
from filo.conversations.mentions import mentions
from filo.conversations.queues import BadCursor, case, cases, counts
from filo.conversations.queues import views as case_views
from filo.conversations.roads import roads
from filo.conversations.threads import lines, message, thread, tree
from filo.conversations.threads import views as message_views
from filo.conversations.traffic import heard_on, waits_for
from filo.conversations.visiting import name_at

__all__ = [
    "UPLOAD_LIMIT",
    "BadCursor",
    "Shown",
    "attachment",
    "case",
    "case_views",
    "cases",
    "counts",
    "heard_on",
    "lines",
    "link",
    "mentions",
    "message",
    "message_views",
    "must_have_room",
    "name_at",
    "of_staff",
    "of_visitor",
    "roads",
    "search",
    "shown",
    "thread",
    "ticket",
    "ticket_of",
    "tree",
    "waits_for",
]
