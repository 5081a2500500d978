from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from filo.channels.contract import (
    Blob,
    Call,
    Doubtful,
    Envelope,
    Failed,
    Handle,
    Later,
    Media,
    Moderation,
    Reason,
    Receipt,
    Reply,
    Request,
    Said,
    Scope,
    Text,
)
from filo.channels.fitting import fit
from filo.connectors.facebook_page.connector import connector as page
from tests.connectors.talking import over

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
ADA = Handle("facebook:1", "4", "Ada")
CONFIG = {
    "page_id": "1",
    "access_token": "token",
    "app_secret": "secret",
    "verify_token": "verify",
    "api_base": "",
}
SETTINGS = {"page_id": "1"}
MADE = Reply(200, b'{"id":"2_9"}')


def path(call: Call) -> str:
    return call.url.partition("?")[0].removeprefix("https://graph.facebook.com/v25.0/")


def public(**more: Any) -> Envelope:
    return Envelope("dlv_1", NOON, public=True, post="1_2", **more)


@pytest.mark.parametrize(
    ("above", "root"),
    [(b'{"id":"2_4","parent":{"id":"2_3"}}', "2_3"), (b'{"id":"2_4"}', "2_4")],
    ids=["a reply", "a comment"],
)
def test_an_answer_stands_below_the_first_comment_of_its_branch(above: bytes, root: str) -> None:
    speech = page.say(ADA, Text("Ciao Ada"), CONFIG, public(answers="2_4"))
    receipt, [asked, said] = over(speech, Reply(200, above), MADE)
    assert receipt == Receipt("2_9")
    assert (asked.method, path(asked)) == ("GET", "2_4")
    assert (path(said), said.form) == (f"{root}/comments", {"message": "Ciao Ada"})
    assert not said.repeatable


def test_an_answer_to_nobody_stands_below_the_post_with_its_picture() -> None:
    picture = Media("image/png", attachment="att_1", caption="Ecco")
    envelope = public(files={"att_1": Blob("image/png", b"png", "p.png")})
    _, [upload, said] = over(
        page.say(ADA, picture, CONFIG, envelope), Reply(200, b'{"id":"77"}'), MADE
    )
    assert (path(upload), upload.form) == ("1/photos", {"published": "false"})
    assert path(said) == "1_2/comments"
    assert said.form == {"message": "Ecco", "attachment_id": "77"}


@pytest.mark.parametrize(("about", "name"), [("2_3", "comment_id"), ("1_2", "post_id")])
def test_a_comment_or_post_is_taken_up_in_private_by_the_inbox(about: str, name: str) -> None:
    envelope = Envelope("dlv_1", NOON, privately=about)
    taken = Reply(200, b'{"recipient_id":"7","message_id":"m_1"}')
    receipt, [call] = over(page.say(ADA, Text("Ti scriviamo qui"), CONFIG, envelope), taken)
    assert (receipt.id, path(call)) == ("m_1", "1/messages")
    assert receipt.also == (("page:1", "7"),)
    assert isinstance(call.json, dict)
    assert call.json["recipient"] == {name: about}
    assert "messaging_type" not in call.json


def refusal(code: int, subcode: int = 0) -> Reply:
    error = {"error": {"code": code, "error_subcode": subcode, "message": "no"}}
    return Reply(400, json.dumps(error).encode())


@pytest.mark.parametrize(
    ("code", "reason", "scope"),
    [
        (10900, Reason.REFUSED, Scope.MESSAGE),
        (10903, Reason.REFUSED, Scope.MESSAGE),
        (100, Reason.OTHER, Scope.MESSAGE),
        (200, Reason.REFUSED, Scope.CHANNEL),
        (190, Reason.REFUSED, Scope.CHANNEL),
    ],
)
def test_a_refusal_in_public_has_its_verdict(code: int, reason: Reason, scope: Scope) -> None:
    with pytest.raises(Failed) as failed:
        over(page.say(ADA, Text("ciao"), CONFIG, public()), refusal(code))
    assert (failed.value.reason, failed.value.scope) == (reason, scope)


@pytest.mark.parametrize("code", [368, 1390008, 1446036, 80001])
def test_spam_and_rates_stop_the_whole_page_for_a_while(code: int) -> None:
    with pytest.raises(Later) as later:
        over(page.say(ADA, Text("ciao"), CONFIG, public()), refusal(code))
    assert later.value.scope is Scope.CHANNEL


def test_a_lost_answer_leaves_doubt_for_there_is_no_key() -> None:
    with pytest.raises(Doubtful):
        over(page.say(ADA, Text("ciao"), CONFIG, public()), Reply(502, b"<html>"))


@pytest.mark.parametrize(
    ("action", "method", "where", "form"),
    [
        (Moderation.HIDE, "POST", "2_3", {"is_hidden": "true"}),
        (Moderation.UNHIDE, "POST", "2_3", {"is_hidden": "false"}),
        (Moderation.LIKE, "POST", "2_3/likes", {}),
        (Moderation.UNLIKE, "DELETE", "2_3/likes", None),
        (Moderation.DELETE, "DELETE", "2_3", None),
    ],
)
def test_strangers_words_are_hidden_liked_and_deleted(
    action: Moderation, method: str, where: str, form: dict[str, str] | None
) -> None:
    _, [call] = over(page.moderate(action, "2_3", CONFIG), Reply(200, b'{"success":true}'))
    assert (call.method, path(call), call.form) == (method, where, form)


def test_after_an_outage_the_missed_comments_are_read_as_if_they_were_told() -> None:
    def words(*data: dict[str, Any]) -> Reply:
        return Reply(200, json.dumps({"data": list(data)}).encode())

    post = {
        "id": "1_2",
        "from": {"id": "1", "name": "Filo"},
        "created_time": "2026-01-01T08:00:00+0000",
    }
    seen: dict[str, Any] = {
        "id": "2_3",
        "message": "prima",
        "created_time": "2026-01-02T09:00:00+0000",
    }
    missed = seen | {"id": "2_4", "message": "Persa", "created_time": "2026-01-02T11:00:00+0000"}
    missed |= {"from": {"id": "4", "name": "Ada"}, "parent": {"id": "2_3"}}
    fed, _ = over(
        page.feed(CONFIG, "2026-01-02T10:00:00+00:00", at=NOON),
        words(post),
        words(seen, missed),
        refusal(100, 33),  # mentions may be kept from us: the comments count all the same
    )
    [request] = fed.requests
    [fact] = page.parse(Request(request.body, NOON, settings=SETTINGS))
    assert isinstance(fact, Said)
    assert (fact.id, fact.answers, fact.by.value) == ("2_4", "2_3", "4")
    assert fact.parts == (Text("Persa"),)
    assert fed.cursor == NOON.isoformat()


def test_a_private_message_of_the_page_is_left_to_the_inbox() -> None:
    told = {"sender": {"id": "4"}, "timestamp": 1, "message": {"mid": "m_1", "text": "Ciao"}}
    call = {"object": "page", "entry": [{"id": "1", "time": 1, "messaging": [told]}]}

    assert page.parse(Request(json.dumps(call).encode(), NOON, settings=SETTINGS)) == []


def test_a_first_look_begins_now() -> None:
    fed, made = over(page.feed(CONFIG, "", at=NOON))
    assert (fed.requests, fed.cursor, made) == ((), NOON.isoformat(), [])


@pytest.mark.parametrize("code", [10, 200])
def test_one_comment_that_meta_denies_us_stops_no_channel(code: int) -> None:
    privately = Envelope("dlv_1", NOON, privately="2_3")
    with pytest.raises(Failed) as late:
        over(page.say(ADA, Text("ciao"), CONFIG, privately), refusal(code))
    with pytest.raises(Failed) as unhidden:
        over(page.moderate(Moderation.HIDE, "2_3", CONFIG), refusal(code))
    assert late.value.scope is unhidden.value.scope is Scope.MESSAGE


def test_a_second_attempt_looks_first_whether_its_words_stand_there() -> None:
    def below(by: str) -> Reply:
        found = {"id": "2_9", "message": "Ciao Ada", "from": {"id": by, "name": "x"}}
        return Reply(200, json.dumps({"data": [found]}).encode())

    above, again = Reply(200, b'{"id":"2_4"}'), public(answers="2_4", attempt=2)
    receipt, made = over(page.say(ADA, Text("Ciao Ada"), CONFIG, again), above, below("1"))
    assert (receipt.id, [call.method for call in made]) == ("2_9", ["GET", "GET"])
    other = Reply(200, b'{"id":"2_10"}')
    receipt, _ = over(page.say(ADA, Text("Ciao Ada"), CONFIG, again), above, below("5"), other)
    assert receipt.id == "2_10"


def test_a_question_that_got_no_answer_leaves_no_doubt_for_nothing_was_said() -> None:
    with pytest.raises(Later):
        over(page.say(ADA, Text("ciao"), CONFIG, public(answers="2_4")), Reply(502, b"<html>"))


def test_a_channel_that_registers_takes_nothing_from_the_other_of_its_page() -> None:
    held = b'{"data":[{"id":"123","subscribed_fields":["messages","feed"]}]}'
    _, [_, asked] = over(
        page.register(CONFIG, hook=""), Reply(200, held), Reply(200, b'{"success":"true"}')
    )
    assert asked.form == {"subscribed_fields": "messages,feed,mention,ratings"}


def test_all_that_is_said_in_private_to_a_comment_is_one_message_within_the_inboxes_length() -> (
    None
):
    can = page.adapt(CONFIG).can.taken_up
    assert can and can.text == 2000
    picture = Media("image/png", "https://x.example/p.png", "Ecco")
    [whole] = fit([Text("Ciao Ada"), picture], can).parts
    envelope = Envelope("dlv_1", NOON, privately="2_3")
    _, [call] = over(page.say(ADA, whole, CONFIG, envelope), MADE)
    assert isinstance(call.json, dict)
    assert call.json["message"]["text"] == "Ciao Ada\nhttps://x.example/p.png\nEcco"


def test_who_was_not_named_may_be_told_by_their_words() -> None:
    nobody = Handle("facebook:1:word", "2_3")
    named = Reply(200, b'{"id":"2_3","from":{"id":"4","name":"Ada Conti"}}')
    profile, [call] = over(page.introduce(nobody, CONFIG), named)
    assert (profile.name, path(call)) == ("Ada Conti", "2_3")
    assert over(page.introduce(nobody, CONFIG), refusal(100, 33))[0].name == ""
