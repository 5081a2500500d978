"""The widget's side: how it shows its pass and signs, for samples and tests.

A sample may say whose pass it is in the header `visitor`: the JSON of a `Pass`.
"""

from __future__ import annotations

import json

import msgspec

from filo.channels.contract import Config, Request
from filo.channels.kit import signature
from filo.core import passes


def seal(request: Request, config: Config) -> Request:
    key = config["visitor_secret"]
    given = json.loads(request.headers.get("visitor", "{}"))
    until = int(request.at.timestamp()) + 60
    held = {"channel": request.channel, "value": "v_ada", "until": until, **given}
    shown = msgspec.convert(held, passes.Pass)
    signed = signature(key=passes.signing_key(shown, key=key), body=request.body)
    headers = {
        "authorization": f"Bearer {passes.write(shown, key=key)}",
        "filo-signature": signed,
    }
    return msgspec.structs.replace(request, headers=request.headers | headers)
