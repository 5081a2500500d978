from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from filo.channels.contract import (
    Envelope,
    Forged,
    Handle,
    Moved,
    Reply,
    Reported,
    Request,
    Said,
    State,
    Text,
    Unknown,
)
from filo.channels.kit import converse
from filo.connectors.webchat.connector import connector
from filo.connectors.webchat.seal import seal
from filo.core import passes

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
CHANNEL = "chn_0000000000001"
CONFIG: dict[str, str] = json.loads(
    (Path(__file__).parent / "samples" / "config.json").read_text("utf-8")
)
URL = f"https://care.brezza.example/hooks/{CHANNEL}"


def call(command: dict[str, Any], **headers: str) -> Request:
    body = json.dumps(command).encode()
    return seal(Request(body, NOON, headers, url=URL, channel=CHANNEL), CONFIG)


def token(**changed: Any) -> str:
    at = int(NOON.timestamp())
    claims = {"sub": "customer-88", "exp": at + 600, "aud": CHANNEL, **changed}
    return passes.word_for(msgspec.convert(claims, passes.Claims), key=CONFIG["jwt_secret"])


def heard(request: Request) -> Any:
    (fact,) = connector.parse(connector.unseal(request, CONFIG))
    return fact


HELLO = {"cmd": "send", "client_id": "c1", "text": "Ciao"}


def test_the_same_words_sent_again_are_the_same_fact() -> None:
    command = {**HELLO, "at": NOON.timestamp() * 1000 - 5000}
    later = msgspec.structs.replace(call(command), at=datetime(2026, 1, 2, 12, 0, 9, tzinfo=UTC))

    assert heard(call(command)) == heard(later)


def test_two_visitors_with_the_same_client_id_said_two_things() -> None:
    ada = heard(call(HELLO, visitor='{"value": "v_ada"}'))
    bea = heard(call(HELLO, visitor='{"value": "v_bea"}'))

    assert isinstance(ada, Said)
    assert ada.key != bea.key


@pytest.mark.parametrize("origin", ["https://care.brezza.example", "https://www.brezza.example"])
def test_our_panel_and_the_companys_sites_are_let_in(origin: str) -> None:
    assert isinstance(heard(call(HELLO, origin=origin)), Said)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://www.brezza.example.evil.example", "null", "https:"]
)
def test_no_other_site_is(origin: str) -> None:
    with pytest.raises(Forged):
        connector.unseal(call(HELLO, origin=origin), CONFIG)


def test_a_pass_for_another_channel_or_too_old_is_refused() -> None:
    sealed = call(HELLO)
    with pytest.raises(Forged):
        connector.unseal(msgspec.structs.replace(sealed, channel="chn_0000000000002"), CONFIG)
    with pytest.raises(Forged):
        late = datetime(2026, 1, 2, 12, 5, tzinfo=UTC)
        connector.unseal(msgspec.structs.replace(sealed, at=late), CONFIG)


def test_one_visitor_cannot_sign_for_another() -> None:
    ada, bea = call(HELLO), call(HELLO, visitor='{"value": "v_bea"}')
    mixed = ada.headers | {"authorization": bea.headers["authorization"]}
    with pytest.raises(Forged):
        connector.unseal(msgspec.structs.replace(ada, headers=mixed), CONFIG)


def test_a_pass_in_a_cookie_is_as_good_as_a_bearer() -> None:
    sealed = call(HELLO)
    word = sealed.headers["authorization"].removeprefix("Bearer ")
    name = passes.cookie(channel=CHANNEL, key=CONFIG["visitor_secret"], secure=True)
    headers = {
        "cookie": f"theme=dark; {name}={word}",
        "filo-signature": sealed.headers["filo-signature"],
    }

    assert isinstance(heard(msgspec.structs.replace(sealed, headers=headers)), Said)


def test_who_logs_in_takes_the_thread_along() -> None:
    moved = heard(call({"cmd": "identify", "jwt": token(email="Ada@Conti.example")}))

    assert isinstance(moved, Moved)
    assert (moved.old.value, moved.new.value) == ("v_ada", "customer-88")
    assert moved.new.also == (("email", "ada@conti.example"),)


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "chn_0000000000002"},
        {"exp": int(NOON.timestamp()) - 1},
        {"exp": int(NOON.timestamp()) + 7200},
        {"sub": ""},
    ],
    ids=["for another channel", "over", "for too long", "for nobody"],
)
def test_a_login_token_must_be_for_us_and_for_an_hour_at_most(changed: dict[str, Any]) -> None:
    with pytest.raises(Forged):
        connector.unseal(call({"cmd": "identify", "jwt": token(**changed)}), CONFIG)


def test_a_login_token_without_a_signature_is_refused() -> None:
    _, body, _ = token().split(".")
    unsigned = f"eyJhbGciOiJub25lIn0.{body}."
    with pytest.raises(Forged):
        connector.unseal(call({"cmd": "identify", "jwt": unsigned}), CONFIG)


def test_nobody_is_believed_who_says_himself_whom_he_is() -> None:
    proved = {"space": f"web:{CHANNEL}", "value": "customer-1"}
    forged = {"cmd": "identify", "jwt": token(), "proved": proved}

    assert heard(call(forged)).new.value == "customer-88"
    assert isinstance(heard(call({**forged, "jwt": 7})), Unknown)


def test_what_we_say_is_quoted_by_a_word_that_nobody_can_guess() -> None:
    def receipt(visitor: str) -> str:
        to = Handle(f"web:{CHANNEL}", visitor)
        speech = connector.say(to, Text("Ecco"), CONFIG, Envelope("dlv_0000000000001", NOON))
        return converse(speech, carry=lambda call: Reply(200)).id

    ref = receipt("v_ada")
    told = heard(call({"cmd": "read", "refs": [ref]}))

    assert ref.startswith("dlv_0000000000001.")
    assert ref != receipt("v_bea")
    assert told == Reported(ref, State.READ, NOON, recipient="v_ada")


def test_a_message_without_words_is_kept_as_unknown() -> None:
    assert isinstance(heard(call({"cmd": "send", "client_id": "c1", "text": "  "})), Unknown)


def test_our_thanks_carry_the_client_id_back() -> None:
    assert connector.thank(connector.unseal(call(HELLO), CONFIG)) == (
        b'{"taken":true,"client_id":"c1"}'
    )
    typing = call({"cmd": "typing"})
    assert connector.thank(connector.unseal(typing, CONFIG)) == connector.card.thanks


def test_the_plain_names_of_other_widgets_are_understood() -> None:
    told = {"cmd": "send", "client_id": "c1", "type": "text", "body": "Ciao", "reply_to": "x"}
    said = heard(call(told))
    assert (said.parts, said.answers) == ((Text("Ciao"),), "x")
    assert heard(call({"cmd": "read", "up_to": "dlv.1"})).message == "dlv.1"
