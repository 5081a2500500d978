"""The people of Brezza in a test: `ada.writes("…")`, `dora.replies(case, "…")`, by real roads."""

from __future__ import annotations

from itertools import count

import msgspec

from filo.channels.contract import Text
from filo.conversations import operations, queries
from filo.conversations.types import CaseFilter, CaseView, MessageView
from filo.core import clock
from filo.core.db import Connection
from filo.core.ids import number
from filo.customers.queries import find
from filo.intake.pipeline import Pipeline
from filo.project.sample import cast, wire
from filo.project.sample.company import Company, open_company
from filo.project.sample.story import Step
from filo.project.sample.week import arrive
from filo.staff.queries import scope
from filo.staff.types import Scope

_turns = count(1)


class Cast:
    """Brezza on a database of one test, before anything happened."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.company: Company = open_company(connection)
        self.pipeline = Pipeline()

    def guest(self, nick: str) -> Guest:
        return Guest(self, cast.guest(nick))

    def colleague(self, nick: str) -> Colleague:
        return Colleague(self, nick)

    def scope(self, nick: str) -> Scope:
        return scope(self.connection.cursor(), self.company.people[nick])


class Guest(msgspec.Struct, frozen=True):
    """Somebody who writes to Brezza, on any of its channels."""

    town: Cast
    person: cast.Guest

    def writes(self, text: str, *, on: str = "whatsapp", subject: str = "") -> CaseView:
        """The words arrive and are read; gives the case that they joined."""
        town, nick = self.town, self.person.nick
        step = Step(clock.now(), "<", nick, on, subject, nick, text)
        arrive(town.connection, town.pipeline, step, town.company.channels[on])
        cur, admin = town.connection.cursor(), town.scope("admin")
        (known,) = find(cur, admin, wire.identity(on, self.person))
        every = ("open", "waiting", "snoozed", "solved")
        asked = CaseFilter(status=every, customer=number("cus", known.id), sort="newest")
        return queries.cases(cur, admin, asked, limit=1).items[0]


class Colleague(msgspec.Struct, frozen=True):
    """Somebody who works at Brezza."""

    town: Cast
    nick: str

    @property
    def scope(self) -> Scope:
        return self.town.scope(self.nick)

    def replies(self, case: CaseView, text: str) -> MessageView:
        with self.town.connection.transaction(), self.town.connection.cursor() as cur:
            turn, id_ = f"turn-{next(_turns)}", number("cas", case.id)
            said = operations.reply(cur, self.scope, id_, [Text(text)], client_id=turn)
            return said.message

    def sees(self, case: CaseView) -> list[str]:
        """The words of the thread, as this person may read it."""
        cur = self.town.connection.cursor()
        page = queries.thread(cur, self.scope, number("cus", case.customer))
        return [part.text for line in page.items for part in line.parts if isinstance(part, Text)]
