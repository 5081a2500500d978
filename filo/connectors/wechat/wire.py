"""What WeChat writes, as names and values: flat XML, or JSON where a mini program chose so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import msgspec

from filo.core.text import UNREADABLE

Words = dict[str, str]
# Every element without elements inside: WeChat nests little, and no name means two things.
_LEAF = re.compile(r"<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</\1>", re.DOTALL)
_plain = msgspec.json.Decoder(dict[str, object])


def words(body: bytes) -> Words:
    """The first value of each name."""
    found: Words = {}
    for name, value in pairs(body):
        found.setdefault(name, value)
    return found


def pairs(body: bytes) -> list[tuple[str, str]]:
    """All of them in order: a list says its names again and again."""
    if body.lstrip()[:1] == b"{":
        return _in_json(body)
    text = body.decode("utf-8", "replace")
    return [
        (match[1], match[2] if match[2] is not None else unescape(match[3]).strip())
        for match in _LEAF.finditer(text)
    ]


def _in_json(body: bytes) -> list[tuple[str, str]]:
    try:
        plain = _plain.decode(body)
    except UNREADABLE:
        return []
    return list(_flat(plain))


def _flat(plain: object, name: str = "") -> Iterator[tuple[str, str]]:
    """As flat as the XML is read: what is nested stands in its place."""
    match plain:
        case dict():
            for inner, value in plain.items():
                yield from _flat(value, str(inner))
        case list():
            for value in plain:
                yield from _flat(value, name)
        case bool() | None:
            return
        case str() | int() | float() if name:
            yield name, str(plain)


def encrypted(body: bytes) -> str:
    """What stands in `Encrypt`, found without reading the rest: nothing is proved yet."""
    if body.lstrip()[:1] == b"{":
        return dict(_in_json(body)).get("Encrypt", "")
    text = body.decode("utf-8", "replace")
    _, _, rest = text.partition("<Encrypt>")
    inside, end, _ = rest.partition("</Encrypt>")
    return inside.strip().removeprefix("<![CDATA[").removesuffix("]]>") if end else ""
