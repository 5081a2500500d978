"""The house as it runs: its own processes, on a database of this test alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import psycopg

from filo.core.db import Cursor

POSTS = ("filo.project.web", "filo.intake.pipeline", "filo.conversations.sender")


class Running:
    """Web, pipeline and sender, as the supervisor starts them."""

    def __init__(self, url: str, port: int) -> None:
        self.url = url
        self.port = port
        self.origin = f"http://localhost:{port}"
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """What is done here is committed at the end, as by another process."""
        with psycopg.connect(self.url) as connection, connection.cursor() as cur:
            yield cur

    def start(self, module: str) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "PORT": str(self.port),
            "FILO_ALLOW_PRIVATE_ADDRESSES": "1",
        }
        self.children[module] = subprocess.Popen(  # noqa: S603 -- our own modules
            [sys.executable, "-m", "filo.project.launch", module],
            env=environment,
            stdin=subprocess.DEVNULL,
        )

    def stop(self, module: str, order: signal.Signals = signal.SIGTERM) -> float:
        """End one process; the seconds it took."""
        child, began = self.children.pop(module), time.monotonic()
        child.send_signal(order)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(5)
        return time.monotonic() - began

    def wait(self, within: float = 30.0) -> None:
        """Until the web answers."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.origin}/health/ready", timeout=2).status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("the web did not answer")


@contextmanager
def running(url: str, port: int) -> Iterator[Running]:
    house = Running(url, port)
    try:
        for module in POSTS:
            house.start(module)
        house.wait()
        yield house
    finally:
        for module in list(house.children):
            house.stop(module)
