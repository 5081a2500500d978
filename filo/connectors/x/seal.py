"""X's side of the signature: how a sample is signed in tests."""

from __future__ import annotations

import msgspec

from filo.channels.contract import Config, Request
from filo.connectors.x.connector import MARK, mark


def seal(request: Request, config: Config) -> Request:
    signed = {MARK: mark(config["consumer_secret"], request.body)}
    return msgspec.structs.replace(request, headers=request.headers | signed)
