"""Amazon's signature of a request, version 4: proves who asks without sending the key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


def headers(
    method: str,
    url: str,
    body: bytes,
    *,
    key: tuple[str, str],
    place: tuple[str, str],
    at: datetime,
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers to send. `key` is id and secret, `place` region and product (`ses`)."""
    stamp, day = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
    split = urlsplit(url)
    signed = {"host": split.netloc, "x-amz-date": stamp, **(more or {})}
    names = ";".join(sorted(signed))
    canonical = "\n".join(
        [
            method,
            split.path or "/",
            split.query,
            *(f"{name}:{signed[name]}" for name in sorted(signed)),
            "",
            names,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = "/".join((day, *place, "aws4_request"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    secret = f"AWS4{key[1]}".encode()
    for step in (day, *place, "aws4_request"):
        secret = hmac.digest(secret, step.encode(), "sha256")
    proof = hmac.digest(secret, f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}".encode(), "sha256").hex()
    shown = f"{ALGORITHM} Credential={key[0]}/{scope}, SignedHeaders={names}, Signature={proof}"
    return {**{n: v for n, v in signed.items() if n != "host"}, "authorization": shown}
