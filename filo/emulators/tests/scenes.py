"""What the tests of several played kinds do alike: who writes first, and what is said to them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from filo.channels.contract import (
    Airport,
    BoardingPass,
    Carousel,
    Choice,
    Option,
    RichCard,
    Said,
)
from filo.emulators.tests.town import Town, account_town

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
QUESTION = Choice("Quale posto?", (Option("a", "Corridoio"), Option("w", "Finestrino")))
CARDS = Carousel(
    (RichCard("Roma", "Domani", options=(Option("r", "Prenota Roma"),)), RichCard("Oslo", "Lunedì"))
)
PASS = BoardingPass(
    "Ada Conti", "BZ 123", Airport("MXP", "Milano"), Airport("FCO", "Roma"), NOON, "K7QX2P"
)
Test = Callable[[Town], Awaitable[None]]


def towns_of(kind: str, config: Mapping[str, str]) -> Callable[..., None]:
    """`in_town(test, config, **options)`: the test in a town of its own, with one account."""

    def in_town(test: Test, more: Mapping[str, str] | None = None, **options: Any) -> None:
        async def run() -> None:
            whole = {**config, **(more or {})}
            async with account_town(kind, "brezza", whole, options=options) as town:
                await test(town)

        asyncio.run(run())

    return in_town


async def wrote(town: Town, text: str = "Dov'è la mia valigia?") -> Said:
    """Ada writes, and the hook takes it."""
    told = await town.act("ada", text=text, name="Ada Conti")
    assert told["hook"] == 200
    fact = town.hook.facts[-1]
    assert isinstance(fact, Said)
    return fact
