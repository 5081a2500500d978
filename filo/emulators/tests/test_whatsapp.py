"""The emulated Meta against our connector and carrier, over real loopback HTTP."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from filo.channels import registry
from filo.channels.contract import (
    Announced,
    Blob,
    Checks,
    Choice,
    Doubtful,
    Edited,
    Failed,
    Handle,
    Later,
    Media,
    Moved,
    Native,
    OptedOut,
    Option,
    Reacted,
    Reason,
    Registers,
    Reported,
    RichCard,
    Said,
    Scope,
    State,
    Text,
    Withdrew,
)
from filo.emulators.tests.town import ADA, NUMBER, PHONE, Town, whatsapp_town

MESSAGES = f"/play/whatsapp/{NUMBER}/{PHONE}/messages"
PICTURE = Media("image/png", "https://files.example/r.png")
whatsapp = registry.connector("whatsapp")


def in_town(test: Any, **options: Any) -> None:
    async def run() -> None:
        async with whatsapp_town(**options) as town:
            await test(town)

    asyncio.run(run())


def test_a_customer_writes_and_is_answered_with_receipts() -> None:
    async def test(town: Town) -> None:
        said = await town.play(MESSAGES, text="Dov'è la mia valigia? /città/", name="Ada Conti")
        assert said["hook"] == 200
        [fact] = town.hook.facts
        assert isinstance(fact, Said)
        assert fact.by == Handle("phone", f"+{PHONE}", "Ada Conti", fact.by.also)
        assert fact.by.also[0][0] == "whatsapp:222"
        assert fact.parts == (Text("Dov'è la mia valigia? /città/"),)

        receipt = await town.say(Text("È qui"), answers=fact.id)
        facts = await town.hook.until(3)
        assert [f.state for f in facts if isinstance(f, Reported)] == [State.SENT, State.DELIVERED]
        assert all(f.ref == "dlv_1" for f in facts if isinstance(f, Reported))
        assert await town.play(f"/play/whatsapp/{NUMBER}/{PHONE}/read") == {"read": 1}
        assert isinstance(facts[-1], Reported)
        assert (facts[-1].message, facts[-1].state) == (receipt.id, State.READ)

        theirs, ours = (await town.screen())["messages"]
        assert (theirs["out"], ours["out"], ours["state"]) == (False, True, "read")
        assert ours["content"]["body"] == "È qui"
        assert ours["answers"] == theirs["id"]

    in_town(test)


def test_what_meta_signs_is_escaped() -> None:
    async def test(town: Town) -> None:
        await town.play(MESSAGES, text="perché/poi")
        assert rb"perch\u00e9\/poi" in town.hook.requests[0].body

    in_town(test)


@pytest.mark.parametrize(
    ("identity", "space", "also"),
    [("both", "phone", 1), ("phone", "phone", 0), ("bsuid", "whatsapp:222", 0)],
)
def test_a_customer_may_hide_the_number(identity: str, space: str, also: int) -> None:
    async def test(town: Town) -> None:
        await town.play(MESSAGES, text="ciao", identity=identity)
        [fact] = town.hook.facts
        assert isinstance(fact, Said)
        assert (fact.by.space, len(fact.by.also)) == (space, also)
        await town.say(Text("ciao"), to=fact.by)
        assert len((await town.screen())["messages"]) == 2

    in_town(test)


def test_a_picture_goes_both_ways() -> None:
    picture = b"\x89PNG a picture"

    async def test(town: Town) -> None:
        sent = {"mime": "image/png", "base64": base64.b64encode(picture).decode(), "caption": "qui"}
        await town.play(MESSAGES, media=sent)
        [fact] = town.hook.facts
        assert isinstance(fact, Said)
        media = fact.parts[0]
        assert isinstance(media, Media)
        assert media.caption == "qui"
        blob = await town.carrier.fetch(
            media, config=town.hook.config, channel="c", connector=whatsapp
        )
        assert blob == Blob("image/png", picture)

        ours = Media("image/png", attachment="att_1", caption="ecco")
        await town.say(ours, files={"att_1": Blob("image/png", picture, "p.png")})
        line = (await town.screen())["messages"][-1]
        shown = await town.web.get(f"/play/whatsapp/{NUMBER}/files/{line['content']['id']}")
        assert shown.content == picture
        assert line["content"]["caption"] == "ecco"

    in_town(test)


def test_a_question_is_answered_by_a_press() -> None:
    async def test(town: Town) -> None:
        asked = Choice("Quale posto?", (Option("a", "Corridoio"), Option("w", "Finestrino")))
        receipt = await town.say(asked)
        line = (await town.screen())["messages"][0]
        assert [option["id"] for option in line["options"]] == ["a", "w"]

        await town.play(MESSAGES, press={"message": receipt.id, "option": "w"})
        said = next(fact for fact in town.hook.facts if isinstance(fact, Said))
        assert said.parts == (Text("Finestrino"),)
        assert said.context == {"choice": "w"}
        assert said.answers == receipt.id

    in_town(test)


def test_reactions_edits_and_revocations_name_their_message() -> None:
    async def test(town: Town) -> None:
        first = (await town.play(MESSAGES, text="uno"))["id"]
        ours = (await town.say(Text("due"))).id
        await town.hook.until(3)
        await town.play(MESSAGES, reaction={"message": ours, "emoji": "👍"})
        await town.play(MESSAGES, edit={"message": first, "text": "uno!"})
        await town.play(MESSAGES, revoke={"message": first})

        reacted, edited, withdrew = town.hook.facts[3:]
        assert isinstance(reacted, Reacted) and (reacted.message, reacted.emoji) == (ours, "👍")
        assert isinstance(edited, Edited) and edited.parts == (Text("uno!"),)
        assert isinstance(withdrew, Withdrew) and withdrew.message == first
        shown = (await town.screen())["messages"]
        assert [(line["withdrawn"], line["reaction"]) for line in shown] == [
            (True, ""),
            (False, "👍"),
        ]

    in_town(test)


def test_we_are_seen_reading_and_writing() -> None:
    async def test(town: Town) -> None:
        said = await town.play(MESSAGES, text="ciao")
        await town.carrier.nod(
            ADA,
            said["id"],
            typing=True,
            config=town.hook.config,
            channel="c",
            connector=whatsapp,
        )
        screen = await town.screen()
        assert screen["typing"]
        assert screen["messages"][0]["seen"]

    in_town(test)


def test_news_about_the_person_arrives() -> None:
    async def test(town: Town) -> None:
        changes = f"/play/whatsapp/{NUMBER}/{PHONE}/changes"
        await town.play(changes, preference="stop")
        await town.play(changes, new_phone="393339999999")
        stopped, moved = town.hook.facts
        assert isinstance(stopped, OptedOut) and not stopped.back
        assert isinstance(moved, Moved) and moved.new.value == "+393339999999"

    in_town(test)


@pytest.mark.parametrize(
    ("ending", "verdict"),
    [("131047", Failed), ("131056", Later), ("131016", Later), ("131031", Failed)],
)
def test_the_end_of_a_number_chooses_the_refusal(
    ending: str, verdict: type[Failed | Later]
) -> None:
    async def test(town: Town) -> None:
        with pytest.raises(verdict, match=None if verdict is Later else ending):
            await town.say(Text("ciao"), to=Handle("phone", f"+39333{ending}"))

    in_town(test)


def test_some_failures_come_only_later() -> None:
    async def test(town: Town) -> None:
        await town.say(Text("ciao"), to=Handle("phone", "+39333131026"))
        _, failed = await town.hook.until(2)
        assert isinstance(failed, Reported)
        assert (failed.state, failed.reason) == (State.FAILED, Reason.UNREACHABLE)

    in_town(test)


def test_reports_come_twice_and_out_of_order_on_demand() -> None:
    async def test(town: Town) -> None:
        await town.say(Text("ciao"))
        facts = await town.hook.until(6)
        states = [fact.state for fact in facts if isinstance(fact, Reported)]
        assert states == [*[State.READ] * 2, *[State.DELIVERED] * 2, *[State.SENT] * 2]

    in_town(test, duplicates=1, out_of_order=True, reads=True)


@pytest.mark.parametrize(
    ("wish", "verdict"),
    [("lose", Doubtful), ("hang", Doubtful), ("500", Doubtful), ("503", Later), ("429:7", Later)],
)
def test_answers_are_lost_and_doors_closed_on_demand(wish: str, verdict: type[Exception]) -> None:
    async def test(town: Town) -> None:
        await town.play(f"/control/whatsapp/{NUMBER}/next", next=[wish])
        with pytest.raises(verdict):
            await town.say(Text("ciao"))
        assert len((await town.screen())["messages"]) == (1 if wish == "lose" else 0)
        await town.say(Text("ciao"), ref="dlv_2")

    in_town(test)


def test_meta_insists_until_it_reads_200() -> None:
    async def test(town: Town) -> None:
        town.hook.refuse = 2
        said = await town.play(MESSAGES, text="ciao")
        assert said["hook"] == 503
        assert len(await town.hook.until(1)) == 1

    in_town(test)


def test_the_wrong_token_is_refused() -> None:
    async def test(town: Town) -> None:
        town.hook.config["access_token"] = "stolen"
        with pytest.raises(Failed, match="190"):
            await town.say(Text("ciao"))

    in_town(test)


def test_what_meta_would_not_take_is_refused() -> None:
    async def test(town: Town) -> None:
        with pytest.raises(Failed, match="131009"):
            await town.say(Text("x" * 4097))

    in_town(test)


def test_outside_the_window_a_strict_number_refuses() -> None:
    async def test(town: Town) -> None:
        with pytest.raises(Failed) as refused:
            await town.say(Text("ciao"))
        assert refused.value.reason is Reason.WINDOW_CLOSED
        await town.play(MESSAGES, text="ciao")
        assert (await town.say(Text("ciao"))).id

    in_town(test, window=True)


def test_a_strange_page_may_not_play() -> None:
    async def test(town: Town) -> None:
        stranger = await town.web.get("/control", headers={"host": "evil.example"})
        assert stranger.status_code == 403
        form = await town.web.post(MESSAGES, content=b"{}", headers={"content-type": "text/plain"})
        assert form.status_code == 415
        assert "secret" not in (await town.web.get("/control")).text

    in_town(test)


def test_the_clock_of_meta_is_ours() -> None:
    async def test(town: Town) -> None:
        before = datetime.now(UTC)
        await town.play(MESSAGES, text="ciao")
        [fact] = town.hook.facts
        assert isinstance(fact, Said)
        assert abs((fact.at - before).total_seconds()) < 5

    in_town(test)


def test_a_card_a_request_for_the_place_and_a_pace_are_played() -> None:
    async def test(town: Town) -> None:
        card = RichCard("Roma", "Domani", PICTURE, (Option("r", "Prenota"),))
        shown = await town.say(card)
        await town.play(MESSAGES, press={"message": shown.id, "option": "r"})
        pressed = next(fact for fact in town.hook.facts if isinstance(fact, Said))
        assert pressed.context["choice"] == "r"
        await town.say(Native("location_request_message", "Dove siete?"), ref="dlv_2")
        with pytest.raises(Later) as later:
            await town.say(Text("Troppo presto"), ref="dlv_3")
        assert later.value.scope is Scope.PERSON
        last = (await town.screen())["messages"][0]["content"]
        assert last["header"]["image"]["link"] == PICTURE.url

    in_town(test, pair_burst=2)


def test_an_account_is_checked_told_our_address_and_tells_of_itself() -> None:
    async def test(town: Town) -> None:
        assert isinstance(whatsapp, Registers) and isinstance(whatsapp, Checks)
        config, home = town.hook.config, (await town.play("/control", "GET"))["whatsapp"][0]["hook"]

        async def asked(question: Any) -> Any:
            return await town.carrier.ask(
                question, config=config, channel="chn_1", connector=whatsapp, seconds=10
            )

        with pytest.raises(Failed):  # nobody there knows our word
            await asked(whatsapp.register(config, hook=f"{town.address}/nowhere"))
        await asked(whatsapp.register(config, hook=home))
        hops = await asked(whatsapp.check(config, hook=home))
        assert all(hop.ok for hop in hops)
        told = {"event": "ACCOUNT_DELETED"}
        await town.play(f"/play/whatsapp/{NUMBER}/news", field="account_update", value=told)
        await town.play(f"/play/whatsapp/{NUMBER}/{PHONE}/calls")
        news, call = town.hook.facts
        assert isinstance(news, Announced) and isinstance(call, Said)
        assert (news.what, call.by.value) == ("revoked", f"+{PHONE}")

    in_town(test)
