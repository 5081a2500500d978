"""Connections that die at a chosen statement: the server ends the session before it runs."""

from __future__ import annotations

from typing import Any

import psycopg

from filo.core.db import AsyncConnection, Connection, connect


class Fate:
    """Lets so many statements through, then ends the session that asks."""

    def __init__(self, killer: Connection, after: int) -> None:
        self.killer, self.left = killer, after
        self.struck = False

    def ask(self, pid: int) -> None:
        if self.left == 0 and not self.struck:
            self.struck = True
            self.killer.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        self.left -= 1


def mortal(killer: Connection, after: int) -> tuple[Connection, Fate]:
    """A connection whose every statement asks its fate first."""
    fate = Fate(killer, after)

    class Asking(psycopg.Cursor[Any]):
        def execute(self, *args: Any, **kwargs: Any) -> Any:
            fate.ask(self.connection.info.backend_pid)
            return super().execute(*args, **kwargs)

    connection = connect(name="mortal")
    connection.cursor_factory = Asking
    return connection, fate


def mortal_kind(fate: Fate) -> type[AsyncConnection]:
    """The same for a pool of the sender's ledger."""

    class Mortal(psycopg.AsyncConnection[Any]):
        async def execute(self, *args: Any, **kwargs: Any) -> Any:
            fate.ask(self.info.backend_pid)
            return await super().execute(*args, **kwargs)

    return Mortal
