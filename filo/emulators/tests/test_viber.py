"""The played Viber against our connector and carrier, over real loopback HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from viberbot import Api, BotConfiguration

from filo.channels import registry
from filo.channels.contract import (
    Checks,
    Doubtful,
    Failed,
    Introduces,
    Later,
    OptedOut,
    Registers,
    Reported,
    Said,
    Spoken,
    State,
    Text,
)
from filo.channels.fitting import fit
from filo.emulators.tests.scenes import CARDS, PASS, QUESTION, towns_of, wrote
from filo.emulators.tests.town import Town

KIND = "viber"
CONFIG = {"bot": "brezza", "auth_token": "445da6az", "sender_name": "Brezza", "welcome": "Ciao!"}
viber = registry.connector(KIND)
in_town = towns_of(KIND, CONFIG)


def test_a_customer_writes_is_answered_and_reads() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        assert fact.parts == (Text("Dov'è la mia valigia?"),)
        receipt = await town.say(Text("È qui"), fact.by, author="Dora")
        await town.hook.until(2)
        await town.web.post(f"{town.place}/ada/read", json={})
        states = [one.state for one in town.hook.facts if isinstance(one, Reported)]
        assert states == [State.DELIVERED, State.READ]
        # Viber's own library takes every signature.
        theirs = Api(BotConfiguration(auth_token=CONFIG["auth_token"], name="Brezza", avatar=""))
        marks = [(one.body, one.headers["x-viber-content-signature"]) for one in town.hook.requests]
        assert all(theirs.verify_signature(body, mark) for body, mark in marks)
        ours = (await town.shown("ada"))[-1]
        assert (ours["id"], ours["by"], ours["state"]) == (receipt.id, "Dora - Brezza", "read")

    in_town(test)


@pytest.mark.parametrize("sig", [False, True], ids=["in the head", "in the address"])
def test_a_tap_comes_back_as_the_choice(sig: bool) -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        await town.say(QUESTION, fact.by)
        asked = (await town.shown("ada"))[-1]
        await town.act("ada", tap=asked["content"]["buttons"][1]["id"], about=asked["id"])
        tapped = next(one for one in reversed(town.hook.facts) if isinstance(one, Said))
        assert tapped.context["choice"] == "w"

    in_town(test, sig=sig)


@pytest.mark.parametrize("part", [CARDS, PASS], ids=["carousel", "boarding pass"])
def test_cards_and_passes_arrive_with_all_their_words(part: Any) -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        spoken: tuple[Spoken, ...] = fit([part], viber.card.can).parts
        for one in spoken:
            await town.say(one, fact.by)
        shown = str((await town.shown("ada"))[1:])
        wanted = ("Roma", "Oslo", "Prenota Roma") if part is CARDS else ("BZ 123", "MXP", "K7QX2P")
        assert all(word in shown for word in wanted)

    in_town(test)


def test_an_old_viber_is_told_in_words() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        await town.say(fit([CARDS], viber.card.can).parts[0], fact.by)
        ours = (await town.shown("ada"))[-1]
        assert ours["type"] == "text" and "Oslo" in ours["content"]["text"]

    in_town(test, api_version=3)


@pytest.mark.parametrize(
    ("wish", "verdict"),
    [("status:2", Failed), ("status:6", Failed), ("status:12", Later), ("lose", Doubtful)],
)
def test_viber_says_no_in_its_own_numbers(wish: str, verdict: type[Exception]) -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        await town.play(f"/control/{KIND}/brezza/next", next=[wish])
        with pytest.raises(verdict):
            await town.say(Text("ciao"), fact.by)

    in_town(test)


def test_who_does_not_answer_hears_a_hundred_messages_in_an_hour_at_most() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        talk = town.world.accounts.talk(town.world.accounts.of(KIND)["brezza"], "ada")
        await town.say(Text("uno"), fact.by)
        talk.bubbles += [talk.bubbles[-1]] * 99
        with pytest.raises(Later):
            await town.say(Text("troppo"), fact.by)
        await wrote(town, "Eccomi")
        await town.say(Text("ora sì"), fact.by)

    in_town(test, no_reports=True)


def test_who_opens_the_chat_is_welcomed_and_who_leaves_is_known() -> None:
    async def test(town: Town) -> None:
        await town.act("ada", act="open", values={"context": "cassa7"})
        assert (await town.shown("ada"))[-1]["content"] == {"text": "Ciao!"}
        fact = await wrote(town)
        await town.act("ada", act="unfollow")
        assert isinstance(town.hook.facts[-1], OptedOut)
        with pytest.raises(Failed):
            await town.say(Text("ancora"), fact.by)

    in_town(test)


def test_the_address_is_called_before_it_is_taken_and_each_hop_holds() -> None:
    async def test(town: Town) -> None:
        assert isinstance(viber, Registers) and isinstance(viber, Checks)
        hook = town.world.accounts.of(KIND)["brezza"].hook
        ask: dict[str, Any] = {"config": town.hook.config, "channel": "c", "connector": viber}
        await town.carrier.ask(viber.register(town.hook.config, hook=hook), **ask)
        hops = await town.carrier.ask(viber.check(town.hook.config, hook=hook), **ask)
        assert all(hop.ok for hop in hops)
        fact = await wrote(town)
        assert isinstance(viber, Introduces)
        who = await town.carrier.ask(viber.introduce(fact.by, town.hook.config), **ask)
        assert who.name == "Ada Conti"

    in_town(test)
