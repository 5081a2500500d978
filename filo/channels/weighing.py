"""How long a text is where letters weigh: an address 23, letters of the West one, others two."""

from __future__ import annotations

import re
import unicodedata

ADDRESS = 23
# (twitter-text, configuration 3)
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_URL = re.compile(r"https?://[^\s]+")
_ONE = "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff]"
_MORE = "[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_EMOJI = re.compile(f"{_FLAG}|{_ONE}{_MORE}(?:\u200d{_ONE}{_MORE})*")


def weight(text: str) -> int:
    """A family or a flag counts as one emoji, whatever it is made of."""
    text = unicodedata.normalize("NFC", text)
    bare, addresses = _URL.subn("", text)
    bare, emoji = _EMOJI.subn("", bare)
    return addresses * ADDRESS + emoji * 2 + sum(1 if _is_light(one) else 2 for one in bare)


def _is_light(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _LIGHT)
