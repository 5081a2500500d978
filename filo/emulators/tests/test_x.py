"""The emulated X, by itself: the summoned rule, limits, challenges, tokens of one use."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from filo.emulators.players.x.calls import mark
from filo.emulators.players.x.rules import weight
from filo.emulators.server import Emulators
from filo.emulators.tests.town import serving
from filo.emulators.web import Answer, Receive, Scope, Send, heard, tell
from filo.emulators.world import World

SETTINGS = {
    "user_id": "1000",
    "username": "acme",
    "consumer_secret": "consumer",
    "access_token": "at",
    "refresh_token": "rt",
}


class Hook:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.key = "consumer"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = await heard(scope, receive)
        if call.method == "GET":
            word = mark(self.key, call.query["crc_token"].encode())
            await tell(send, Answer.json({"response_token": word}))
            return
        given = call.headers["x-twitter-webhooks-signature"]
        assert given == mark("consumer", call.body)
        self.events.append(json.loads(call.body)["data"])
        await tell(send, Answer(200))


class Place:
    def __init__(self, web: httpx.AsyncClient, world: World, hook: Hook) -> None:
        self.web, self.world, self.hook = web, world, hook

    async def act(self, **deed: Any) -> Any:
        reply = await self.web.post("/play/x/acme/39333", json=deed)
        return reply.json()

    async def api(self, method: str, path: str, **body: Any) -> httpx.Response:
        token = {"authorization": "Bearer at"}
        return await self.web.request(method, path, json=body or None, headers=token)

    async def reply_to(self, post: str, text: str = "Ci dispiace") -> httpx.Response:
        return await self.api("POST", "/2/tweets", text=text, reply={"in_reply_to_tweet_id": post})


def at_x(test: Any, **options: Any) -> None:
    async def run() -> None:
        world, hook = World(), Hook()
        async with (
            serving(Emulators(world), lifespan="on") as address,
            serving(hook, lifespan="off") as ours,
            httpx.AsyncClient(base_url=address, trust_env=False) as web,
        ):
            wish = {"settings": SETTINGS, "hook": f"{ours}/in", "options": options}
            await web.put("/control/x/acme", json=wish)
            await test(Place(web, world, hook))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "heavy"), [("ciao", 4), ("https://example.com/a/very/long/path", 23), ("你好🙂", 6)]
)
def test_words_are_weighed_as_x_does(text: str, heavy: int) -> None:
    assert weight(text) == heavy


def test_only_who_called_us_may_be_answered() -> None:
    async def test(place: Place) -> None:
        silent = await place.act(act="post", values={"text": "Che volo in ritardo"})
        called = await place.act(act="post", values={"text": "Ehi @acme, e la valigia?"})
        assert (silent["hook"], called["hook"]) == (0, 200)
        [event] = place.hook.events
        assert event["event_type"] == "post.mention.create"
        assert event["payload"]["id"] == called["id"]

        refused = await place.reply_to(silent["id"])
        assert (refused.status_code, "mentioned" in refused.json()["detail"]) == (403, True)
        answered = await place.reply_to(called["id"])
        assert answered.status_code == 201
        assert int(answered.headers["x-rate-limit-remaining"]) == 98
        again = await place.reply_to(called["id"])
        assert "duplicate" in again.json()["detail"]

        shown = (await place.web.get("/play/x/acme/-")).json()["bubbles"]
        assert [(one["out"], one["answers"]) for one in shown][-1] == (True, called["id"])
        await place.act(act="comment", values={"text": "grazie"}, about=shown[-1]["id"])
        assert place.hook.events[-1]["event_type"] == "post.reply.create"

    at_x(test)


def test_an_edit_is_a_new_post_that_names_the_first_and_a_deletion_is_found_by_asking() -> None:
    async def test(place: Place) -> None:
        first = (await place.act(act="post", values={"text": "@acme pesimo"}))["id"]
        second = await place.act(act="edit", about=first, values={"text": "@acme pessimo"})
        history = place.hook.events[-1]["payload"]["edit_history_tweet_ids"]
        assert history == [first, second["id"]]
        await place.act(act="delete", about=second["id"])
        gone = await place.api("GET", f"/2/tweets/{second['id']}")
        assert gone.status_code == 404

    at_x(test)


def test_direct_messages_go_both_ways_until_the_quarter_of_an_hour_is_full() -> None:
    async def test(place: Place) -> None:
        await place.act(text="Buongiorno")
        told = place.hook.events[0]["payload"]["direct_message_events"][0]
        sender = told["message_create"]["sender_id"]
        path = f"/2/dm_conversations/with/{sender}/messages"
        sent = await place.api("POST", path, text="Eccoci")
        assert sent.json()["data"]["dm_conversation_id"] == "-".join(
            sorted(("1000", sender), key=int)
        )
        full = await place.api("POST", path, text="ancora")
        assert (full.status_code, "x-rate-limit-reset" in full.headers) == (429, True)
        await place.world.settle()
        assert place.hook.events[-1]["event_type"] == "dm.sent"

    at_x(test, limits={"messages": 1})


def test_a_wrong_answer_to_the_challenge_stops_everything_until_it_is_right() -> None:
    async def test(place: Place) -> None:
        place.hook.key = "another"
        assert (await place.act(act="challenge"))["hook"] == 0
        assert (await place.act(text="ciao"))["hook"] == 0
        place.hook.key = "consumer"
        assert (await place.act(act="challenge"))["hook"] == 200
        assert (await place.act(text="ciao"))["hook"] == 200

    at_x(test)


def test_a_refresh_token_is_good_for_one_use() -> None:
    async def test(place: Place) -> None:
        wish = {"grant_type": "refresh_token", "refresh_token": "rt"}
        fresh = await place.web.post("/2/oauth2/token", data=wish)
        assert fresh.json()["access_token"]
        assert (await place.web.post("/2/oauth2/token", data=wish)).status_code == 400
        assert (await place.api("GET", "/2/users/me")).status_code == 401

    at_x(test)
