"""The one place that reads the time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC, with its time zone."""
    return datetime.now(UTC)
