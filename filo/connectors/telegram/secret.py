"""The secret that Telegram shows us with every update."""

from __future__ import annotations

import hashlib
import hmac
import re

from filo.channels.contract import Forged, Request

HEADER = "x-telegram-bot-api-secret-token"
_TAKEN = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")


def shown(secret: str) -> str:
    """As Telegram takes it: letters, digits, `_` and `-`; a secret with others is digested."""
    if not secret or _TAKEN.match(secret):
        return secret
    return hashlib.sha256(secret.encode()).hexdigest()


def check(request: Request, secret: str) -> None:
    given = request.headers.get(HEADER, "")
    if not secret:
        raise Forged("no secret is set for this channel")
    if not hmac.compare_digest(given.encode(), shown(secret).encode()):
        raise Forged("the secret token is not ours")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Forged("an update is JSON")
