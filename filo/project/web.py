"""The HTTP server's process."""

from __future__ import annotations

import os

import uvicorn

from filo.core import home

# After `bye` on the live streams; a request that is under way has this long to end.
GRACE = 3


def main() -> None:
    uvicorn.run(
        "filo.project.asgi:application",
        host=os.environ.get("FILO_BIND") or "127.0.0.1",
        port=home.port(),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=home.production(),
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=30,
        backlog=2048,
    )
