"""A wire to the database that can go dead: it stays open, takes everything, and carries nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict


class Wire:
    """`url` leads by TCP to the database of another URL (a Unix socket)."""

    def __init__(self, database: str) -> None:
        told = conninfo_to_dict(database)
        self.target = f"{told['host']}/.s.PGSQL.5432"
        self.alive = threading.Event()
        self.alive.set()
        self.door = socket.create_server(("127.0.0.1", 0))
        port = self.door.getsockname()[1]
        name = quote(str(told["dbname"]))
        self.url = f"postgresql://{told['user']}@127.0.0.1:{port}/{name}?sslmode=disable"
        self.open: list[socket.socket] = []

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.door.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.target)
                self.open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65536):
                self.alive.wait()
                other.sendall(piece)
            other.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.alive.set()
        for end in (self.door, *self.open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def wire_to(database: str) -> Iterator[Wire]:
    wire = Wire(database)
    thread = threading.Thread(target=wire.serve, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        wire.close()
        thread.join(5)
