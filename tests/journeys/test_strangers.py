"""An agent whose teams have no case of a customer: for them there is no such customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from filo.conversations import queries
from filo.conversations.types import CaseFilter
from filo.core.ids import public
from filo.customers.queries import find
from filo.live import queries as live
from filo.staff.operations import create_token
from filo.staff.types import Scope
from tests.fixtures import world
from tests.world import World

__all__ = ["world"]
WORD = "Malpensa"


class Eyes:
    """All the ways in which somebody may see, with what they saw."""

    def __init__(self, world: World, who: Scope, start: str) -> None:
        self.world = world
        self.who = who
        self.start = start
        token = world.act(create_token, who.email)
        self.api = Client(headers={"authorization": f"Bearer {token}"})
        self.desk = Client()
        self.desk.force_login(get_user_model().objects.get(pk=who.staff))

    def ask(self, question: Any, *args: Any, **more: Any) -> Any:
        return self.world.ask(question, self.who, *args, **more)

    def lists(self) -> Iterator[int]:
        yield len(self.ask(queries.cases, CaseFilter()).items)
        yield len(self.ask(queries.search, WORD).items)
        yield len(self.ask(find, "ada"))
        yield len(self.ask(live.told, self.start).items)
        yield len(self.ask(live.happened, self.start).items)
        for address in ("cases", f"search?q={WORD}", "customers?identity=ada", "events"):
            yield len(self.api.get(f"/api/v1/{address}").json()["items"])

    def counters(self) -> dict[str, Any]:
        counted: dict[str, Any] = msgspec.to_builtins(self.ask(queries.counts))
        return {name: count for name, count in counted.items() if count and name != "by_team"}

    def addresses(self) -> Iterator[int]:
        ids = self.world.rows("SELECT id, case_id, customer_id FROM conversations_message")[0]
        message, case, customer = (int(str(number)) for number in ids)
        yield self.api.get(f"/api/v1/messages/{public('msg', message)}").status_code
        yield self.api.get(f"/api/v1/cases/{public('cas', case)}").status_code
        yield self.api.get(f"/api/v1/customers/{public('cus', customer)}").status_code
        yield self.api.get(f"/api/v1/customers/{public('cus', customer)}/messages").status_code
        yield self.desk.get(f"/desk/cases/{public('cas', case)}/").status_code
        yield self.desk.get(f"/desk/customers/{public('cus', customer)}/").status_code


@pytest.fixture
def seen(world: World) -> Iterator[tuple[Eyes, Eyes]]:
    """Dora and a stranger, after Ada has written to Dora's team."""
    start = world.ask(live.head)
    dora, stranger = Eyes(world, world.dora, start), Eyes(world, world.stranger, start)
    world.writes("ada", f"Sono a {WORD}")
    yield dora, stranger


def test_regression_12_list_counter_search_address_and_live_are_silent_for_a_stranger(
    seen: tuple[Eyes, Eyes],
) -> None:
    dora, stranger = seen

    assert all(dora.lists())
    assert not any(stranger.lists())
    assert dora.counters()
    assert not stranger.counters()
    assert set(dora.addresses()) <= {200, 302}
    assert set(stranger.addresses()) == {404}
