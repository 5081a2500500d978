"""Twilio's two signatures over the address and the form of a call, and the check of them.

Both are over one string: the address as Twilio called it, then each parameter's name and value.
(twilio 9.13.0, `request_validator.py`, November 2026)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping

from filo.channels.contract import Config, Forged, Request
from filo.core.forms import pairs

GIVEN = "x-twilio-signature"
SETTINGS = "x-twilio-webhooks-signature-settings"
BODY_HASH = "bodySHA256"
SHA1, SHA256 = "HMAC_SHA1", "HMAC_SHA256"
DIGESTS = {SHA1: "sha1", SHA256: "sha256"}
_PORT = re.compile(r":\d*\Z", re.ASCII)
PORTS = {"https": 443, "http": 80}


def check(request: Request, config: Config) -> None:
    """`Forged` unless one of the channel's keys made the signature, over one way to write it."""
    announced = _announced(request.headers)
    algorithm = announced.get("algorithm", SHA1)
    # Which scheme holds is ours to say: who forges would choose the one whose key they found.
    if algorithm != (config.get("signature") or SHA1):
        raise Forged(f"this channel does not take {algorithm}")
    wanted = config.get("shared_key_id", "")
    if algorithm == SHA256 and wanted and announced.get("key", "") != wanted:
        raise Forged("signed with a shared key that is not ours")
    given = request.headers.get(GIVEN, "").encode()
    address = address_of(request, config)
    if in_json(request) and not _same_body(address, request.body):
        raise Forged("the address does not name this body")
    words = _words(request)
    # The first that matches ends it: who has no key never comes that far, and learns nothing.
    if not any(
        hmac.compare_digest(_signature(f"{spelling}{words}", key, algorithm).encode(), given)
        for key in keys_of(config, algorithm)
        for spelling in spellings(address)
    ):
        raise Forged("the signature does not match")


def keys_of(config: Config, algorithm: str) -> list[str]:
    """Several keys, for the time in which one follows the other, are parted by spaces."""
    return config.get("auth_token" if algorithm == SHA1 else "shared_key", "").split()


def address_of(request: Request, config: Config) -> str:
    """Where Twilio called: as the setting has it, with the query of this call."""
    hook = config.get("hook", "")
    if not hook:
        return request.url
    _, mark, query = request.url.partition("?")
    return f"{hook.partition('#')[0]}{mark}{query}"


def spellings(address: str) -> Iterator[str]:
    """As it is, without a port, and with the scheme's own: Twilio signs now one, now another."""
    yield address
    scheme, mark, rest = address.partition("://")
    cut = next((n for n, letter in enumerate(rest) if letter in "/?"), len(rest))
    host, path = rest[:cut], rest[cut:]
    bare = _PORT.sub("", host)
    for each in (bare, f"{bare}:{PORTS.get(scheme, '')}"):
        if each != host:
            yield f"{scheme}{mark}{each}{path}"


def signature(address: str, request: Request, key: str, algorithm: str) -> str:
    return _signature(address + _words(request), key, algorithm)


def _signature(words: str, key: str, algorithm: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), words.encode(), DIGESTS[algorithm])).decode()


def _words(request: Request) -> str:
    if in_json(request):
        return ""
    return "".join([f"{name}{value}" for name, value in sorted(set(request.form))])


def in_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().endswith("json")


def body_hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _same_body(address: str, body: bytes) -> bool:
    given = dict(pairs(address.partition("?")[2].encode())).get(BODY_HASH, "").lower()
    return hmac.compare_digest(given.encode(), body_hash(body).encode())


def _announced(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = (each.partition("=") for each in headers.get(SETTINGS, "").split(","))
    return {name.strip(): value.strip() for name, _, value in pairs}
