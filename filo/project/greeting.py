"""What `filo up` says when the house is open."""

from __future__ import annotations

import socket

from filo.core import home
from filo.project.built import built

# A line of `prepare` that begins so is said at the end, beside the address.
LATER = "later: "
QUESTION = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def is_ready() -> bool:
    """Does our own server answer that all is well? A status line is all there is to read."""
    try:
        with socket.create_connection(("127.0.0.1", home.port()), timeout=1) as line:
            line.sendall(QUESTION)
            return line.recv(12) == b"HTTP/1.1 200"
    except OSError:
        return False


def lines(*, sample: bool, took: float) -> list[str]:
    said = [f"ready in {took:.1f} s: {home.origin()}"]
    if sample and built("filo.emulators.server"):
        said.append(f"the town, where you play the customers: http://localhost:{home.port() + 1}")
    return said
