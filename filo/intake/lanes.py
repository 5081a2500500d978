"""Facts are spread over lanes by a hash of the identity: one person's facts are read in turn."""

from __future__ import annotations

from zlib import crc32

LANES = 64


def lane_of(kind: str, channel: int, whose: str) -> int:
    """The lane of one call; what names nobody takes its channel's lane."""
    return crc32(f"{kind}:{whose or channel}".encode("utf-8", "surrogatepass")) % LANES
