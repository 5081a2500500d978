"""Lives through the week of the story, then moves it into the past."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from filo.channels import registry
from filo.channels.contract import Request, Text
from filo.channels.types import ChannelConfig
from filo.conversations import operations, queries
from filo.conversations.types import CaseFilter
from filo.core import clock
from filo.core.db import Connection, Cursor
from filo.core.ids import number
from filo.core.sql import statements
from filo.customers.queries import find
from filo.intake.journal import keep
from filo.intake.lanes import lane_of
from filo.intake.pipeline import Pipeline
from filo.intake.types import Entry
from filo.project.sample import wire
from filo.project.sample.cast import guest
from filo.project.sample.company import Company
from filo.project.sample.story import Step, week
from filo.staff.queries import scope
from filo.staff.types import Scope

sql = statements("filo.project.sample")
BODIES: dict[str, wire.Body] = {
    "whatsapp": wire.whatsapp,
    "email": wire.email,
    "kiosk": wire.kiosk,
    "chat": wire.chat,
}
# What the story's answers came to, in the best state that each channel reports.
FATES = {"whatsapp": "read", "chat": "read", "kiosk": "delivered", "email": "sent"}
PATIENCE = 1000
ALL = ("open", "waiting", "snoozed", "solved")


class Past(msgspec.Struct):
    """When everything really happened, to be told to the rows at the end."""

    messages: dict[int, datetime] = {}
    solved: dict[int, datetime] = {}


def live_through(connection: Connection, company: Company) -> None:
    """Every step in its order, each in a transaction of its own, as life has it."""
    past, pipeline = Past(), Pipeline()
    for step in week(now=clock.now()):
        if step.channel in company.channels:
            with clock.standing_at(step.at):
                _live(connection, pipeline, step, company, past)
    with connection.transaction(), connection.cursor() as cur:
        _age(cur, past)


def _live(
    connection: Connection, pipeline: Pipeline, step: Step, company: Company, past: Past
) -> None:
    if step.sign == "<":
        _let_time_pass(connection, past, step)
        arrive(connection, pipeline, step, company.channels[step.channel])
    with connection.transaction(), connection.cursor() as cur:
        SIGNS[step.sign](cur, step, company, past)


# --- the steps ---------------------------------------------------------------


def _let_time_pass(connection: Connection, past: Past, step: Step) -> None:
    """Whether a solved case opens again hangs on the days between: they must have passed."""
    ago = [clock.now() - (step.at - at) for at in past.solved.values()]
    connection.execute(sql("age_solved"), {"ids": list(past.solved), "ats": ago})


def arrive(connection: Connection, pipeline: Pipeline, step: Step, channel: ChannelConfig) -> None:
    """The guest's words, as the provider's call brings them, journalled and read."""
    body = BODIES[step.channel](step, channel, clock.now())
    with connection.transaction(), connection.cursor() as cur:
        keep(cur, [_entry(channel, body)])
    for _ in range(PATIENCE):
        # The house may be running already: then its own pipeline reads it as well as ours.
        if not pipeline.once(connection) and not connection.execute(sql("unread")).fetchone():
            return
        time.sleep(0.01)


def _entry(channel: ChannelConfig, body: bytes) -> Entry:
    at = clock.now()
    speaker = registry.connector(channel.kind)
    request = Request(body, at, channel=channel.public, settings=channel.settings)
    lane = lane_of(channel.kind, channel.id, speaker.lane(request))
    return Entry(channel.id, lane, at, {"content-type": "application/json"}, {}, body)


def _heard(cur: Cursor, step: Step, company: Company, past: Past) -> None:
    reader = scope(cur, company.people["admin"])
    past.messages[_newest(cur, reader, _customer(cur, reader, step))] = step.at


def _answer(cur: Cursor, step: Step, company: Company, past: Past) -> None:
    actor, case = _at_work(cur, step, company)
    said = operations.reply(cur, actor, case, [Text(step.text)], client_id=_client_id(step))
    message = number("msg", said.message.id)
    cur.execute(sql("deliver"), {"message": message, "state": FATES[step.channel]})
    past.messages[message] = step.at


def _note(cur: Cursor, step: Step, company: Company, past: Past) -> None:
    actor, case = _at_work(cur, step, company)
    named = [id_ for nick, id_ in company.people.items() if f"@{nick}" in step.text]
    noted = operations.note(
        cur, actor, case, step.text, client_id=_client_id(step), mentions=tuple(named)
    )
    past.messages[number("msg", noted.message.id)] = step.at


def _act(cur: Cursor, step: Step, company: Company, past: Past) -> None:
    actor, case = _at_work(cur, step, company)
    match step.text.split():
        case ["move", team]:
            operations.move(cur, actor, case, company.teams[team])
        case ["solve"]:
            operations.solve(cur, actor, case)
            past.solved[case] = step.at
        case ["take"]:
            operations.take(cur, actor, case)
        case ["snooze"]:
            operations.snooze(cur, actor, case, clock.now() + timedelta(days=9))
        case _:
            raise ValueError(f"The story knows no '{step.text}'.")


SIGNS: dict[str, Callable[[Cursor, Step, Company, Past], None]] = {
    "<": _heard,
    ">": _answer,
    "#": _note,
    "=": _act,
}


# --- who and which -----------------------------------------------------------


def _at_work(cur: Cursor, step: Step, company: Company) -> tuple[Scope, int]:
    """The colleague of this step, and the case of this guest on this channel."""
    reader = scope(cur, company.people["admin"])
    customer = _customer(cur, reader, step)
    found = queries.cases(
        cur, reader, CaseFilter(status=ALL, customer=customer, sort="newest"), limit=20
    ).items
    kind = company.channels[step.channel].kind
    own = [view for view in found if view.kind == kind] or list(found)
    return scope(cur, company.people[step.who]), number("cas", own[0].id)


def _customer(cur: Cursor, reader: Scope, step: Step) -> int:
    person = guest(step.guest)
    value = wire.identity(step.channel, person)
    return number("cus", find(cur, reader, value)[0].id)


def _newest(cur: Cursor, reader: Scope, customer: int) -> int:
    return number("msg", queries.thread(cur, reader, customer, limit=1).items[-1].id)


def _client_id(step: Step) -> str:
    return f"sample-{step.at.isoformat()}"


# --- the past ----------------------------------------------------------------


def _age(cur: Cursor, past: Past) -> None:
    messages = {"ids": list(past.messages), "ats": list(past.messages.values())}
    cur.execute(sql("age_messages"), messages)
    cur.execute(sql("age_deliveries"), messages)
    cur.execute(sql("age_cases"))
    cur.execute(sql("age_solved"), {"ids": list(past.solved), "ats": list(past.solved.values())})
    cur.execute(sql("age_identities"))
    cur.execute(sql("age_customers"))
