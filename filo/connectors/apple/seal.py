"""Apple's side of the proof: a token for our provider, and a body that may be packed.

Nothing covers the body.
"""

from __future__ import annotations

import gzip

import msgspec

from filo.channels.contract import Config, Request
from filo.connectors.apple import passes


def seal(request: Request, config: Config) -> Request:
    token = passes.shown(config["msp_id"], config["msp_secret"], at=request.at, side="aud")
    packed = request.headers.get("content-encoding") == "gzip"
    return msgspec.structs.replace(
        request,
        headers=request.headers | {"authorization": f"Bearer {token}"},
        body=gzip.compress(request.body, mtime=0) if packed else request.body,
    )
