"""LINE's side of the signature: base64 of the HMAC of the body, under the channel secret."""

from __future__ import annotations

import msgspec

from filo.channels.contract import Config, Request
from filo.connectors.line.connector import HEADER, signed


def seal(request: Request, config: Config) -> Request:
    mark = signed(config["channel_secret"], request.body)
    return msgspec.structs.replace(request, headers=request.headers | {HEADER: mark})
