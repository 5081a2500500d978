"""The played Mailgun against our connector and carrier, over real loopback HTTP."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from filo.channels import registry
from filo.channels.contract import (
    Airport,
    BoardingPass,
    Carousel,
    Doubtful,
    Failed,
    Handle,
    Later,
    Media,
    OptedOut,
    Option,
    Part,
    Reported,
    RichCard,
    Said,
    Spoken,
    State,
    Text,
)
from filo.channels.fitting import fit
from filo.emulators.mail_office import PostOffice
from filo.emulators.tests.town import Town, account_town

KIND, ADDRESS = "email", "support@brezza.example"
CONFIG = {
    "provider": "mailgun",
    "address": ADDRESS,
    "api_key": "key-1",
    "hook_key": "signing-1",
}
ANNA = "anna@mail.example"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CARDS = Carousel((RichCard("Roma", "Domani", options=(Option("r", "Prenota Roma"),)),))
PASS = BoardingPass(
    "Ada Conti", "BZ 123", Airport("MXP", "Milano"), Airport("FCO", "Roma"), NOON, "K7QX2P"
)


def in_town(test: Callable[[Town], Awaitable[None]], **options: Any) -> None:
    async def run() -> None:
        played: dict[str, Any] = {"played": "mailgun", "options": options}
        async with account_town(KIND, "brezza.example", CONFIG, **played) as town:
            await test(town)

    asyncio.run(run())


async def wrote(town: Town, text: str = "Dov'è la mia valigia?", **more: Any) -> Said:
    assert (await town.act(ANNA, text=text, name="Anna Bianchi", **more))["hook"] == 200
    fact = town.hook.facts[-1]
    assert isinstance(fact, Said)
    return fact


def reports(town: Town) -> list[tuple[State, str]]:
    return [(one.state, one.ref) for one in town.hook.facts if isinstance(one, Reported)]


@pytest.mark.parametrize("options", [{}, {"parsed": True}], ids=["raw", "taken apart"])
def test_a_customer_writes_is_answered_and_answers_in_the_thread(options: Any) -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        assert fact.parts == (Text("Dov'è la mia valigia?"),)
        assert (fact.by.value, fact.by.name) == (ANNA, "Anna Bianchi")
        receipt = await town.say(Text("È qui"), fact.by, ref="dlv_7", answers=fact.id)
        await town.hook.until(2)
        assert reports(town) == [(State.DELIVERED, "dlv_7")]
        ours = (await town.shown(ANNA))[-1]
        assert (ours["content"]["text"], ours["state"]) == ("È qui", "delivered")
        again = await wrote(town, "Grazie", about=ours["id"])
        assert again.answers == receipt.id

    in_town(test, **options)


def test_a_file_comes_in_and_cards_and_passes_go_out_with_all_their_words() -> None:
    async def test(town: Town) -> None:
        sent = {
            "mime": "image/png",
            "name": "v.png",
            "base64": base64.b64encode(b"\x89PNG").decode(),
        }
        fact = await wrote(town, "Ecco", media=sent)
        file = fact.parts[-1]
        assert isinstance(file, Media)
        email = registry.connector(KIND)
        raw = town.hook.requests[-1].body
        assert email.extract(raw, file.ref).body == b"\x89PNG"  # type: ignore[attr-defined]
        parts: tuple[Part, ...] = (CARDS, PASS)
        for n, part in enumerate(parts):
            spoken: tuple[Spoken, ...] = fit([part], email.card.can).parts
            for one in spoken:
                await town.say(one, fact.by, ref=f"dlv_{n}")
        shown = str((await town.shown(ANNA))[1:])
        assert all(word in shown for word in ("Roma", "Prenota Roma", "BZ 123", "K7QX2P"))

    in_town(test)


def test_a_lost_answer_is_asked_after_and_the_mail_is_there_once() -> None:
    async def test(town: Town) -> None:
        email = registry.connector(KIND)
        ada = Handle("email", ANNA)
        await town.play("/control/mailgun/brezza.example/next", next=["lose"])
        with pytest.raises(Doubtful):
            await town.say(Text("ciao"), ada, ref="dlv_7")
        asked: dict[str, Any] = {"config": town.hook.config, "channel": "chn_1", "connector": email}
        found = await town.carrier.look_up("dlv_7", **asked)
        mails = await town.shown(ANNA)
        assert [one["id"] for one in mails] == [found.id if found else ""]
        with pytest.raises(Later):
            await town.carrier.look_up("dlv_8", **asked)

    in_town(test, silent=True)


def test_a_bounce_puts_the_address_on_the_suppression_list() -> None:
    async def test(town: Town) -> None:
        nobody = Handle("email", "unknown@mail.example")
        await town.say(Text("ciao"), nobody, ref="dlv_1")
        first, *_ = await town.hook.until(1)
        await town.say(Text("ciao"), nobody, ref="dlv_2")
        second = (await town.hook.until(2))[-1]
        assert isinstance(first, Reported) and isinstance(second, Reported)
        assert "5.1.1" in first.detail
        assert "suppression list" in second.detail
        assert {first.state, second.state} == {State.FAILED}

    in_town(test)


def test_complaints_and_farewells_are_the_customers_wish() -> None:
    async def test(town: Town) -> None:
        await town.say(Text("ciao"), Handle("email", ANNA), ref="dlv_1")
        await town.hook.until(1)
        about = (await town.shown(ANNA))[-1]["id"]
        for act in ("complain", "unsubscribe", "open"):
            await town.act(ANNA, act=act, about=about)
        wishes = [one.purpose for one in town.hook.facts if isinstance(one, OptedOut)]
        assert wishes == ["complaint", ""]
        assert reports(town)[-1] == (State.READ, "dlv_1")

    in_town(test)


@pytest.mark.parametrize(("wish", "verdict"), [("429:7", Later), ("500", Doubtful), ("503", Later)])
def test_refusals_have_their_verdict(wish: str, verdict: type[Exception]) -> None:
    async def test(town: Town) -> None:
        await town.play("/control/mailgun/brezza.example/next", next=[wish])
        with pytest.raises(verdict):
            await town.say(Text("ciao"), Handle("email", ANNA))

    in_town(test)


def test_a_wrong_key_stops_the_channel() -> None:
    async def test(town: Town) -> None:
        town.hook.config["api_key"] = "another"
        with pytest.raises(Failed):
            await town.say(Text("ciao"), Handle("email", ANNA))

    in_town(test)


def test_a_hook_that_is_away_is_called_again_with_a_fresh_proof() -> None:
    async def test(town: Town) -> None:
        town.hook.refuse = 2
        await town.act(ANNA, text="Ci siete?")
        (fact,) = await town.hook.until(1)
        assert isinstance(fact, Said)

    in_town(test)


def test_the_towns_mail_program_writes_to_it_and_reads_its_mail(tmp_path: Path) -> None:
    async def test(town: Town) -> None:
        town.world.post = PostOffice(1, 2, tmp_path)  # its servers are not needed, and not begun
        town.world.post.trouble = ""
        try:
            await town.play(
                f"/play/mail/{ANNA}", to="support+c1@brezza.example", text="Dalla posta"
            )
        finally:
            town.world.post = None
        (fact,) = await town.hook.until(1)
        assert isinstance(fact, Said)
        assert (fact.parts, fact.token) == ((Text("Dalla posta"),), "c1")

    in_town(test)
