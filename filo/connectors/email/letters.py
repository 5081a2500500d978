"""Bytes to letters: charsets as they are really labelled, and RFC 2047 words."""

from __future__ import annotations

import base64
import binascii
import quopri
import re

WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")

# What mail programs write, and what they mean. Labels that lie are read as the larger set
# that contains them (WHATWG Encoding Standard, section 4.2).
MEANT = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "x-windows-1252": "cp1252",
    "windows-1252": "cp1252",
    "x-ansi": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac-roman",
    "utf8": "utf-8",
}
# Codecs of Python that are no charset, or run over their own escapes.
NEVER = {"unicode_escape", "raw_unicode_escape", "undefined", "idna", "punycode"}


def decoded(raw: bytes, charset: str = "") -> str:
    """The text of `raw`: as labelled, else as UTF-8, else as Windows wrote it."""
    label = charset.strip().strip("\"'").lower().split("*")[0]
    for name in (MEANT.get(label, label), "utf-8"):
        if not name or name.replace("-", "_") in NEVER:
            continue
        try:
            return _clean(raw.decode(name))
        except (LookupError, ValueError):
            continue
    return _clean(raw.decode("cp1252", errors="replace"))


def words(value: str) -> str:
    """A header with its RFC 2047 words opened, even when one character was cut in two."""
    text, gathered, charset, end = [], b"", "", 0
    for word in WORD.finditer(value):
        between = value[end : word.start()]
        if gathered and (between.strip() or word[1].lower() != charset):
            text.append(decoded(gathered, charset))
            gathered = b""
        if between.strip() or not end:
            text.append(between)
        charset, end = word[1].lower(), word.end()
        gathered += _opened(word[2], word[3])
    if gathered:
        text.append(decoded(gathered, charset))
    return "".join([*text, value[end:]])


def _opened(kind: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "surrogateescape")
    if kind in "qQ":
        return quopri.decodestring(raw, header=True)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return raw


def _clean(text: str) -> str:
    # PostgreSQL keeps no NUL, and lone surrogates are no text anywhere.
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
