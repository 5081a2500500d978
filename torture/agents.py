"""Agents that answer a share of what customers wrote, through the operation that the desk uses."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, deque

import msgspec
import psycopg

from filo.channels.contract import Text
from filo.conversations.operations import reply, reply_in_public
from filo.conversations.types import CannotSend
from filo.core.db import Connection, Cursor, connect
from filo.staff.types import Scope

FIND = """
SELECT provider_id, case_id, id, visibility = 'public' FROM conversations_message
WHERE provider_id = ANY(%s) AND direction = 'in'
"""
AT_ONCE = 50
WAIT = 0.1


class Asked(msgspec.Struct, frozen=True):
    """A message that wants an answer; `id` is the provider's."""

    id: str
    case: int
    message: int
    public: bool


class Agents(threading.Thread):
    """`answered` are the client ids of answers that were written, for certain."""

    def __init__(self, scope: Scope, *, share: float, seed: int) -> None:
        super().__init__(name="agents", daemon=True)
        self.scope = scope
        self.share = share
        self.seed = seed
        self.wanted: deque[str] = deque()
        self.answered: set[str] = set()
        self.unsaid: Counter[str] = Counter()  # why nothing was written
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
            asked: dict[str, Asked] = {}
            if waiting:
                rows = connection.execute(FIND, [waiting]).fetchall()
                asked = {id_: Asked(id_, *row) for id_, *row in rows}
            for id_ in waiting:
                if id_ in asked:
                    self._answer(connection, asked[id_])
                self.wanted.popleft()
                if id_ not in asked:
                    self.wanted.append(id_)
            if len(asked) < len(waiting) or not waiting:
                self._over.wait(WAIT)

    def _answer(self, connection: Connection, asked: Asked) -> None:
        """A crash may leave us in doubt: the same client id again is the same answer."""
        client = f"r:{asked.id}"
        try:
            with connection.transaction():
                self._say(connection.cursor(), asked, client)
        except CannotSend as no:
            self.unsaid[no.code] += 1  # a full window, say: nothing was written, nothing is owed
            return
        self.answered.add(client)

    def _say(self, cur: Cursor, asked: Asked, client: str) -> None:
        """What was said in public is answered there, below it."""
        words = (Text(f"risposta a {asked.id}"),)
        if asked.public:
            about = asked.message
            reply_in_public(cur, self.scope, asked.case, words, client_id=client, about=about)
        else:
            reply(cur, self.scope, asked.case, words, client_id=client)
