"""Pushes: sealed for one browser, signed as ours, and what the three services answer."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from filo.channels.contract import Call, Device, Failed, Later, Notice, Reply, Scope
from filo.channels.kit import converse
from filo.connectors.app.connector import connector
from filo.connectors.app.webpush import MOST, sealed
from filo.core import clock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BROWSER = ec.generate_private_key(ec.SECP256R1())
AUTH = bytes(range(16))


def bare(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def pem(key: Any) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()  # type: ignore[no-any-return]


POINT = BROWSER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
WEB = Device("web", "https://push.example/x1", {"p256dh": bare(POINT), "auth": bare(AUTH)})
APPLE, ROBOT = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
ACCOUNT = {
    "project_id": "brezza",
    "client_email": "push@brezza.example",
    "private_key": pem(ROBOT),
    "private_key_id": "k1",
}
CONFIG = {
    "push_secret": "secret",
    "contact": "mailto:care@brezza.example",
    "apns_key": pem(APPLE),
    "apns_key_id": "KEY1",
    "apns_team": "TEAM1",
    "apns_topic": "example.brezza.app",
    "fcm_account": json.dumps(ACCOUNT),
}
NOTICE = Notice("Brezza", "Hai una risposta", url="app://messages", tag="chn_1")


class Service:
    """Answers each call in turn, and remembers them."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        return self.replies.pop(0)


def push(device: Device, *replies: Reply, notice: Notice = NOTICE) -> Service:
    service = Service(*replies)
    converse(connector.push(device, notice, CONFIG, at=NOON), service)
    return service


# --- web ----------------------------------------------------------------------


@pytest.mark.parametrize("plain", [b"", b"ciao", "perché".encode(), b"x" * MOST])
def test_another_hand_opens_what_we_seal(plain: bytes) -> None:
    """http-ece is the independent implementation of RFC 8188 and 8291."""
    box = sealed(plain, WEB)
    assert len(box) <= 4096
    told = http_ece.decrypt(box, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm")
    assert told == plain


def test_the_example_of_rfc_8291_comes_out_to_the_letter() -> None:
    def number(text: str) -> ec.EllipticCurvePrivateKey:
        value = int.from_bytes(base64.urlsafe_b64decode(text + "=="))
        return ec.derive_private_key(value, ec.SECP256R1())

    theirs = (
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )
    box = sealed(
        b"When I grow up, I want to be a watermelon",
        Device("web", "", {"p256dh": theirs, "auth": "BTBZMqHH6r4Tts7J_aSIgg"}),
        ours=number("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        salt=base64.urlsafe_b64decode("DGv6ra1nlYgDCS1FRnbzlw=="),
    )
    assert bare(box) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_push_says_who_sends_it_and_names_no_endpoint_in_its_address() -> None:
    [call] = push(WEB, Reply(201)).calls
    assert call.address == WEB.address
    assert "push.example" not in repr(call)
    word, _, key = call.headers["authorization"].removeprefix("vapid t=").partition(", k=")
    assert key == connector.push_key(CONFIG)
    point = base64.urlsafe_b64decode(key + "=")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(
        word, public, ["ES256"], audience="https://push.example", options={"verify_exp": False}
    )
    assert claims["sub"] == "mailto:care@brezza.example"
    assert claims["exp"] - NOON.timestamp() <= timedelta(hours=24).total_seconds()
    assert len(call.headers["topic"]) <= 32
    told = http_ece.decrypt(call.body, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm")
    assert json.loads(told)["title"] == "Brezza"


def test_the_key_of_a_channel_stays_the_same_and_another_secret_is_another_key() -> None:
    assert connector.push_key(CONFIG) == connector.push_key(dict(CONFIG))
    assert connector.push_key(CONFIG) != connector.push_key(CONFIG | {"push_secret": "new"})


@pytest.mark.parametrize("status", [404, 410, 401, 403])
def test_a_browser_that_is_gone_is_told(status: int) -> None:
    with pytest.raises(Failed) as told:
        push(WEB, Reply(status))
    assert told.value.scope is Scope.PERSON


@pytest.mark.parametrize(
    "device",
    [
        Device("web", "http://push.example/x1", WEB.keys),
        Device("web", "https://push.example/x1", {"p256dh": "AAAA", "auth": bare(AUTH)}),
        Device("web", "https://push.example/x1", {"p256dh": bare(POINT), "auth": "AA"}),
        Device("pager", "1"),
    ],
)
def test_a_device_that_cannot_be_woken_is_no_reason_to_call_anybody(device: Device) -> None:
    with pytest.raises(Failed) as told:
        push(device)
    assert told.value.scope is Scope.PERSON


# --- Apple and Google -----------------------------------------------------------


def test_apple_is_asked_over_http2_with_a_token_that_lasts() -> None:
    device = Device("apns", "a1b2")
    calls = [push(device, Reply(200)).calls[0] for _ in range(2)]
    assert calls[0].http2
    assert calls[0].address == "https://api.push.apple.com/3/device/a1b2"
    assert "a1b2" not in repr(calls[0])
    assert calls[0].headers["authorization"] == calls[1].headers["authorization"]
    word = calls[0].headers["authorization"].removeprefix("bearer ")
    claims = jwt.decode(word, APPLE.public_key(), ["ES256"], options={"verify_iat": False})
    assert (claims["iss"], jwt.get_unverified_header(word)["kid"]) == ("TEAM1", "KEY1")


@pytest.mark.parametrize(
    ("reply", "verdict", "scope"),
    [
        (Reply(410, b'{"reason":"Unregistered"}'), Failed, Scope.PERSON),
        (Reply(400, b'{"reason":"BadDeviceToken"}'), Failed, Scope.PERSON),
        (Reply(400, b'{"reason":"PayloadEmpty"}'), Failed, Scope.MESSAGE),
        (Reply(403, b'{"reason":"InvalidProviderToken"}'), Failed, Scope.CHANNEL),
        (Reply(429, b'{"reason":"TooManyRequests"}'), Later, Scope.MESSAGE),
        (Reply(503, b"{}"), Later, Scope.CHANNEL),
    ],
)
def test_apples_answers_have_their_verdicts(
    reply: Reply, verdict: type[Failed | Later], scope: Scope
) -> None:
    with pytest.raises(verdict) as told:
        push(Device("apns", "a1b2"), reply)
    assert isinstance(told.value, Failed | Later)
    assert told.value.scope is scope


def test_google_is_asked_for_a_token_first() -> None:
    access = Reply(200, b'{"access_token":"ya29"}')
    service = push(Device("fcm", "reg1"), access, Reply(200, b'{"name":"projects/x"}'))
    form = service.calls[0].form
    assert form is not None
    claims = jwt.decode(
        form["assertion"],
        ROBOT.public_key(),
        ["RS256"],
        audience="https://oauth2.googleapis.com/token",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["iss"] == "push@brezza.example"
    assert service.calls[1].url.endswith("/v1/projects/brezza/messages:send")
    sent: Any = service.calls[1].json
    assert sent["message"]["token"] == "reg1"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b"{}"),
        Reply(400, b'{"error":{"status":"X","details":[{},{"errorCode":"UNREGISTERED"}]}}'),
        Reply(403, b'{"error":{"details":[{"errorCode":"SENDER_ID_MISMATCH"}]}}'),
    ],
)
def test_a_phone_that_google_does_not_know_is_gone(reply: Reply) -> None:
    with pytest.raises(Failed) as told:
        push(Device("fcm", "reg1"), Reply(200, b'{"access_token":"ya29"}'), reply)
    assert told.value.scope is Scope.PERSON


# --- the check ------------------------------------------------------------------


def hops(*replies: Reply, **changed: str) -> list[bool]:
    with clock.standing_at(NOON):
        found = converse(connector.check({**CONFIG, **changed}, hook=""), Service(*replies))
    return [hop.ok for hop in found]


def test_a_push_to_nobody_tells_whether_the_keys_hold() -> None:
    unknown = Reply(400, b'{"reason":"BadDeviceToken"}')
    token = Reply(200, b'{"access_token":"t"}')

    assert hops(unknown, token) == [True, True, True]
    assert hops(Reply(403, b'{"reason":"InvalidProviderToken"}'), token) == [True, False, True]
    assert hops(unknown, Reply(400, b"invalid_grant")) == [True, True, False]
    assert hops(apns_key="", fcm_account="") == [True]
    assert hops(token, apns_key="no key") == [True, False, True]
