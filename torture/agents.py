"""Agents that answer a share of what customers wrote, through the operation that the desk uses."""

from __future__ import annotations

import random
import threading
import time
from collections import deque

import psycopg

from filo.channels.contract import Text
from filo.conversations.operations import reply
from filo.conversations.types import CannotSend
from filo.core.db import Connection, connect
from filo.staff.types import Scope

FIND = """
SELECT provider_id, case_id FROM conversations_message
WHERE provider_id = ANY(%s) AND direction = 'in'
"""
AT_ONCE = 50
WAIT = 0.1


class Agents(threading.Thread):
    """`answered` are the client ids of answers that were written, for certain."""

    def __init__(self, scope: Scope, *, share: float, seed: int) -> None:
        super().__init__(name="agents", daemon=True)
        self.scope = scope
        self.share = share
        self.seed = seed
        self.wanted: deque[str] = deque()
        self.answered: set[str] = set()
        self.broken: BaseException | None = None
        self._over = threading.Event()

    def hear(self, id: str) -> None:
        """A message was thanked; whether it is answered follows from its id."""
        if random.Random(f"{self.seed}:{id}").random() < self.share:  # noqa: S311
            self.wanted.append(id)

    def leave(self) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.is_set():
            try:
                with connect(name="torture agents") as connection:
                    self._work(connection)
            except psycopg.OperationalError:
                time.sleep(
                    0.3
                )  # the database was killed: who answered does not know, and asks again

    def _work(self, connection: Connection) -> None:
        while not self._over.is_set():
            waiting = [self.wanted[n] for n in range(min(AT_ONCE, len(self.wanted)))]
            cases: dict[str, int] = {}
            if waiting:
                cases = dict(connection.execute(FIND, [waiting]).fetchall())
            for id_ in waiting:
                if id_ in cases:
                    self._answer(connection, id_, cases[id_])
                self.wanted.popleft()
                if id_ not in cases:
                    self.wanted.append(id_)
            if len(cases) < len(waiting) or not waiting:
                self._over.wait(WAIT)

    def _answer(self, connection: Connection, id: str, case: int) -> None:
        """A crash may leave us in doubt: the same client id again is the same answer."""
        client = f"r:{id}"
        try:
            with connection.transaction():
                words = (Text(f"risposta a {id}"),)
                reply(connection.cursor(), self.scope, case, words, client_id=client)
        except CannotSend:
            return  # no more fits into the window: nothing was written, nothing is owed
        self.answered.add(client)
