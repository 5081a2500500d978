"""Meta's templates: listed, sent, refused with Meta's own codes, announced; over loopback HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from filo.channels import registry
from filo.channels.contract import (
    Announced,
    Approved,
    Failed,
    Handle,
    ListsTemplates,
    Said,
    Template,
    Text,
)
from filo.emulators.tests.town import NUMBER, PHONE, Town, whatsapp_town

MESSAGES = f"/play/whatsapp/{NUMBER}/{PHONE}/messages"
CHANGE = {"body.1": "Ada", "body.2": "BZ 204", "body.3": "9:40"}


def in_town(test: Any, **options: Any) -> None:
    async def run() -> None:
        async with whatsapp_town(**options) as town:
            await test(town)

    asyncio.run(run())


async def listed(town: Town) -> dict[tuple[str, str], Approved]:
    whatsapp = registry.connector("whatsapp")
    assert isinstance(whatsapp, ListsTemplates)
    config = town.hook.config
    found = await town.carrier.ask(
        whatsapp.templates(config), config=config, channel="chn_1", connector=whatsapp
    )
    return {(one.name, one.language): one for one in found}


def test_the_list_tells_state_category_and_variables() -> None:
    async def test(town: Town) -> None:
        found = await listed(town)

        change = found["flight_change", "it"]
        assert (change.state, change.category) == ("approved", "utility")
        assert change.variables == ("body.1", "body.2", "body.3")
        assert (change.header, change.footer) == ("Il tuo volo è cambiato", "Brezza")
        assert found["winter_offer", "it"].variables == ("body.name",)
        assert found["answer_ready", "it"].buttons == ("Leggi la risposta",)
        assert found["delayed_bag", "it"].state == "paused"

    in_town(test)


def test_a_template_passes_where_free_words_are_refused() -> None:
    async def test(town: Town) -> None:
        with pytest.raises(Failed, match="131047"):
            await town.say(Text("Ciao"))
        await town.say(Template("flight_change", "it", "", CHANGE))
        await town.say(Template("winter_offer", "it", "", {"body.name": "Ada"}))

        [change, offer] = (await town.screen())["messages"]
        assert "Ciao Ada, il volo BZ 204 ora parte alle 9:40." in change["content"]["words"]
        assert offer["content"]["words"].startswith("Ciao Ada, quest'inverno")

    in_town(test, window=True)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Template("flight_change", "it", "", {"body.1": "Ada"}), "132000"),
        (Template("flight_change", "de", "", CHANGE), "132001"),
        (Template("winter_offer", "it", "", {"body.nome": "Ada"}), "132012"),
        (Template("delayed_bag", "it", "", {"body.1": "Ada"}), "132015"),
    ],
)
def test_a_wrong_template_is_refused_with_the_code_of_meta(said: Template, code: str) -> None:
    async def test(town: Town) -> None:
        with pytest.raises(Failed, match=code):
            await town.say(said)

    in_town(test)


def test_a_tap_on_a_template_and_a_pause_come_back() -> None:
    async def test(town: Town) -> None:
        await town.say(Template("answer_ready", "it", ""))
        [sent] = (await town.screen())["messages"]
        press = {"message": sent["id"], "option": sent["options"][0]["id"]}
        await town.play(MESSAGES, press=press)
        paused = {"name": "answer_ready", "language": "it", "status": "PAUSED"}
        await town.play(f"/control/whatsapp/{NUMBER}/templates", **paused)

        said = [fact for fact in town.hook.facts if isinstance(fact, Said)]
        assert said[0].by.value == Handle("phone", f"+{PHONE}").value
        assert said[0].parts == (Text("Leggi la risposta"),)
        [news] = [fact for fact in town.hook.facts if isinstance(fact, Announced)]
        assert (news.what, news.name, news.language) == ("template", "answer_ready", "it")
        assert news.state == "paused"

    in_town(test)
