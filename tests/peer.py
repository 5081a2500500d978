"""A company's own server behind an http channel: takes deliveries, answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Peer:
    """`answers` are given first, one a call: a status, "cut" (no answer) or "hang"."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self.calls: list[dict[str, Any]] = []
        self.known: set[str] = set()  # receivers of class K drop repeats by their id
        self.keyed = True  # otherwise a repeat is a second message
        self.answers: list[int | str] = []
        self.release = threading.Event()

    @property
    def texts(self) -> list[str]:
        return [call["part"].get("text", "") for call in self.calls]


@contextmanager
def listening() -> Iterator[Peer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
    server.daemon_threads = True
    peer = Peer(server.server_address[1])
    server.peer = peer  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield peer
    finally:
        peer.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Takes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        peer: Peer = self.server.peer  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = peer.answers.pop(0) if peer.answers else 200
        if answer == "hang":
            peer.release.wait(20)
        new = self.headers["webhook-id"] not in peer.known or not peer.keyed
        if answer in {200, "cut", "hang"} and new:
            peer.known.add(self.headers["webhook-id"])
            peer.calls.append(msgspec.json.decode(body))
        if answer in {"cut", "hang"}:
            self.close_connection = True
            return
        self._reply(int(answer), {"id": f"their-{self.headers['webhook-id']}"})

    def do_GET(self) -> None:
        peer: Peer = self.server.peer  # type: ignore[attr-defined]
        ref = self.path.partition("ref=")[2]
        self._reply(*((200, {"id": f"their-{ref}"}) if ref in peer.known else (404, {})))

    def _reply(self, status: int, body: dict[str, str]) -> None:
        payload = msgspec.json.encode(body)
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(payload)))
        if status in {429, 503}:
            self.send_header("retry-after", "1")
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: Any) -> None:
        """Quiet."""
