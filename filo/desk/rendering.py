"""Pieces of the page for whoever needs them: the page itself, its answers and the live stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string
from django.utils import translation

from filo.conversations import queries
from filo.conversations.types import MessageView
from filo.core.db import Cursor
from filo.core.ids import number
from filo.desk.shown import bubbles as shown


def bubble(message: MessageView, language: str) -> str:
    """One message of the thread, as it stands in the page."""
    with translation.override(language):
        return render_to_string("desk/_message.html", {"bubble": shown.bubble(message)})


def bubbles(cur: Cursor, messages: Sequence[int], language: str) -> Mapping[int, str]:
    """The same for the live stream, which has asked who may read each of them."""
    return {
        number("msg", one.id): bubble(one, language) for one in queries.message_views(cur, messages)
    }
