"""Fault 9: whatever the order and number in which a provider tells things, one state comes out."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from filo.channels.contract import Receipt, Text
from filo.conversations import operations, queries
from filo.conversations.ledger import Ledger
from filo.conversations.sending import Due, taken
from filo.conversations.types import CaseFilter, MessageView
from filo.conversations.words import preview
from filo.core import clock, home
from filo.core.ids import public
from filo.routing.operations import place
from tests.faults.traces import OURS, RECEIPT, A, B, Told, Trace, as_event, in_order, traces
from tests.world import World

TOGETHER = 25  # traces of one example
ME = 7
_names = count(1)


class Life:
    """One trace as it comes to two people of its own."""

    def __init__(self, calls: Sequence[Sequence[Told]]) -> None:
        self.number = next(_names)
        self.prefix = f"t{self.number}-"
        self.phone = f"+39320{self.number:07d}"
        self.calls = calls
        self.due: Due | None = None

    def events(self, told: Sequence[Told]) -> list[dict[str, Any]]:
        return [as_event(one, self.prefix, self.phone) for one in told if one.type != RECEIPT]


class Town:
    """Many lives at once, by the real pipeline and the sender's real ledger."""

    def __init__(self, world: World, runner: asyncio.Runner, ledger: Ledger) -> None:
        self.world, self.runner, self.ledger = world, runner, ledger

    def begin(self, lives: Sequence[Life]) -> None:
        """Both are known, A by the number too; we have said something to A."""
        for life in lives:
            hello = Told("said", "hello", A, text="Ciao", phone=True)
            self.world.events(*life.events([hello, Told("said", "hi", B, text="Ciao")]))
        self.world.read_all()
        for life in lives:
            case = self.world.rows(
                "SELECT case_id FROM conversations_message WHERE provider_id = %s",
                f"{life.prefix}hello",
            )[0][0]
            self.world.act(operations.reply, self.world.dora, case, [Text("Eccoci")], client_id="c")
        due = {one.value: one for one in self.runner.run(self.ledger.take_turns(ME, 10_000))}
        for life in lives:
            life.due = due[f"{life.prefix}{A}"]

    def live(self, lives: Sequence[Life]) -> None:
        for turn in range(max(len(life.calls) for life in lives)):
            for life in lives:
                if turn < len(life.calls):
                    self.call(life, life.calls[turn])
            self.world.read_all()
        self.ripen()

    def call(self, life: Life, told: Sequence[Told]) -> None:
        assert life.due is not None
        if any(one.type == RECEIPT for one in told):
            receipt = taken(Receipt(id=f"{life.prefix}{OURS}"))
            self.runner.run(self.ledger.write_down(life.due, receipt, ME))
        if events := life.events(told):
            self.world.events(*events)

    def ripen(self, *, later: timedelta = timedelta()) -> None:
        while stirred := self.world.act(operations.ripen, at=clock.now() + later):
            self.world.act(place, stirred)


@contextmanager
def town(world: World) -> Iterator[Town]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        ledger = runner.run(stack.enter_async_context(Ledger.open(home.database_url())))
        try:
            yield Town(world, runner, ledger)
        finally:
            runner.run(stack.aclose())


def shown(world: World, life: Life) -> dict[str, Any]:
    """All that a desk can see of these two, with names in place of numbers."""
    names = _names_of(world, life)
    return {
        who: _person(world, names, life.prefix, customer)
        for who, customer in _people(world, life).items()
    } | {"links": _links(world, life)}


def _the_same(one: object, other: object, trace: Trace, where: str = "") -> None:
    """The first place in which they differ is the message."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            _the_same(one.get(key), other.get(key), trace, f"{where}.{key}")
        return
    assert one == other, f"{where} of {trace.calls()}"


def _people(world: World, life: Life) -> dict[str, int]:
    rows = world.rows(
        "SELECT value, customer_id FROM customers_identity WHERE value LIKE %s", f"{life.prefix}%"
    )
    return {str(value).removeprefix(life.prefix): int(str(who)) for value, who in rows}


def _names_of(world: World, life: Life) -> dict[str, str]:
    rows = world.rows(
        "SELECT id, provider_id FROM conversations_message WHERE customer_id = ANY(%s)",
        list(_people(world, life).values()),
    )
    return {
        public("msg", int(str(id_))): str(name).removeprefix(life.prefix) or OURS
        for id_, name in rows
    }


def _person(world: World, names: dict[str, str], prefix: str, customer: int) -> dict[str, Any]:
    page = world.ask(queries.thread, world.dora, customer, limit=100)
    asked = CaseFilter(status=("open", "waiting", "snoozed", "solved"), customer=customer)
    (case,) = world.ask(queries.cases, world.dora, asked).items
    last = page.items[-1]
    assert case.last_message == last.id
    assert case.last_text == preview(last.parts)
    assert _seqs(page.items) == {
        identity: list(range(1, n + 1)) for identity, n in _many(page.items).items()
    }
    return {
        "thread": {names[one.id]: _message(one, names) for one in page.items},
        "case": (case.status, case.unread, case.owner, case.customer_name, case.last_direction),
    }


def _message(one: MessageView, names: dict[str, str]) -> dict[str, Any]:
    return {
        "said": (
            one.direction,
            one.parts,
            one.subject,
            one.said_at if one.direction == "in" else None,
        ),
        "answers": names[one.answers] if one.answers else None,
        "became": (one.edited_at, one.withdrawn_at),
        "deliveries": [(d.part, d.state, d.reason, d.detail) for d in one.deliveries],
        "reactions": one.reactions,
    }


def _many(items: Sequence[MessageView]) -> dict[str | None, int]:
    return {identity: len(seqs) for identity, seqs in _seqs(items).items()}


def _seqs(items: Sequence[MessageView]) -> dict[str | None, list[int | None]]:
    found: dict[str | None, list[int | None]] = defaultdict(list)
    for one in items:
        found[one.identity].append(one.seq)
    return found


def _links(world: World, life: Life) -> set[tuple[object, ...]]:
    rows = world.rows(
        "SELECT a.value, b.value, l.source FROM customers_link AS l"
        " JOIN customers_identity AS a ON a.id = l.one_id"
        " JOIN customers_identity AS b ON b.id = l.other_id"
        " WHERE a.value LIKE %s OR b.value LIKE %s",
        f"{life.prefix}%",
        f"{life.prefix}%",
    )
    plain = {life.phone: "phone"}
    return {
        tuple(sorted(plain.get(str(v), str(v).removeprefix(life.prefix)) for v in row))
        for row in rows
    }


@pytest.mark.slow
def test_fault_9_any_order_and_repetition_of_a_trace_gives_one_state(
    world: World, long: bool
) -> None:
    with town(world) as place_of:

        @settings(
            max_examples=(10_000 if long else 200) // TOGETHER,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # a trace is short: shrinking 25 of them takes minutes
        )
        @given(st.lists(traces(), min_size=TOGETHER, max_size=TOGETHER))
        def every_order(many: list[Trace]) -> None:
            straight = [Life([in_order(trace)]) for trace in many]
            mixed = [Life(trace.calls()) for trace in many]
            place_of.begin([*straight, *mixed])
            place_of.live([*straight, *mixed])
            for trace, one, other in zip(many, straight, mixed, strict=True):
                _the_same(shown(world, one), shown(world, other), trace)

        every_order()
