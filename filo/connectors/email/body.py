"""The body of a mail: which words to show, and which files lie beside them."""

from __future__ import annotations

import html as markup
import mimetypes
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.message import Message
from typing import NamedTuple

import msgspec

from filo.channels.contract import Blob, Html, Media, Part, Text
from filo.connectors.email import folding, plain
from filo.connectors.email.head import unfolded
from filo.connectors.email.letters import decoded, words

MOST_PARTS = 100
DEEPEST = 20
TEXT_LIMIT = 200_000
HTML_LIMIT = 600_000
MOST_LINKS = 5_000  # Zammad's figure: a body with more is a bomb
# What Python's mail parser raises on mails that lie about themselves.
BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    MessageError,
)
STUB = re.compile(
    r"support html|html[- ](?:capable|enabled|format)|view (?:this|it|the) .{0,40}browser|"
    r"formato html|nel (?:tuo )?browser",
    re.IGNORECASE,
)
MIME = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}")
UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\\u202a-\u202e\u2066-\u2069]+")  # bidi marks hide `.exe`


class Leaf(NamedTuple):
    path: str
    part: Message
    stretch: str  # leaves of one multipart/alternative say the same thing


class Words(msgspec.Struct):
    """One stretch of the body, in the two forms in which it may be written."""

    plain: str = ""
    html: str = ""


def parts_of(mail: Message) -> tuple[Part, ...]:
    """The words first, then each file, in the order of the mail."""
    leaves = _leaves(mail)
    stretches: dict[str, Words] = {}
    files: list[Part] = []
    for leaf in leaves[:MOST_PARTS]:
        if _is_words(leaf.part):
            _gather(stretches.setdefault(leaf.stretch, Words()), leaf.part)
        elif _media_type(leaf.part) != "text/x-amp-html":
            files.append(_file(leaf))
    if len(leaves) > MOST_PARTS:
        files.append(whole_mail())
    said = _said(list(stretches.values()) or [Words()])
    return (said, *files) if said != Text("") or not files else tuple(files)


def whole_mail() -> Media:
    """The mail itself as a file, where not all of it could be taken apart."""
    return Media("message/rfc822", name="mail.eml", ref="raw")


def cut_out(mail: Message, ref: str) -> Blob:
    """The file that `parse` named `ref`; LookupError when this mail has none such."""
    for leaf in _leaves(mail):
        if ref == f"part:{leaf.path}":
            file = _file(leaf)
            return Blob(mime=file.mime, body=content(leaf.part), name=file.name)
    raise LookupError(f"this mail has no {ref}")


def content(part: Message) -> bytes:
    """The bytes of one part, its transfer encoding undone; what cannot be undone stays."""
    try:
        if part.is_multipart():  # a mail inside the mail
            return b"\n".join(_raw(inner) for inner in part.get_payload())
        raw = part.get_payload(decode=True)
    except BROKEN:
        raw = str(part._payload).encode("utf-8", "surrogateescape")  # type: ignore[attr-defined]
    return raw if isinstance(raw, bytes) else b""


def text_of(part: Message) -> str:
    return decoded(content(part), _parameter(part, "charset"))[:TEXT_LIMIT]


def _raw(inner: object) -> bytes:
    return inner.as_bytes() if isinstance(inner, Message) else str(inner).encode()


def _leaves(mail: Message) -> list[Leaf]:
    return list(_walk(mail, "", "", DEEPEST))


def _walk(part: Message, path: str, stretch: str, depth: int) -> Iterator[Leaf]:
    payload = part.get_payload()
    if _media_type(part).startswith("message/") or not isinstance(payload, list) or not depth:
        yield Leaf(path or "1", _legible(part), stretch or path or "1")
        return
    if _media_type(part) == "multipart/alternative":
        stretch = stretch or f"{path}alternative"
    for number, inner in enumerate(payload[: MOST_PARTS + 1], 1):
        if isinstance(inner, Message):
            yield from _walk(inner, f"{path}.{number}".strip("."), stretch, depth - 1)


def _legible(part: Message) -> Message:
    """Python shows 8-bit letters in a head as question marks: read them first."""
    for name, value in list(part.raw_items()):
        if name.lower() in {"content-type", "content-disposition", "content-id"}:
            part.replace_header(name, unfolded(str(value)))
    return part


def _is_words(part: Message) -> bool:
    kind = _media_type(part)
    # What says that it has parts and has none (no boundary) is words (RFC 2045, 5.2).
    if part.is_multipart() or not (
        kind in {"text/plain", "text/html"} or kind.startswith("multipart/")
    ):
        return False
    return not _name(part) and not str(part.get("content-disposition", "")).lower().startswith(
        "attachment"
    )


def _gather(words_: Words, part: Message) -> None:
    if _media_type(part) == "text/html":
        html = decoded(content(part), _parameter(part, "charset"))
        if len(html) > HTML_LIMIT or html.count("<a ") > MOST_LINKS or plain.is_bomb(html):
            words_.plain = words_.plain or plain.stripped(html)
        else:
            words_.html += html
    else:
        words_.plain += text_of(part)


def _said(stretches: list[Words]) -> Text | Html:
    told = [_told(each) for each in stretches]
    new, quoted = ("\n\n".join(filter(None, each))[:TEXT_LIMIT] for each in zip(*told, strict=True))
    html = "\n".join(_as_html(each) for each in stretches) if any(s.html for s in stretches) else ""
    if not html and not quoted:
        return Text(new)
    return Html(html=html, text=new, quoted=quoted, cut=plain.cut_of(html) if quoted else 0)


def _told(words_: Words) -> tuple[str, str]:
    """What is new in one stretch, and what it repeats: by its marks, else by its lines."""
    stub = len(words_.plain) < 400 and STUB.search(words_.plain)
    if words_.html and (stub or not words_.plain.strip()):
        new, quoted = plain.told_apart(words_.html)
        return (new, quoted) if new and quoted else folding.folded(new or quoted)
    new, quoted = folding.folded(plain.tidy(words_.plain))
    if words_.html and not quoted:
        marked = plain.told_apart(words_.html)
        return marked if all(marked) else (new, quoted)
    return new, quoted


def _as_html(words_: Words) -> str:
    return words_.html or f"<pre>{markup.escape(words_.plain)}</pre>" * bool(words_.plain.strip())


def _file(leaf: Leaf) -> Media:
    mime = _media_type(leaf.part)
    return Media(
        mime=mime,
        name=_name(leaf.part) or _made_up_name(mime, leaf),
        ref=f"part:{leaf.path}",
        size=len(content(leaf.part)),
        inline=str(leaf.part.get("content-id", "")).strip().strip("<>")[:250],
    )


def _media_type(part: Message) -> str:
    try:
        mime = part.get_content_type()
    except BROKEN:
        return "application/octet-stream"
    return mime if MIME.fullmatch(mime) else "application/octet-stream"


def _name(part: Message) -> str:
    try:
        written = part.get_filename() or ""
    except BROKEN:
        return ""
    raw = str(written).encode("utf-8", "surrogateescape")
    shown = " ".join(UNSAFE.sub(" ", words(decoded(raw))).split())
    return shown if len(shown) <= 150 else shown[:110] + "…" + shown[-30:]


def _made_up_name(mime: str, leaf: Leaf) -> str:
    if mime == "message/rfc822":
        inner = leaf.part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        subject = str(first.get("subject", "")) if isinstance(first, Message) else ""
        return (UNSAFE.sub(" ", words(subject)).strip()[:100] or "mail") + ".eml"
    if mime == "text/calendar":
        return "invitation.ics"
    return f"attachment-{leaf.path}{mimetypes.guess_extension(mime) or ''}"


def _parameter(part: Message, name: str) -> str:
    try:
        value = part.get_param(name, "")
    except BROKEN:
        return ""
    return value if isinstance(value, str) else str(value[-1])
