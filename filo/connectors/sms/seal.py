"""Twilio's side of the signature: how a sample is signed in tests."""

from __future__ import annotations

import msgspec

from filo.channels.contract import Config, Request
from filo.connectors.sms import signing

HERE = "https://care.example.it/hooks/chn_000000000001"


def seal(request: Request, config: Config) -> Request:
    request = msgspec.structs.replace(request, url=_address(request))
    algorithm = config["signature"] or signing.SHA1
    key = config["auth_token" if algorithm == signing.SHA1 else "shared_key"]
    headers = {signing.GIVEN: signing.signature(request.url, request, key, algorithm)}
    if algorithm == signing.SHA256:
        headers[signing.SETTINGS] = f"key={config['shared_key_id']},algorithm={algorithm}"
    return msgspec.structs.replace(request, headers=request.headers | headers)


def _address(request: Request) -> str:
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    if signing.in_json(request):
        query = f"{signing.BODY_HASH}={signing.body_hash(request.body)}"
    return (request.url or HERE) + (f"?{query}" if query else "")
