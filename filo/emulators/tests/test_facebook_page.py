"""The played Facebook Page against our connector and carrier, over real loopback HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from filo.channels import registry
from filo.channels.contract import (
    Doubtful,
    Edited,
    Failed,
    Later,
    Moderated,
    Moderation,
    Said,
    Text,
    Withdrew,
)
from filo.emulators.tests.test_messenger import CONFIG as INBOX
from filo.emulators.tests.town import Town, account_town

KIND = "facebook_page"
CONFIG = {
    "page_id": "1000000000001",
    "access_token": "wall-token",
    "app_secret": "app-secret",
    "verify_token": "verify",
}


def in_town(test: Any, **options: Any) -> None:
    async def run() -> None:
        async with account_town(KIND, "brezza", CONFIG, options=options) as town:
            await test(town)

    asyncio.run(run())


async def commented(town: Town, text: str = "Sono in coda da due ore", **deed: Any) -> Said:
    deed = {"act": "comment", "values": {"text": text}, "name": "Ada Demo", **deed}
    assert (await town.act("ada", **deed))["hook"] == 200
    fact = town.hook.facts[-1]
    assert isinstance(fact, Said)
    return fact


async def answers(town: Town, comment: Said, text: str, **more: Any) -> None:
    more = {"public": True, "answers": comment.id, "ref": "dlv_1", **more}
    await town.say(Text(text), comment.by, **more)


def test_a_comment_is_answered_in_public_and_our_own_comes_back_as_ours() -> None:
    async def test(town: Town) -> None:
        comment = await commented(town)
        assert (comment.public, comment.by.name) == (True, "Ada Demo")
        await answers(town, comment, "Ciao Ada, arriviamo.")
        await town.world.settle()
        wall = await town.shown("-")
        assert [one["content"]["text"] for one in wall[1:]] == [
            "Sono in coda da due ore",
            "Ciao Ada, arriviamo.",
        ]
        assert (wall[2]["out"], wall[2]["answers"]) == (True, comment.id)
        last = town.hook.facts[-1]
        assert isinstance(last, Said)
        assert last.ours

    in_town(test)


def test_a_comment_is_taken_up_in_the_inbox_once() -> None:
    async def test(town: Town) -> None:
        await town.account("messenger", "brezza", settings=INBOX, hook="")
        comment = await commented(town)
        await town.say(Text("Ti scriviamo qui"), comment.by, privately=comment.id)
        with pytest.raises(Failed):
            await town.say(Text("Ancora"), comment.by, privately=comment.id, ref="dlv_2")
        reply = await town.web.get("/play/messenger/brezza/ada")
        [private] = reply.json()["bubbles"]
        assert private["content"]["text"] == "Ti scriviamo qui"

    in_town(test)


def test_the_author_edits_and_takes_back_and_others_may_not() -> None:
    async def test(town: Town) -> None:
        comment = await commented(town)
        await town.act("ada", act="edit", values={"text": "Da tre ore"}, about=comment.id)
        edited = town.hook.facts[-1]
        assert isinstance(edited, Edited)
        assert (edited.message, edited.parts) == (comment.id, (Text("Da tre ore"),))
        theirs = {"act": "delete", "about": comment.id}
        assert (await town.web.post(f"{town.place}/bea", json=theirs)).status_code == 400
        await town.act("ada", act="delete", about=comment.id)
        assert isinstance(town.hook.facts[-1], Withdrew)
        with pytest.raises(Failed):
            await answers(town, comment, "Troppo tardi")

    in_town(test)


def test_what_a_moderator_does_on_the_page_itself_is_told() -> None:
    async def test(town: Town) -> None:
        comment = await commented(town)
        for act in ("hide", "unhide"):
            assert (await town.act("bea", act=act, about=comment.id))["hook"] == 200
            fact = town.hook.facts[-1]
            assert isinstance(fact, Moderated)
            assert (fact.message, fact.action.value) == (comment.id, act)
            assert (await town.shown("-"))[-1]["hidden"] == (act == "hide")

    in_town(test)


def test_the_page_hides_likes_and_deletes() -> None:
    async def test(town: Town) -> None:
        comment = await commented(town)
        connector: Any = registry.connector(KIND)
        seen = []
        for action in Moderation:
            steps = connector.moderate(action, comment.id, town.hook.config)
            await town.carrier.ask(
                steps, config=town.hook.config, channel="chn_1", connector=connector
            )
            last = (await town.shown("-"))[-1]
            seen.append((last["hidden"], last["liked"], last["withdrawn"]))
        assert seen == [
            (True, False, False),
            (False, False, False),
            (False, True, False),
            (False, False, False),
            (False, False, True),
        ]

    in_town(test)


REFUSALS: dict[str, type[Exception]] = {
    "#368": Later,
    "#32": Later,
    "#200": Failed,
    "#190/463": Failed,
    "lose": Doubtful,
}


def test_each_refusal_has_its_verdict_and_only_a_lost_answer_stands_there() -> None:
    async def test(town: Town) -> None:
        comment = await commented(town)
        for n, (wish, kind) in enumerate(REFUSALS.items()):
            await town.play(f"/control/{KIND}/brezza/next", next=[wish])
            with pytest.raises(kind):
                await answers(town, comment, "Ciao", ref=f"dlv_{n}")
        assert len(await town.shown("-")) == 3

    in_town(test)


def test_visitors_posts_mentions_reviews_and_the_nameless_come_in() -> None:
    async def test(town: Town) -> None:
        post = await commented(town, "Un saluto", act="post")
        assert post.public
        review = await commented(town, "Mai più", act="review", values={"text": "Mai più"})
        assert review.parts[-1] == Text("Mai più")
        mention = await commented(town, "Che dice @Brezza?", act="mention")
        assert mention.public
        await town.act("ada", react="😡", about=post.id)

    in_town(test, no_author=True)


def test_strangers_cannot_be_answered_in_private() -> None:
    async def test(town: Town) -> None:
        comment = await commented(town)
        with pytest.raises(Failed):
            await town.say(Text("Ti scriviamo qui"), comment.by, privately=comment.id)

    in_town(test, strangers=True)


def test_what_meta_does_not_know_it_hands_to_whatsapp() -> None:
    async def test(town: Town) -> None:
        reply = await town.web.post("/v25.0/555/messages", json={"type": "text"})
        assert reply.json()["error"]["code"] == 100
        body = {"access_token": "wa", "app_secret": "s", "hook": ""}
        await town.play("/control/whatsapp/555", "PUT", **body)
        head = {"authorization": "Bearer wa"}
        said = {"messaging_product": "whatsapp", "to": "393331234567", "type": "text"}
        whole = {**said, "text": {"body": "ciao"}}
        reply = await town.web.post("/v25.0/555/messages", json=whole, headers=head)
        assert reply.json()["messages"]

    in_town(test)


def test_what_was_written_during_an_outage_is_read_back() -> None:
    async def test(town: Town) -> None:
        town.world.accounts.of(KIND)["brezza"].hook = ""
        await town.act("ada", act="comment", values={"text": "Siete chiusi?"}, name="Ada Demo")
        assert not town.hook.facts
        connector: Any = registry.connector(KIND)
        since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        fed = await town.carrier.ask(
            connector.feed(town.hook.config, since, at=datetime.now(UTC)),
            config=town.hook.config,
            channel="chn_1",
            connector=connector,
        )
        facts = [fact for call in fed.requests for fact in connector.parse(call)]
        said = [fact for fact in facts if isinstance(fact, Said) and not fact.ours]
        assert [(one.parts, one.by.name) for one in said] == [
            ((Text("Siete chiusi?"),), "Ada Demo")
        ]

    in_town(test)
