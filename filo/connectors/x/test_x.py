"""X: the challenge, signatures against an independent signer, lengths, refusals, gaps."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from oauthlib.oauth1 import Client

from filo.channels.contract import (
    Blob,
    Call,
    Doubtful,
    Envelope,
    Fact,
    Failed,
    Forged,
    Handle,
    Later,
    Media,
    Moderation,
    Native,
    Part,
    Reason,
    Receipt,
    Reply,
    Reported,
    Request,
    Said,
    Scope,
    Text,
)
from filo.channels.fitting import fit
from filo.channels.kit import converse, size
from filo.connectors.x import oauth
from filo.connectors.x.connector import connector as x

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
AT = NOON.isoformat()
ADA = Handle("x", "2000")
CONFIG = {
    "user_id": "1000",
    "username": "brezza",
    "consumer_key": "ck",
    "consumer_secret": "cs",
    "access_token": "at",
    "bearer_token": "app",
}
MENTIONED = ("post.mention.create", "post.reply.create", "post.quote.create")
SIGNED = CONFIG | {"access_secret": "as&/="}


# --- who calls ------------------------------------------------------------


def test_the_challenge_is_answered_with_its_word_signed() -> None:
    answer = json.loads(x.greet(Request(b"", NOON, query={"crc_token": "abc"}), CONFIG))
    mark = base64.b64encode(hmac.new(b"cs", b"abc", hashlib.sha256).digest()).decode()
    assert answer == {"response_token": f"sha256={mark}"}


@pytest.mark.parametrize(("word", "key"), [("", "cs"), ("abc", ""), ("a" * 201, "cs")])
def test_what_is_no_challenge_gets_no_signature(word: str, key: str) -> None:
    with pytest.raises(Forged):
        x.greet(Request(b"", NOON, query={"crc_token": word}), CONFIG | {"consumer_secret": key})


# --- who we are -----------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", "https://api.x.com/2/tweets"),
        (
            "GET",
            "https://api.x.com/2/users/1/mentions?max_results=100&tweet.fields=a%2Cb&q=%C3%A8+u",
        ),
        ("DELETE", "http://localhost:8081/2/users/1/likes/2"),
    ],
)
def test_our_signature_is_the_one_that_oauthlib_makes(method: str, url: str) -> None:
    header = oauth.headers(SIGNED, method, url, at=NOON)["authorization"]
    words = dict(one.split("=", 1) for one in header.removeprefix("OAuth ").split(", "))
    plain = {name: value.strip('"') for name, value in words.items()}
    theirs = Client(
        "ck",
        client_secret="cs",
        resource_owner_key="at",
        resource_owner_secret="as&/=",
        nonce=plain["oauth_nonce"],
        timestamp=plain["oauth_timestamp"],
    )
    _, signed, _ = theirs.sign(url, http_method=method)
    assert plain["oauth_timestamp"] == str(int(NOON.timestamp()))
    assert f'oauth_signature="{plain["oauth_signature"]}"' in signed["Authorization"]


def test_without_a_token_secret_the_token_itself_is_shown() -> None:
    assert oauth.headers(CONFIG, "GET", "https://x") == {"authorization": "Bearer at"}


# --- how long -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("ciao", 4),
        ("però “così”…", 13),
        ("你好", 4),
        ("https://brezza.example/a/very/long/path?with=query", 23),
        ("via http://a.it ok", 4 + 23 + 3),
        ("👍", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇮🇹", 2),
        ("👍🏽!", 3),
    ],
)
def test_a_post_is_as_long_as_x_counts(text: str, length: int) -> None:
    assert size(text, "weighted") == length


# --- out ------------------------------------------------------------------


def say(
    part: Part, *replies: Reply, public: bool = False, **more: Any
) -> tuple[Receipt, list[Call]]:
    made: list[Call] = []
    waiting = list(replies) or [Reply(201, b'{"data":{"id":"9"}}')]

    def carry(call: Call) -> Reply:
        made.append(call)
        return waiting.pop(0)

    files = {"att_1": Blob("image/png", b"\x89PNG", "p.png")}
    envelope = Envelope("dlv_1", NOON, public=public, files=files, **more)
    return converse(x.say(ADA, part, CONFIG, envelope), carry), made


def test_a_public_answer_stands_below_what_it_answers() -> None:
    receipt, [made] = say(Text("Ci scusiamo"), public=True, answers="3003", post="3000")
    assert receipt.id == "9" and made.url == "https://api.x.com/2/tweets"
    assert made.json == {"text": "Ci scusiamo", "reply": {"in_reply_to_tweet_id": "3003"}}
    _, [made] = say(Text("Eccoci"), public=True, post="3000")
    assert made.json == {"text": "Eccoci", "reply": {"in_reply_to_tweet_id": "3000"}}


def test_a_post_too_long_is_not_tried() -> None:
    with pytest.raises(Failed, match="281 of 280"):
        say(Text("a" * 281), public=True, post="3000")
    assert say(Text("a" * 281))[1]


def test_a_private_answer_goes_to_the_person() -> None:
    reply = Reply(201, b'{"data":{"dm_conversation_id":"1000-2000","dm_event_id":"77"}}')
    receipt, [made] = say(Text("In privato"), reply)
    assert receipt.id == "77"
    assert made.url == "https://api.x.com/2/dm_conversations/with/2000/messages"


def test_a_file_goes_up_in_pieces_and_is_waited_for() -> None:
    pending = b'{"data":{"id":"7","processing_info":{"state":"pending","check_after_secs":1}}}'
    done = b'{"data":{"id":"7","processing_info":{"state":"succeeded"}}}'
    replies = (
        Reply(200, b'{"data":{"id":"7"}}'), Reply(204), Reply(200, pending), Reply(200, done),
        Reply(201, b'{"data":{"dm_event_id":"77"}}'),
    )  # fmt: skip
    picture = Media("image/png", attachment="att_1", name="p.png", caption="Ecco")
    _, made = say(picture, *replies)
    assert isinstance(made[0].json, dict) and made[0].json["media_category"] == "dm_image"
    assert made[1].files and made[1].form == {"segment_index": "0"}
    assert "command=STATUS" in made[3].url
    assert made[4].json == {"text": "Ecco", "attachments": [{"media_id": "7"}]}


def problem(status: int, type_: str = "", detail: str = "", code: int = 0) -> Reply:
    told = {"type": f"https://api.x.com/2/problems/{type_}", "detail": detail, "title": "no"}
    errors = {"errors": [{"code": code, "message": detail}]} if code else {}
    return Reply(status, json.dumps(told | errors).encode())


REFUSED = Reason.REFUSED
NOT_CALLED = "You can only reply to or quote posts where you are mentioned or are the author."


@pytest.mark.parametrize(
    ("reply", "public", "reason", "scope"),
    [
        (problem(400, "invalid-request"), True, Reason.OTHER, Scope.MESSAGE),
        (problem(401), True, Reason.REFUSED, Scope.CHANNEL),
        (problem(403, detail=NOT_CALLED), True, Reason.REFUSED, Scope.MESSAGE),
        (problem(403, "not-authorized-for-resource", NOT_CALLED), True, REFUSED, Scope.MESSAGE),
        (problem(403, code=433), True, Reason.REFUSED, Scope.MESSAGE),
        (problem(403, code=187), True, Reason.OTHER, Scope.MESSAGE),
        (problem(403, "client-forbidden"), True, Reason.REFUSED, Scope.MESSAGE),
        (problem(403, "not-authorized-for-resource"), True, Reason.UNREACHABLE, Scope.PERSON),
        (problem(403, code=349), False, Reason.BLOCKED, Scope.PERSON),
        (problem(403, code=150), False, Reason.BLOCKED, Scope.PERSON),
        (problem(404, "resource-not-found"), True, Reason.UNREACHABLE, Scope.MESSAGE),
        (problem(429, "usage-capped"), True, Reason.REFUSED, Scope.CHANNEL),
        (problem(403, "usage-capped"), False, Reason.REFUSED, Scope.CHANNEL),
    ],
)
def test_each_refusal_has_its_reason_and_reach(
    reply: Reply, public: bool, reason: Reason, scope: Scope
) -> None:
    with pytest.raises(Failed) as told:
        say(Text("ciao"), reply, public=public, post="1")
    assert (told.value.reason, told.value.scope) == (reason, scope)


def test_a_limit_is_waited_for_until_it_is_lifted() -> None:
    reset = str(int(NOON.timestamp()) + 600)
    with pytest.raises(Later) as told:
        say(Text("ciao"), Reply(429, b"{}", {"x-rate-limit-reset": reset}))
    assert told.value.after == timedelta(seconds=601)
    with pytest.raises(Later):
        say(Text("ciao"), problem(400, code=88))


@pytest.mark.parametrize("reply", [Reply(500), Reply(502), Reply(201, b"{}")])
def test_what_may_have_been_posted_is_doubtful(reply: Reply) -> None:
    with pytest.raises(Doubtful):
        say(Text("ciao"), reply)


# --- in public places -----------------------------------------------------


def test_replies_are_hidden_and_shown_again() -> None:
    made: list[Call] = []

    def carry(call: Call) -> Reply:
        made.append(call)
        return Reply(200, b'{"data":{"hidden":true}}')

    for action in (Moderation.HIDE, Moderation.UNHIDE):
        converse(x.moderate(action, "3003", CONFIG), carry)
    assert [(one.method, one.json) for one in made] == [
        ("PUT", {"hidden": True}),
        ("PUT", {"hidden": False}),
    ]


def test_in_public_the_agent_is_held_to_the_length_of_a_post() -> None:
    posts = x.adapt(CONFIG).can.in_public
    premium = x.adapt(CONFIG | {"post_length": "25000"}).can.in_public
    assert posts and premium
    assert (posts.text, posts.unit, premium.text) == (280, "weighted", 25_000)
    long = "Buongiorno " * 30
    assert len(fit([Text(long)], posts).parts) == 2
    assert len(fit([Text(long)], x.adapt(CONFIG).can).parts) == 1


def test_only_enterprise_apps_may_like() -> None:
    assert Moderation.LIKE not in x.adapt(CONFIG).can.moderation
    assert Moderation.LIKE in x.adapt(CONFIG | {"tier": "enterprise"}).can.moderation


# --- the channel's life ---------------------------------------------------


def test_a_persons_token_is_renewed_and_its_key_is_kept() -> None:
    oauth2 = CONFIG | {"refresh_token": "r1", "access_token_until": "2026-01-02T14:00:00+00:00"}
    assert x.due(SIGNED) is None and x.due(CONFIG) is None
    assert x.due(oauth2) == NOON + timedelta(minutes=110)
    made: list[Call] = []

    def carry(call: Call) -> Reply:
        made.append(call)
        return Reply(200, b'{"access_token":"a2","refresh_token":"r2","expires_in":7200}')

    changed = converse(x.renew(oauth2, at=NOON), carry)
    assert changed == {
        "access_token": "a2",
        "refresh_token": "r2",
        "access_token_until": "2026-01-02T14:00:00+00:00",
    }
    assert made[0].form and made[0].form["refresh_token"] == "r1"
    with pytest.raises(Failed) as told:
        converse(x.renew(oauth2, at=NOON), lambda call: Reply(400, b'{"error":"invalid"}'))
    assert told.value.scope is Scope.CHANNEL


def test_mentions_and_messages_that_were_missed_are_asked_for() -> None:
    asked: list[str] = []
    post = {"id": "3002", "text": "@brezza?", "author_id": "2000", "conversation_id": "3002"}
    message = {
        "id": "4002",
        "text": "Ci siete?",
        "sender_id": "2000",
        "created_at": NOON.isoformat(),
    }
    old = message | {"id": "4001"}

    def carry(call: Call) -> Reply:
        asked.append(call.url)
        found = [message, old] if "dm_events" in call.url else [post]
        return Reply(200, json.dumps({"data": found, "meta": {}}).encode())

    begun = converse(x.feed(CONFIG, "", at=NOON), carry)
    later = converse(x.feed(CONFIG, "3001 4001", at=NOON), carry)

    assert not begun.requests and begun.cursor == "3002 4002"
    assert all("max_results=5&" in f"{url}&" for url in asked[:2])
    said = [fact for request in later.requests for fact in x.parse(our(request))]
    assert [(one.id, one.public) for one in said if isinstance(one, Said)] == [
        ("3002", True),
        ("4002", False),
    ]
    assert parse_qs(urlsplit(asked[2]).query)["since_id"] == ["3001"]


def our(request: Request) -> Request:
    return Request(request.body, request.at, settings=CONFIG)


def test_our_own_words_in_the_gap_went_to_the_other_and_pictures_come_along() -> None:
    sent = {
        "id": "4003",
        "text": "Eccola",
        "sender_id": "1000",
        "created_at": AT,
        "dm_conversation_id": "1000-2000",
        "attachments": {"media_keys": ["3_77"]},
    }
    media = {"media_key": "3_77", "type": "photo", "url": "https://ton.example/dm/4003/77/a.jpg"}
    includes = {"media": [media], "users": [{"id": "2000", "name": "Ada", "username": "ada"}]}
    pages = {"dm_events": {"data": [sent], "includes": includes}}

    def carry(call: Call) -> Reply:
        found = next((page for name, page in pages.items() if name in call.url), {})
        return Reply(200, json.dumps(found).encode())

    fed = converse(x.feed(CONFIG, "3001 4001", at=NOON), carry)
    [said] = [fact for request in fed.requests for fact in x.parse(our(request))]
    assert isinstance(said, Said)
    assert (said.ours, said.by) == (True, Handle("x", "2000", "Ada"))
    assert said.parts == (Text("Eccola"), Media("image/jpeg", ref="4003/77/a.jpg"))


# --- in, what samples cannot tell -----------------------------------------


def heard(event: str, payload: dict[str, Any], *, account: str = "1000") -> list[Fact]:
    told = {"event_type": event, "filter": {"user_id": account}, "payload": payload}
    return list(x.parse(our(Request(json.dumps({"data": told}).encode(), NOON))))


def test_what_another_account_of_the_app_is_told_goes_to_its_channel() -> None:
    post = {"id": "1", "text": "@altra?", "author_id": "2000", "conversation_id": "1"}
    [own] = heard("post.mention.create", post)
    [other] = heard("post.mention.create", post, account="1001")
    assert isinstance(own, Said) and isinstance(other, Said)
    assert (own.to, other.to) == ("", "1001")


def test_a_mark_of_reading_counts_for_all_before_it() -> None:
    mark = {"created_timestamp": "1790000000001", "sender_id": "2000", "last_read_event_id": "9"}
    one, all_before = heard("dm.read", {"direct_message_mark_read_events": [mark]})
    assert isinstance(one, Reported) and isinstance(all_before, Reported)
    assert (one.message, all_before.by) == ("9", Handle("x", "2000"))


def test_a_post_of_which_nothing_is_told_is_a_post_all_the_same() -> None:
    [said] = heard("post.mention.create", {"id": "7", "author_id": "2000"})
    assert isinstance(said, Said)
    assert said.parts == (Native("post", "https://x.com/i/status/7"),)


# --- what the tier allows -------------------------------------------------


def test_the_test_says_which_feature_is_not_in_the_tier() -> None:
    hook = "https://filo.example/hooks/chn_1"
    told = {
        "users/me": {"data": {"id": "1000"}},
        "webhooks": {"data": [{"id": "5", "url": hook, "valid": True}]},
        "activity/subscriptions": {
            "data": [{"event_type": one, "filter": {"user_id": "1000"}} for one in MENTIONED]
        },
    }

    def carry(call: Call) -> Reply:
        return Reply(200, json.dumps(told[urlsplit(call.url).path[3:]]).encode())

    hops = {hop.name: hop for hop in converse(x.check(CONFIG, hook=hook), carry)}
    assert hops["Mentions, replies and quotes come"].ok
    assert hops["Direct messages come"].detail == "dm.received, dm.sent"
    assert "likes" in hops["Access tier"].detail
    free = converse(x.check(CONFIG | {"tier": "enterprise"}, hook=hook), carry)
    assert {hop.name: hop.detail for hop in free}["Access tier"] == ""


def test_a_refused_endpoint_is_the_tiers_and_not_the_persons() -> None:
    kind = "https://api.twitter.com/2/problems/client-forbidden"
    body = json.dumps({"type": kind, "detail": "No access to Direct Messages"}).encode()
    with pytest.raises(Failed) as failed:
        converse(
            x.say(ADA, Text("ciao"), CONFIG, Envelope("dlv_1", NOON)), lambda _: Reply(403, body)
        )
    assert (failed.value.reason, failed.value.scope) == (Reason.REFUSED, Scope.MESSAGE)


def test_a_file_that_got_lost_on_its_way_up_leaves_no_doubt() -> None:
    envelope = Envelope("dlv_1", NOON, files={"att_1": Blob("image/png", b"png", "p.png")})
    with pytest.raises(Later):
        converse(
            x.say(ADA, Media("image/png", attachment="att_1"), CONFIG, envelope),
            lambda _: Reply(502, b"<html>"),
        )
