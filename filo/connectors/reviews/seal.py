"""Who brings a page of reviews signs it: for samples and tests."""

from __future__ import annotations

import msgspec

from filo.channels.contract import Config, Request
from filo.channels.kit import signature


def seal(request: Request, config: Config) -> Request:
    mark = signature(key=config["push_secret"], body=request.body)
    headers = request.headers | {"x-filo-signature": mark}
    return msgspec.structs.replace(request, headers=headers)
