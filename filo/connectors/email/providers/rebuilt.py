"""A mail put together again from the fields into which a provider took it apart.

Not anymail's `AnymailInboundMessage.construct`: it parses heads by a policy of Python's that raises
on malformed ones, of which real mail is full. Ours writes bytes, and the one reader of all mails
judges them. (The tests compare both.)
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence

import msgspec

BOUNDARY = "=_filo_rebuilt"
# What describes the body's old form: it has another one now.
_FORM = re.compile(r"content-(?:type|transfer-encoding|disposition|length)\Z|mime-version\Z")
_NAME = re.compile(r"[!-9;-~]+\Z")


class Piece(msgspec.Struct, frozen=True):
    """One file of a mail; `cid` when the HTML shows it."""

    mime: str
    body: bytes
    name: str = ""
    cid: str = ""


def mail(
    headers: Iterable[tuple[str, str]], *, text: str, html: str, files: Sequence[Piece] = ()
) -> bytes:
    """The mail as bytes; whatever stands in the fields, it does not raise."""
    lines = [
        f"{name}: {_one_line(value)}"
        for name, value in headers
        if _NAME.match(name) and not _FORM.match(name.lower())
    ]
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{BOUNDARY}"', ""]
    parts = [_words(text, "plain"), _words(html, "html")] if text and html else []
    body = _alternative(parts) if parts else _words(html or text, "html" if html else "plain")
    whole = [body, *(_file(piece) for piece in files)]
    joined = "".join(f"--{BOUNDARY}\r\n{part}\r\n" for part in whole)
    written = "\r\n".join(lines) + f"\r\n{joined}--{BOUNDARY}--\r\n"
    return written.encode("utf-8", "replace")


def traced(raw: bytes, *, sender: str | None, recipient: str) -> bytes:
    """The envelope above the mail, where a mail server would have written it."""
    lines = [] if sender is None else [f"Return-Path: <{_bare(sender)}>"]
    lines += [f"X-Original-To: {_bare(recipient)}"] if recipient else []
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace") + raw


def _alternative(parts: list[str]) -> str:
    inner = f"{BOUNDARY}_alt"
    joined = "".join(f"--{inner}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/alternative; boundary="{inner}"\r\n\r\n{joined}--{inner}--'


def _words(words: str, subtype: str) -> str:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64"
    return f"{head}\r\n\r\n{_base64(words.encode('utf-8', 'replace'))}"


def _file(piece: Piece) -> str:
    mime = piece.mime if "/" in piece.mime else "application/octet-stream"
    if mime.lower().startswith(("multipart/", "message/")):
        mime = "application/octet-stream"  # these may not be base64
    name = _one_line(piece.name).replace('"', "'") or "attachment"
    shown = "inline" if piece.cid else "attachment"
    lines = [
        f"Content-Type: {_one_line(mime)}",
        f'Content-Disposition: {shown}; filename="{name}"',
        "Content-Transfer-Encoding: base64",
    ]
    lines += [f"Content-ID: <{_bare(piece.cid)}>"] if piece.cid else []
    return "\r\n".join(lines) + f"\r\n\r\n{_base64(piece.body)}"


def _base64(body: bytes) -> str:
    return base64.encodebytes(body).decode().replace("\n", "\r\n")


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _bare(value: str) -> str:
    return "".join(value.split()).strip("<>")
