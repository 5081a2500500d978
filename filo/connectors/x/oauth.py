"""How a call says who we are: a person's bearer token (OAuth 2), or a signature (OAuth 1.0a)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex
from urllib.parse import parse_qsl, quote, urlsplit

from filo.channels.contract import Config
from filo.core import clock


def headers(config: Config, method: str, url: str, *, at: datetime | None = None) -> dict[str, str]:
    """With a token secret we sign, else the access token itself is shown."""
    if not config.get("access_secret"):
        return {"authorization": f"Bearer {config.get('access_token', '')}"}
    signed = {
        "oauth_consumer_key": config.get("consumer_key", ""),
        "oauth_nonce": token_hex(16),
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int((at or clock.now()).timestamp())),
        "oauth_token": config.get("access_token", ""),
        "oauth_version": "1.0",
    }
    key = "&".join(_escaped(config.get(one, "")) for one in ("consumer_secret", "access_secret"))
    signed["oauth_signature"] = signature(method, url, signed, key=key)
    pairs = ", ".join(f'{_escaped(name)}="{_escaped(value)}"' for name, value in signed.items())
    return {"authorization": f"OAuth {pairs}"}


def app_headers(config: Config) -> dict[str, str]:
    """The app itself, for webhooks: no person stands behind it."""
    return {"authorization": f"Bearer {config.get('bearer_token', '')}"}


def signature(method: str, url: str, signed: dict[str, str], *, key: str) -> str:
    """RFC 5849, 3.4: over the method, the bare address, and the sorted query and OAuth words.

    Our bodies are JSON or multipart, which are no part of it.
    """
    parts = urlsplit(url)
    bare = f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path}"
    words = _joined([*parse_qsl(parts.query, keep_blank_values=True), *signed.items()])
    text = "&".join(_escaped(one) for one in (method.upper(), bare, words))
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), "sha1")).decode()


def _joined(pairs: Iterable[tuple[str, str]]) -> str:
    escaped = sorted((_escaped(name), _escaped(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in escaped)


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
