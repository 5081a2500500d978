"""The door through which conversations are asked."""

from __future__ import annotations

from filo.conversations.finding import search
from filo.conversations.mentions import mentions
from filo.conversations.queues import BadCursor, case, cases, counts
from filo.conversations.queues import views as case_views
from filo.conversations.roads import roads
from filo.conversations.threads import lines, message, thread
from filo.conversations.threads import views as message_views

__all__ = [
    "BadCursor",
    "case",
    "case_views",
    "cases",
    "counts",
    "lines",
    "mentions",
    "message",
    "message_views",
    "roads",
    "search",
    "thread",
]
