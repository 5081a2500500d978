"""Meta's side of the signature: how a sample is signed in tests."""

from __future__ import annotations

import msgspec

from filo.channels.contract import Config, Request
from filo.channels.kit import signature


def seal(request: Request, config: Config) -> Request:
    mark = signature(key=config["app_secret"], body=request.body)
    headers = request.headers | {"x-hub-signature-256": mark}
    return msgspec.structs.replace(request, headers=headers)
