"""How a person looks before we have a picture: initials on one of seven calm colours."""

from __future__ import annotations

import zlib

import msgspec

TONES = 7


class Face(msgspec.Struct, frozen=True):
    initials: str
    tone: str


def face(name: str, key: str = "") -> Face:
    """The same person keeps the same colour, whatever they are called today."""
    return Face(initials(name), f"a{zlib.crc32((key or name).encode()) % TONES + 1}")


def initials(name: str) -> str:
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return name.strip("+ ")[-2:] or "?"
    if len(words) == 1:
        return words[0][:2].upper()
    return (words[0][0] + words[-1][0]).upper()
