from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from filo.channels.contract import (
    Envelope,
    Failed,
    Forged,
    Handle,
    Later,
    Media,
    Reason,
    Receipt,
    Reply,
    Reported,
    Request,
    Said,
    Scope,
    State,
    Text,
    TooBig,
    Unknown,
)
from filo.channels.kit import converse, new_secret, sign_webhook
from filo.connectors.http.connector import connector as http

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
SECRET = new_secret()
CONFIG = {"secret": SECRET, "deliver_to": "https://shop.example/filo"}
ADA = {"id": "ada", "name": "Ada", "phone": "+39 333 1234567", "email": "Ada@Example.com"}
HELLO = {
    "type": "said",
    "id": "m1",
    "at": "2026-01-02T12:00:00Z",
    "from": ADA,
    "parts": [{"type": "text", "text": "ciao"}],
}


def call(*events: object, settings: dict[str, str] | None = None) -> Request:
    body = json.dumps({"events": events}).encode()
    headers = sign_webhook(id="c1", at=NOON, body=body, secret=SECRET)
    return Request(body, NOON, headers, channel="chn_1", settings=settings or {})


def test_a_message_names_its_sender_and_what_else_is_known_of_them() -> None:
    [said] = http.parse(call(HELLO))

    also = (("phone", "+393331234567"), ("email", "ada@example.com"))
    ada = Handle("http:chn_1", "ada", "Ada", also)
    assert said == Said("m1", NOON, ada, (Text("ciao"),))


def test_the_identity_space_can_be_set() -> None:
    [said] = http.parse(call(HELLO, settings={"space": "card:brezza", "public": "true"}))
    assert isinstance(said, Said)
    assert said.by.space == "card:brezza"
    assert said.public


def test_a_report_names_our_delivery_or_their_message() -> None:
    ours = {"type": "reported", "message": "dlv_000000000001", "state": "read", "from": ADA}
    theirs = {"type": "reported", "message": "x9", "state": "failed"}

    assert http.parse(call(ours, theirs)) == [
        Reported("dlv_000000000001", State.READ, NOON, recipient="ada", ref="dlv_000000000001"),
        Reported("x9", State.FAILED, NOON, Reason.OTHER),
    ]


def test_one_bad_event_does_not_spoil_its_neighbours() -> None:
    facts = http.parse(
        call(HELLO | {"at": "noon"}, HELLO | {"id": "m2"}, {"type": "sung", "id": 3})
    )

    assert [type(fact) for fact in facts] == [Unknown, Said, Unknown]
    assert facts[0].key == "unknown:m1"


def test_a_peer_cannot_point_at_our_attachments() -> None:
    stolen = {"type": "media", "mime": "image/png", "attachment": "att_000000000001", "ref": "r"}
    [said] = http.parse(call(HELLO | {"parts": [stolen]}))
    assert isinstance(said, Said)
    assert said.parts == (Media("image/png"),)


def test_more_than_five_hundred_events_are_too_big() -> None:
    assert http.unseal(call(*[HELLO] * 500), CONFIG)
    with pytest.raises(TooBig):
        http.unseal(call(*[HELLO] * 501), CONFIG)


def test_thanks_count_the_events() -> None:
    assert http.thank(call(HELLO, HELLO)) == b'{"accepted":2}'


def test_the_turn_is_that_of_the_first_sender() -> None:
    assert http.lane(call(HELLO)) == "ada"
    assert http.lane(Request(b"not json", NOON)) == ""


def test_an_answer_goes_out_signed_and_keyed_by_its_delivery() -> None:
    now = datetime.now(UTC)
    speech = http.say(
        Handle("http:chn_1", "ada"), Text("sì"), CONFIG, Envelope("dlv_1", now, answers="m1")
    )
    sent = next(speech)

    assert sent.url == "https://shop.example/filo"
    assert sent.headers["webhook-id"] == "dlv_1"
    assert Webhook(SECRET).verify(sent.body or b"", sent.headers) == {
        "id": "dlv_1",
        "to": {"id": "ada"},
        "part": {"type": "text", "text": "sì"},
        "answers": "m1",
    }


def answer(reply: Reply, **config: str) -> Receipt:
    speech = http.say(Handle("s", "ada"), Text("ciao"), CONFIG | config, Envelope("dlv_1", NOON))
    return converse(speech, lambda call: reply)


def test_a_receipt_bears_their_id_or_else_ours() -> None:
    assert answer(Reply(201, b'{"id": "x9"}')) == Receipt("x9")
    assert answer(Reply(204)) == Receipt("dlv_1")


def test_gone_switches_the_channel_off() -> None:
    with pytest.raises(Failed) as gone:
        answer(Reply(410))
    assert gone.value.scope is Scope.CHANNEL


@pytest.mark.parametrize("config", [{"secret": ""}, {"deliver_to": ""}])
def test_a_channel_without_secret_or_address_says_nothing(config: dict[str, str]) -> None:
    with pytest.raises(Failed):
        answer(Reply(200), **config)


def test_a_channel_without_a_secret_hears_nothing() -> None:
    with pytest.raises(Forged):
        http.unseal(call(HELLO), CONFIG | {"secret": ""})


@pytest.mark.parametrize(
    ("reply", "found"), [(Reply(200, b'{"id":"x9"}'), Receipt("x9")), (Reply(404), None)]
)
def test_a_lost_answer_can_be_looked_up(reply: Reply, found: Receipt | None) -> None:
    asked: list[str] = []

    def carry(call: object) -> Reply:
        asked.append(getattr(call, "url", ""))
        return reply

    assert converse(http.look_up("dlv_1", CONFIG, at=NOON), carry) == found
    assert asked == ["https://shop.example/filo?ref=dlv_1"]


def test_a_look_up_without_an_answer_proves_nothing() -> None:
    with pytest.raises(Later):
        converse(http.look_up("dlv_1", CONFIG, at=NOON), lambda call: Reply(500))
