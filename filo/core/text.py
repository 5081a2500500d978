"""Text made comparable: for search and for keys."""

from __future__ import annotations

import unicodedata

import msgspec

# All that msgspec raises over words that are no JSON: letters that are none (it does not turn those
# into its own error), and brackets within brackets without end.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def fold(text: str) -> str:
    """Lower case, without accents: `Città` and `citta` are found by one another."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def storable(text: str) -> str:
    """PostgreSQL keeps every character but NUL and lone surrogates: show those as unreadable."""
    text = text.replace("\x00", "\ufffd")
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text
