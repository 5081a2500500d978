"""Pieces of the page for whoever needs them: the page itself, its answers and the live stream."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation

from filo.conversations.types import MessageView
from filo.desk.shown import bubbles


def bubble(message: MessageView, language: str) -> str:
    """One message of the thread, as it stands in the page."""
    with translation.override(language):
        return render_to_string("desk/_message.html", {"bubble": bubbles.bubble(message)})
