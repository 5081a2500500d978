"""A connector's talk with its provider, where a test says what the provider answers."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from filo.channels.contract import Call, Reply
from filo.channels.kit import converse

T = TypeVar("T")


def over(speech: Generator[Call, Reply, T], *replies: Reply) -> tuple[T, list[Call]]:
    """What it came to, and the calls that were made; one reply for each."""
    waiting, made = list(replies), []

    def carry(call: Call) -> Reply:
        made.append(call)
        return waiting.pop(0)

    return converse(speech, carry), made
