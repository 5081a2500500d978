"""The peer's side of the signature: how a sample is signed in tests."""

from __future__ import annotations

import msgspec

from filo.channels.contract import Config, Request
from filo.channels.kit import sign_webhook


def seal(request: Request, config: Config) -> Request:
    signed = sign_webhook(
        id="msg_sample", at=request.at, body=request.body, secret=config["secret"]
    )
    return msgspec.structs.replace(request, headers=request.headers | signed)
