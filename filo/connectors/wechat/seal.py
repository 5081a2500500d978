"""WeChat's side: how a sample is encrypted and signed in tests. The sample holds the inner XML."""

from __future__ import annotations

import msgspec

from filo.channels.contract import Config, Request
from filo.connectors.wechat import crypto

NONCE = "437374425"
HEAD = b"1234567890123456"


def seal(request: Request, config: Config) -> Request:
    stamp = str(int(request.at.timestamp()))
    key = crypto.key_of(config["encoding_aes_key"]) or bytes(crypto.BLOCK)
    sealed = crypto.sealed(request.body, key=key, app=config["app_id"], head=HEAD)
    body = (
        f"<xml><ToUserName><![CDATA[gh_123]]></ToUserName>"
        f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    )
    query = {
        "signature": crypto.signature(config["token"], stamp, NONCE),
        "timestamp": stamp,
        "nonce": NONCE,
        "encrypt_type": "aes",
        "msg_signature": crypto.signature(config["token"], stamp, NONCE, sealed),
    }
    return msgspec.structs.replace(request, body=body.encode(), query=request.query | query)
