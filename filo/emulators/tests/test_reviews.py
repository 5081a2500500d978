"""A place with reviews: asked, answered, edited and answered again, over real HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from filo.channels.contract import Doubtful, Edited, Fact, Handle, Later, Receipt, Said, Text
from filo.channels.registry import connector
from filo.emulators.players import players
from filo.emulators.tests.town import Town, account_town
from filo.emulators.web import Call

SETTINGS = {
    "location": "accounts/1/locations/2",
    "client_id": "client",
    "client_secret": "secret",
    "refresh_token": "refresh",
    "push_secret": "push",
}


async def fed(town: Town, cursor: str) -> tuple[list[Fact], str]:
    reviews: Any = connector("reviews")
    found = await town.carrier.ask(
        reviews.feed(town.hook.config, cursor, at=datetime.now(UTC)),
        config=town.hook.config,
        channel="chn_1",
        connector=reviews,
    )
    return [fact for one in found.requests for fact in reviews.parse(one)], found.cursor


def test_a_review_is_read_answered_edited_and_answered_again() -> None:
    async def run() -> None:
        async with account_town("reviews", "brezza", SETTINGS, options={"page": 1}) as town:
            await town.act("39333", act="review", values={"text": "Attesa infinita", "rating": 2})
            await town.act("39334", act="review", values={"text": "Bello", "rating": 5})
            facts, cursor = await fed(town, "")
            first, second = [fact for fact in facts if isinstance(fact, Said)]
            assert (first.rating, first.public, first.parts) == (
                2,
                True,
                (Text("Attesa infinita"),),
            )
            assert second.rating == 5

            receipt = await town.say(Text("Ci dispiace"), to=first.by, public=True)
            await town.act("39333", act="edit", about=first.id, values={"text": "Ok", "rating": 4})
            facts, cursor = await fed(town, cursor)
            edit, echo = facts
            assert isinstance(edit, Edited)
            assert isinstance(echo, Said)
            assert (edit.message, edit.parts) == (first.id, (Text("★★★★☆\nOk"),))
            assert (echo.id, echo.ours) == (receipt.id, True)  # so it is known as our own

            await town.say(Text("Grazie, Anna"), to=first.by, public=True)
            shown = [one for one in await town.shown("-") if one["out"]]
            assert [(one["content"]["text"], one["edited"]) for one in shown] == [
                ("Grazie, Anna", True)
            ]
            assert (await fed(town, cursor))[0] == []

    asyncio.run(run())


def test_a_lost_answer_is_said_again_and_changes_nothing() -> None:
    async def run() -> Receipt:
        async with account_town("reviews", "brezza", SETTINGS) as town:
            await town.act("39333", act="review", values={"text": "Male", "rating": 1})
            [said], _ = await fed(town, "")
            assert isinstance(said, Said)
            await town.web.post("/control/reviews/brezza/next", json={"next": ["lose"]})
            with pytest.raises((Doubtful, Later)):
                await town.say(Text("Eccoci"), to=said.by)
            receipt = await town.say(Text("Eccoci"), to=said.by)
            assert len([one for one in await town.shown("-") if one["out"]]) == 1
            return receipt

    assert asyncio.run(run()).id.startswith("AbF")


def test_nobody_else_may_read_a_place() -> None:
    async def run() -> None:
        async with account_town("reviews", "brezza", SETTINGS) as town:
            path = "/v4/accounts/1/locations/2/reviews"
            assert (await town.web.get(path)).status_code == 401
            who = Handle("review:google", "gone")
            with pytest.raises(Exception, match="gone"):
                await town.say(Text("x"), to=who)

    asyncio.run(run())


def test_a_refreshed_token_is_asked_of_the_reviews_wherever_else_google_gives_tokens() -> None:
    """Firebase has the same address for its own: its player must let others through."""
    body = b"grant_type=refresh_token&client_id=a&client_secret=b&refresh_token=c"
    call = Call("POST", "/token", body, {}, {})
    found = [kind for kind, player in players().items() if player.router.find(call)]

    assert found == ["reviews"]
