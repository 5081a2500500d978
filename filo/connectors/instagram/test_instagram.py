from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from filo.channels.contract import (
    Call,
    Envelope,
    Fact,
    Failed,
    Handle,
    Later,
    Media,
    Moderation,
    Reason,
    Receipt,
    Reply,
    Reported,
    Request,
    Said,
    Scope,
    Text,
)
from filo.connectors.instagram.connector import connector as instagram
from tests.connectors.talking import over

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
ADA = Handle("instagram:17", "55")
TAKEN = Reply(200, b'{"recipient_id":"55","message_id":"aW_1"}')
CONFIG = {
    "account_id": "17",
    "login": "instagram",
    "page_id": "",
    "user_id": "9",
    "access_token": "token",
    "app_secret": "secret",
    "verify_token": "verify",
    "token_ends": "2026-02-01T00:00:00+00:00",
    "human_agent": "no",
}
BY_FACEBOOK = CONFIG | {"login": "facebook", "page_id": "1"}


def sent(text: str = "ciao", config: dict[str, str] = CONFIG, **around: Any) -> Call:
    envelope = Envelope("dlv_1", NOON, **around)
    _, [call] = over(instagram.say(ADA, Text(text), config, envelope), TAKEN)
    return call


def test_each_login_has_its_host_and_its_sender() -> None:
    assert sent().url == "https://graph.instagram.com/v25.0/17/messages"
    by_page = sent(config=BY_FACEBOOK).url
    assert by_page.startswith("https://graph.facebook.com/v25.0/1/messages?appsecret_proof=")


def test_a_message_carries_nothing_that_instagram_does_not_know() -> None:
    assert sent().json == {
        "recipient": {"id": "55"},
        "messaging_type": "RESPONSE",
        "message": {"text": "ciao"},
    }


@pytest.mark.parametrize(
    ("answers", "where", "form"),
    [
        ("179", "179/replies", {"message": "ciao"}),
        ("", "180/comments", {"message": "ciao"}),
        ("mention:7:8", "17/mentions", {"media_id": "7", "comment_id": "8", "message": "ciao"}),
        ("mention:7", "17/mentions", {"media_id": "7", "message": "ciao"}),
    ],
)
def test_in_public_it_is_a_comment(answers: str, where: str, form: dict[str, str]) -> None:
    call = sent(public=True, answers=answers, post="180")
    assert call.url == f"https://graph.instagram.com/v25.0/{where}"
    assert call.form == form


def test_a_comment_is_taken_up_in_private() -> None:
    body = sent(privately="179").json
    assert body == {"recipient": {"comment_id": "179"}, "message": {"text": "ciao"}}


def refusal(code: int, subcode: int = 0) -> Reply:
    error = {"code": code, "error_subcode": subcode, "message": "no", "type": "IGApiException"}
    return Reply(400, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    ("code", "subcode", "reason"),
    [
        (10, 2534022, Reason.WINDOW_CLOSED),
        (100, 2534014, Reason.UNREACHABLE),
        (2534111, 0, Reason.UNREACHABLE),
        (10900, 0, Reason.REFUSED),
        (10, 2534048, Reason.REFUSED),
        (2534122, 0, Reason.REFUSED),
        (100, 33, Reason.OTHER),
        (24, 2207006, Reason.OTHER),
    ],
)
def test_a_refusal_has_its_reason(code: int, subcode: int, reason: Reason) -> None:
    with pytest.raises(Failed) as failed:
        over(
            instagram.say(ADA, Text("ciao"), CONFIG, Envelope("dlv_1", NOON)),
            refusal(code, subcode),
        )
    assert failed.value.reason is reason


def test_comments_are_hidden_and_deleted_but_not_liked() -> None:
    _, [hidden] = over(instagram.moderate(Moderation.HIDE, "179", CONFIG), Reply(200, b"{}"))
    assert (hidden.method, hidden.form) == ("POST", {"hide": "true"})
    _, [gone] = over(instagram.moderate(Moderation.DELETE, "179", CONFIG), Reply(200, b"{}"))
    assert gone.method == "DELETE"
    with pytest.raises(Failed):
        over(instagram.moderate(Moderation.LIKE, "179", CONFIG))


def test_a_key_is_exchanged_before_it_ends() -> None:
    assert instagram.due(CONFIG) == datetime(2026, 2, 1, tzinfo=UTC)
    assert instagram.due(BY_FACEBOOK) is None
    fresh = Reply(200, b'{"access_token":"new","token_type":"bearer","expires_in":5183944}')
    changed, [call] = over(instagram.renew(CONFIG, at=NOON), fresh)
    assert "token}" in call.url and "access_token=token" in call.address
    ends = NOON + timedelta(seconds=5183944)
    assert changed == {"access_token": "new", "token_ends": ends.isoformat()}


def test_a_key_that_is_dead_needs_a_person() -> None:
    with pytest.raises(Failed):
        over(instagram.renew(CONFIG, at=NOON), refusal(190, 463), refusal(190, 463))


def test_a_key_younger_than_a_day_waits_for_its_day() -> None:
    alive = Reply(200, b'{"id":"17","username":"brezza"}')
    with pytest.raises(Later) as told:
        over(instagram.renew(CONFIG, at=NOON), refusal(100), alive)
    assert told.value.after == timedelta(days=1)


def test_after_an_outage_the_missed_words_are_read_as_if_they_were_told() -> None:
    message = {
        "id": "aW_7",
        "created_time": "2026-01-02T11:00:00+0000",
        "from": {"id": "55", "username": "ada"},
        "to": {"data": [{"id": "17"}]},
        "message": "Persa",
        "attachments": {
            "data": [{"mime_type": "image/jpeg", "image_data": {"url": "https://x/a"}}]
        },
    }
    conversation = {
        "updated_time": "2026-01-02T11:00:00+0000",
        "messages": {"data": [message, message | {"id": "aW_0", "created_time": "2026-01-01"}]},
    }
    page = Reply(200, json.dumps({"data": [conversation]}).encode())
    fed, [asked] = over(instagram.feed(CONFIG, "2026-01-02T10:00:00+00:00", at=NOON), page)
    assert "platform=instagram" in asked.url
    [request] = fed.requests
    settings = {"account_id": "17"}
    [fact] = instagram.parse(Request(request.body, NOON, settings=settings))
    assert isinstance(fact, Said)
    assert (fact.id, fact.by.value, fact.by.name) == ("aW_7", "55", "ada")
    assert fact.parts == (Text("Persa"), Media("image/jpeg", "https://x/a"))


def test_a_comment_that_is_too_old_for_a_private_answer_stops_no_channel() -> None:
    envelope = Envelope("dlv_1", NOON, privately="179")
    with pytest.raises(Failed) as failed:
        over(instagram.say(ADA, Text("ciao"), CONFIG, envelope), refusal(10))
    assert failed.value.scope is Scope.MESSAGE


def test_each_login_subscribes_what_it_knows() -> None:
    none, fine = Reply(200, b'{"data":[]}'), Reply(200, b'{"success":"true"}')
    _, [_, own] = over(instagram.register(CONFIG, hook=""), none, fine)
    _, [_, page] = over(instagram.register(BY_FACEBOOK, hook=""), none, fine)
    assert own.form and "comments" in own.form["subscribed_fields"]
    assert page.form and "comments" not in page.form["subscribed_fields"]


def heard(**entry: Any) -> list[Fact]:
    body = json.dumps({"object": "instagram", "entry": [{"id": "17", "time": 1, **entry}]})
    settings = {"account_id": "17", "user_id": "9"}
    return list(instagram.parse(Request(body.encode(), NOON, settings=settings)))


def test_what_they_saw_last_they_saw_with_all_before_it() -> None:
    told = {"sender": {"id": "55"}, "recipient": {"id": "17"}, "timestamp": 1790000000001}
    facts = heard(messaging=[told | {"read": {"mid": "aW_9"}}])
    assert [(fact.message, bool(fact.by)) for fact in facts if isinstance(fact, Reported)] == [
        ("aW_9", False),
        ("", True),
    ]


def test_a_comment_without_words_is_a_comment() -> None:
    ad = {"id": "180", "media_product_type": "AD", "ad_title": "Olbia", "original_media_id": "18"}
    value = {"id": "179", "from": {"id": "55"}, "media": ad}
    [fact] = heard(field="comments", value=value)
    assert isinstance(fact, Said)
    assert (fact.id, fact.context, fact.post and fact.post.id) == ("179", {"ad": "Olbia"}, "18")


def test_a_receipt_names_the_message() -> None:
    envelope = Envelope("dlv_1", NOON)
    assert over(instagram.say(ADA, Text("ciao"), CONFIG, envelope), TAKEN)[0] == Receipt("aW_1")
