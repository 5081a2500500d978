"""A small company with two teams, the people who work there, and the customers who write."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from filo.channels import operations as channels
from filo.channels.contract import Handle, Said, Text
from filo.conversations.operations import receive
from filo.conversations.types import Heard
from filo.core import clock
from filo.core.db import Cursor, connect, raw_cursor
from filo.core.events import ring
from filo.core.ids import number, public
from filo.customers.operations import recognise
from filo.live.cursor import holds_back
from filo.routing.operations import place
from filo.staff import operations as staff
from filo.staff import queries
from filo.staff.types import Scope


@pytest.fixture
def ada(committed_db: str) -> Scope:
    """An administrator."""
    cur = raw_cursor()
    return queries.scope(cur, staff.create_staff(cur, email="ada@brezza.example", role="admin"))


class Caller:
    """Somebody's program: it has their token."""

    def __init__(self, cur: Cursor, email: str, role: str, teams: list[int]) -> None:
        self.staff = staff.create_staff(cur, email=email, name=email, role=role, teams=teams)
        self.token = staff.create_token(cur, email)

    def get(self, path: str, **query: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return Client().get(f"/api/v1{path}", query or None, headers=headers)

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        return Client().post(
            f"/api/v1{path}",
            body if isinstance(body, bytes) else body or {},
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )


class House:
    """Two teams, `own` and `others`, each with an http channel; callers of every role in `own`."""

    def __init__(self, cur: Cursor) -> None:
        self.teams = {name: staff.create_team(cur, name) for name in ("own", "others")}
        self.channels = {
            name: channels.connect(cur, "http", name, team, {"deliver_to": "http://127.0.0.1:9/"})
            for name, team in self.teams.items()
        }
        own = [self.teams["own"]]
        self.agent = Caller(cur, "enzo@brezza.example", "agent", own)
        self.supervisor = Caller(cur, "dora@brezza.example", "supervisor", own)
        self.admin = Caller(cur, "ada@brezza.example", "admin", [])
        self.said = 0

    def writes(
        self, who: str, text: str = "Ciao", *, to: str = "own", openly: bool = False
    ) -> tuple[str, str]:
        """A customer writes to a team's channel: gives their id and the case's."""
        self.said += 1
        at = clock.now()
        by = Handle(f"http:{public('chn', self.channels[to])}", who, who.title())
        fact = Said(f"m{self.said}", at, by, (Text(text),), public=openly)
        with connect() as connection, connection.transaction():
            cur = connection.cursor()
            known = recognise(cur, [by])[by.space, by.value]
            heard = Heard(
                fact=fact,
                channel=self.channels[to],
                team=self.teams[to],
                answer_within=timedelta(hours=1),
                journal=self.said,
                at=at,
                identity=known.identity,
                customer=known.customer,
            )
            stirred = receive(cur, [heard])
            place(cur, stirred)
            ring(cur)
        return public("cus", known.customer), public("cas", stirred[0].case)

    def appears(self, who: str) -> str:
        """Somebody is known who never wrote: no team has a case of theirs."""
        with connect() as connection, connection.transaction():
            handle = Handle("phone", who, "Nessuno")
            known = recognise(connection.cursor(), [handle])
        return public("cus", known["phone", who].customer)

    def all_told(self) -> None:
        """Wait until nothing holds the log back: another test's transaction does, for a moment."""
        deadline = time.monotonic() + 10
        while holds_back(raw_cursor()):
            assert time.monotonic() < deadline, "a transaction holds the log back"

    def last(self, case: str) -> str:
        """The case's newest message."""
        found = raw_cursor().execute(
            "SELECT max(id) FROM conversations_message WHERE case_id = %s", [number("cas", case)]
        )
        row = found.fetchone()
        assert row
        return public("msg", row[0])


@pytest.fixture
def house(committed_db: str) -> Iterator[House]:
    yield House(raw_cursor())
