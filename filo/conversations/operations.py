"""The door through which the world of conversations is changed."""

from __future__ import annotations

from filo.conversations.hearing import receive

__all__ = ["receive"]
