"""How a mail server that pipes mail to `/hooks/{channel}` signs it: with the mailbox's password."""

from __future__ import annotations

import msgspec

from filo.channels.contract import Config, Request
from filo.channels.kit import signature

HEADER = "x-filo-signature"


def seal(request: Request, config: Config) -> Request:
    signed = signature(key=config.get("password", ""), body=request.body)
    return msgspec.structs.replace(request, headers={**request.headers, HEADER: signed})
