"""Webhooks that come as forms: url-encoded or multipart, told apart by their first bytes."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

import msgspec

MOST = 2_000  # fields; a form of more is no webhook
LONGEST_LINE = 128  # between fields (RFC 2046 has 74): taking it apart costs more the longer it is
_NAME = re.compile(rb'[;\s]name="([^"\r\n]*)"', re.IGNORECASE)
_FILE = re.compile(rb'[;\s]filename="([^"\r\n]*)"', re.IGNORECASE)
_TYPE = re.compile(rb"^content-type:[ \t]*([^\r\n]+)", re.IGNORECASE | re.MULTILINE)


class File(msgspec.Struct, frozen=True):
    field: str
    name: str
    mime: str
    body: bytes


class Form:
    """The fields of a form, each as the bytes it came as; of a field given twice the last."""

    def __init__(self, body: bytes) -> None:
        self.files: list[File] = []
        self.twice: set[str] = set()
        self._fields: dict[str, bytes] = {}
        if body.startswith(b"--"):
            self._take_parts(body)
        else:
            self._take_pairs(body)

    def raw(self, name: str) -> bytes:
        return self._fields.get(name, b"")

    def text(self, name: str) -> str:
        return self.raw(name).decode("utf-8", "replace")

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def _take_pairs(self, body: bytes) -> None:
        for pair in body.split(b"&", MOST)[:MOST]:
            name, _, value = pair.partition(b"=")
            self._take(_plain(name).decode("utf-8", "replace"), _plain(value))

    def _take(self, name: str, value: bytes) -> None:
        if name in self._fields:
            self.twice.add(name)
        self._fields[name] = value

    def _take_parts(self, body: bytes) -> None:
        boundary = body.partition(b"\n")[0].rstrip(b"\r")
        if len(boundary) > LONGEST_LINE:
            return
        pieces = re.split(rb"\r?\n" + re.escape(boundary), b"\n" + body, maxsplit=MOST)
        for piece in pieces[1:]:
            head, _, content = piece.partition(b"\r\n\r\n")
            if not content:
                head, _, content = piece.partition(b"\n\n")
            named = _NAME.search(head)
            if named is None:
                continue
            name, filed = _text(named[1]), _FILE.search(head)
            if filed is None:
                self._take(name, content)
                continue
            typed = _TYPE.search(head)
            mime = _text(typed[1]).strip() if typed else "application/octet-stream"
            self.files.append(File(name, _text(filed[1]), mime, content))


def _plain(written: bytes) -> bytes:
    return unquote_to_bytes(written.replace(b"+", b" "))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
