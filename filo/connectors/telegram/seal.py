"""Telegram's side of the proof: the secret it was given, in a header. Nothing covers the body."""

from __future__ import annotations

import msgspec

from filo.channels.contract import Config, Request
from filo.connectors.telegram.secret import HEADER, shown


def seal(request: Request, config: Config) -> Request:
    headers = request.headers | {HEADER: shown(config["secret_token"])}
    return msgspec.structs.replace(request, headers=headers)
