"""Viber's side of the signature: hex of the HMAC of the body, under the bot's own token."""

from __future__ import annotations

import msgspec

from filo.channels.contract import Config, Request
from filo.channels.kit import signature

HEADER = "x-viber-content-signature"


def seal(request: Request, config: Config) -> Request:
    mark = signature(key=config["auth_token"], body=request.body).removeprefix("sha256=")
    return msgspec.structs.replace(request, headers=request.headers | {HEADER: mark})
