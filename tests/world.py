"""A small world for tests: one http channel, two teams, and people who write and answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg

from filo.channels.operations import connect as connect_channel
from filo.core import clock
from filo.core.db import Connection, Cursor
from filo.core.ids import public
from filo.intake import parking
from filo.intake.journal import keep
from filo.intake.lanes import lane_of
from filo.intake.pipeline import Pipeline
from filo.intake.types import Entry
from filo.staff.operations import create_staff, create_team
from filo.staff.queries import scope
from filo.staff.types import Scope

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class CountingCursor(psycopg.Cursor[Any]):
    """Counts what is executed; a session's prepared statements count as often as they run."""

    count = 0

    @classmethod
    def fresh(cls, connection: Connection) -> type[CountingCursor]:
        counting = type("Counting", (cls,), {"count": 0})
        connection.cursor_factory = counting
        return counting

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        type(self).count += 1
        return super().execute(*args, **kwargs)


class World:
    """An http channel, a pipeline, and customers who write to it."""

    def __init__(self, connection: Connection) -> None:
        self.count = 0
        self.connection = connection
        cur = connection.cursor()
        with connection.transaction():
            self.team = create_team(cur, "Prenotazioni")
            settings = {"secret": "s" * 32, "deliver_to": "http://127.0.0.1:9/"}
            self.channel = connect_channel(cur, "http", "Peer", self.team, settings)
            self.elsewhere = create_team(cur, "Bagagli")
            self.dora = self.hire(cur, "dora@brezza.example", "Dora", self.team)
            self.enzo = self.hire(cur, "enzo@brezza.example", "Enzo", self.team)
            self.stranger = self.hire(cur, "ivo@brezza.example", "Ivo", self.elsewhere)
        self.pipeline = Pipeline()

    def hire(self, cur: Cursor, email: str, name: str, *teams: int, role: str = "agent") -> Scope:
        person = create_staff(cur, email=email, name=name, role=role, teams=teams)
        return scope(cur, person)

    def writes(self, who: str, text: str) -> int:
        """A customer writes and is read; returns the number of the case."""
        self.count += 1
        self.events(self.said(f"m{self.count}", who, text))
        self.read_all()
        found = self.rows("SELECT case_id FROM conversations_message ORDER BY id DESC LIMIT 1")
        return int(str(found[0][0]))

    def act(self, deed: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """One operation in one transaction."""
        with self.connection.transaction():
            return deed(self.connection.cursor(), *args, **more)

    def ask(self, question: Callable[..., Any], *args: Any, **more: Any) -> Any:
        return question(self.connection.cursor(), *args, **more)

    def events(self, *events: dict[str, object], channel: int | None = None) -> None:
        """One call that carries these events, journalled."""
        body = msgspec.json.encode({"events": list(events)})
        who = str(events[0].get("from", {}).get("id", ""))  # type: ignore[attr-defined]
        entry = Entry(
            channel=channel or self.channel,
            lane=lane_of("http", self.channel, who),
            at=NOON,
            headers={},
            query={},
            body=body,
        )
        with self.connection.transaction():
            keep(self.connection.cursor(), [entry])

    def said(self, id: str, who: str, text: str) -> dict[str, object]:
        return {
            "type": "said",
            "id": id,
            "at": "2026-11-22T12:00:00Z",
            "from": {"id": who, "name": who.title()},
            "parts": [{"type": "text", "text": text}],
        }

    def read_all(self) -> int:
        taken = 0
        while many := self.pipeline.once(self.connection):
            taken += many
        return taken

    @property
    def space(self) -> str:
        return f"http:{public('chn', self.channel)}"

    def retry(self, *, times: int) -> None:
        """Let the waits pass, so many times."""
        at = clock.now()
        for _ in range(times):
            at += timedelta(minutes=5)
            parking.retry_parked(self.connection, self.pipeline.doors(), at=at)

    def statements(self, work: Callable[[], object]) -> int:
        """How many statements the work costs, by PostgreSQL's own protocol trace."""
        counting = CountingCursor.fresh(self.connection)
        work()
        self.connection.cursor_factory = psycopg.Cursor
        return counting.count

    def rows(self, query: str, *words: object) -> list[tuple[object, ...]]:
        return list(self.connection.execute(query, words or None).fetchall())
