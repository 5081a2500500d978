"""Settings that hold secrets, as one sealed value bound to the row that keeps it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from filo.core import vault


def seal_settings(settings: Mapping[str, str], *, row: str) -> bytes:
    """All settings of one row (`"channels_channel:7"`) as one sealed value."""
    return vault.seal(msgspec.json.encode(dict(sorted(settings.items()))), row=row)


def open_settings(sealed: bytes, *, row: str) -> dict[str, str]:
    """The settings that `seal_settings` sealed for this row; `vault.Unopenable` for any other."""
    return msgspec.json.decode(vault.open_(sealed, row=row), type=dict[str, str])
