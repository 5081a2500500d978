"""Our X connector and the emulated X, over real loopback HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from filo.channels import registry
from filo.channels.contract import (
    Blob,
    Doubtful,
    Edited,
    Failed,
    Later,
    Media,
    Part,
    Reason,
    Reported,
    Said,
    Text,
)
from filo.emulators.tests.town import Town, account_town

NAME = "brezza"
CONFIG = {
    "user_id": "1000",
    "username": NAME,
    "consumer_secret": "consumer",
    "access_token": "at",
    "refresh_token": "rt",
    "bearer_token": "app",
}


def at_x(story: Callable[[Town], Awaitable[None]], **options: object) -> None:
    async def run() -> None:
        async with account_town("x", NAME, CONFIG, options=options) as town:
            await story(town)

    asyncio.run(run())


async def heard(town: Town, count: int) -> Said:
    came = (await town.hook.until(count))[-1]
    assert isinstance(came, Said)
    return came


async def answered(town: Town, to: Said, part: Part, **more: Any) -> str:
    return (await town.say(part, to.by, **more)).id


def test_a_mention_is_answered_in_public_and_then_in_private() -> None:
    async def story(town: Town) -> None:
        await town.act("ada", act="post", values={"text": "@brezza la valigia?"})
        mention = await heard(town, 1)
        assert mention.public and mention.post and mention.post.id == mention.id
        assert mention.reach == 120
        id_ = await answered(town, mention, Text("Le scriviamo"), public=True, post=mention.id)
        echo = await heard(town, 2)
        assert (echo.ours, echo.id) == (True, id_)
        await answered(town, mention, Text("Qui, in privato"), privately=mention.id)
        public, private = await town.shown("-"), await town.shown("ada")
        assert public[-1]["answers"] == mention.id and public[-1]["out"]
        assert private[-1]["content"]["text"] == "Qui, in privato"
        await town.act("ada", text="QX7")
        said = [one for one in await town.hook.until(4) if isinstance(one, Said)][-1]
        assert (said.by.value, said.public) == (mention.by.value, False)

    at_x(story)


def test_an_edit_a_picture_and_a_mark_of_reading_are_understood() -> None:
    async def story(town: Town) -> None:
        await town.act("ada", act="post", values={"text": "@brezza la valigia"})
        first = await heard(town, 1)
        await town.act("ada", act="edit", values={"text": "@brezza due valigie"}, about=first.id)
        edit = (await town.hook.until(2))[-1]
        assert isinstance(edit, Edited) and edit.message == first.id
        await town.act("ada", media={"mime": "image/png", "name": "p.png", "base64": "iVBORw=="})
        came = await heard(town, 3)
        [media] = [part for part in came.parts if isinstance(part, Media)]
        connector = registry.connector("x")
        found = await town.carrier.fetch(
            media, config=town.hook.config, channel="chn_1", connector=connector
        )
        assert found.body == b"\x89PNG"
        blob = Blob("image/png", b"\x89PNG", "p.png")
        picture = Media("image/png", attachment="att_1", name="p.png")
        await answered(town, came, picture, files={"att_1": blob})
        await town.web.post(f"{town.place}/ada/read", json={})
        await town.hook.until(5)
        assert [one for one in town.hook.facts if isinstance(one, Reported)]
        assert (await town.shown("ada"))[-1]["type"] == "image"

    at_x(story)


def test_what_the_tier_forbids_is_refused_and_a_lost_answer_leaves_doubt() -> None:
    async def story(town: Town) -> None:
        await town.act("ada", act="post", values={"text": "@brezza la valigia?"})
        mention = await heard(town, 1)
        town.world.accounts.of("x")[NAME].next = ["summoned", "429:7", "lose"]
        below: dict[str, Any] = {"public": True, "post": mention.id}
        with pytest.raises(Failed) as told:
            await answered(town, mention, Text("Uno"), **below)
        assert told.value.reason is Reason.REFUSED
        with pytest.raises(Later):
            await answered(town, mention, Text("Due"), **below)
        with pytest.raises(Doubtful):
            await answered(town, mention, Text("Tre"), **below)

    at_x(story)
