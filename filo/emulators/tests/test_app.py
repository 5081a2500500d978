"""The three services that wake phones, against our connector and carrier, over loopback HTTP."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from filo.channels import registry
from filo.channels.contract import Device, Failed, Later, Notice, Pushes, Scope
from filo.emulators.players.app.browsers import opened
from filo.emulators.players.app.phone import Phone, phone
from filo.emulators.tests.town import Town, account_town

KIND = "app"


def pem(key: Any) -> str:
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key.private_bytes(*form).decode()  # type: ignore[no-any-return]


ROBOT = {
    "project_id": "brezza",
    "client_email": "push@brezza.example",
    "private_key": pem(rsa.generate_private_key(65537, 2048)),
    "private_key_id": "k1",
}
CONFIG = {
    "name": "Brezza",
    "push_secret": "secret",
    "contact": "mailto:care@brezza.example",
    "apns_key": pem(ec.generate_private_key(ec.SECP256R1())),
    "apns_key_id": "KEY1",
    "apns_team": "TEAM1",
    "apns_topic": "example.brezza.app",
    "fcm_account": json.dumps(ROBOT),
}
NOTICE = Notice("Brezza", "Hai una risposta", url="app://messages", tag="chn_1", about="msg_7")
app = registry.connector(KIND)
EVERY = pytest.mark.parametrize("platform", ["apns", "fcm", "web"])


def in_town(test: Any, platform: str) -> None:
    async def run() -> None:
        options = {"platform": platform}
        async with account_town(KIND, "brezza", CONFIG, options=options) as town:
            account = town.world.accounts.of(KIND)["brezza"]
            ada = phone(town.world, account, "ada")
            ada.enrolled = True
            await test(town, ada)

    asyncio.run(run())


async def push(town: Town, ada: Phone, notice: Notice = NOTICE, **changed: str) -> None:
    assert isinstance(app, Pushes)
    config = town.hook.config | changed
    told = ada.device
    device = Device(told["platform"], told["address"], told.get("keys", {}))
    question = app.push(device, notice, config, at=datetime.now(UTC))
    await town.carrier.ask(question, config=config, channel="chn_1", connector=app)


async def refused(town: Town, ada: Phone, **changed: str) -> Failed | Later:
    with pytest.raises((Failed, Later)) as told:
        await push(town, ada, NOTICE, **changed)
    assert isinstance(told.value, Failed | Later)
    return told.value


@EVERY
def test_a_notice_wakes_the_phone_and_holds_an_id_alone(platform: str) -> None:
    async def test(town: Town, ada: Phone) -> None:
        await push(town, ada)
        await push(town, ada)  # a newer one of the same tag takes its place
        [notice] = ada.notices
        assert (notice["by"], notice["title"], notice["text"]) == (
            platform,
            "Brezza",
            "Hai una risposta",
        )
        assert notice["payload"]["message"] == "msg_7"
        assert notice["payload"]["url"] == "app://messages"

    in_town(test, platform)


@EVERY
def test_a_phone_without_the_app_is_gone(platform: str) -> None:
    async def test(town: Town, ada: Phone) -> None:
        ada.gone = True
        verdict = await refused(town, ada)
        assert (type(verdict), verdict.scope) == (Failed, Scope.PERSON)

    in_town(test, platform)


REFUSALS: dict[str, dict[str, tuple[type[Failed | Later], Scope]]] = {
    "apns": {
        "Unregistered": (Failed, Scope.PERSON),
        "BadDeviceToken": (Failed, Scope.PERSON),
        "PayloadTooLarge": (Failed, Scope.MESSAGE),
        "ExpiredProviderToken": (Failed, Scope.CHANNEL),
        "TooManyRequests": (Later, Scope.MESSAGE),
        "ServiceUnavailable": (Later, Scope.CHANNEL),
    },
    "fcm": {
        "UNREGISTERED": (Failed, Scope.PERSON),
        "SENDER_ID_MISMATCH": (Failed, Scope.PERSON),
        "INVALID_ARGUMENT": (Failed, Scope.MESSAGE),
        "QUOTA_EXCEEDED": (Later, Scope.CHANNEL),
        "UNAVAILABLE": (Later, Scope.CHANNEL),
    },
    "web": {
        "410": (Failed, Scope.PERSON),
        "403": (Failed, Scope.PERSON),
        "413": (Failed, Scope.MESSAGE),
        "429:7": (Later, Scope.CHANNEL),
    },
}


@EVERY
def test_each_refusal_has_its_verdict(platform: str) -> None:
    async def test(town: Town, ada: Phone) -> None:
        found = {}
        for wish in REFUSALS[platform]:
            await town.play(f"/control/{KIND}/brezza/next", next=[wish])
            verdict = await refused(town, ada)
            found[wish] = (type(verdict), verdict.scope)
        assert found == REFUSALS[platform]

    in_town(test, platform)


@pytest.mark.parametrize(
    ("platform", "changed"),
    [
        ("apns", {"apns_key": pem(ec.generate_private_key(ec.SECP256R1()))}),
        ("apns", {"apns_key_id": "ANOTHER"}),
        ("apns", {"apns_team": "ANOTHER"}),
        ("fcm", {"fcm_account": json.dumps(ROBOT | {"client_email": "who@evil.example"})}),
    ],
    ids=["another key", "another kid", "another team", "another account"],
)
def test_who_cannot_prove_to_be_the_company_wakes_nobody(
    platform: str, changed: dict[str, str]
) -> None:
    async def test(town: Town, ada: Phone) -> None:
        verdict = await refused(town, ada, **changed)
        assert (type(verdict), verdict.scope) == (Failed, Scope.CHANNEL)
        assert ada.notices == []

    in_town(test, platform)


def test_apple_wants_our_topic_and_google_our_project() -> None:
    async def apple(town: Town, ada: Phone) -> None:
        assert (await refused(town, ada, apns_topic="example.other")).scope is Scope.PERSON

    in_town(apple, "apns")


def test_one_token_of_googles_serves_many_pushes_until_it_is_taken_back() -> None:
    async def test(town: Town, ada: Phone) -> None:
        account = town.world.accounts.of(KIND)["brezza"]
        for _ in range(3):
            await push(town, ada)
        assert len(account.state["tokens"]) == 1
        account.state["tokens"] = {}
        await push(town, ada)
        assert len(account.state["tokens"]) == 1

    in_town(test, "fcm")


def test_the_browsers_notice_opens_with_another_implementation_too() -> None:
    """The town opens it with its own key; so does http-ece with that same key."""

    async def test(town: Town, ada: Phone) -> None:
        assert isinstance(app, Pushes)
        told = ada.device
        device = Device("web", told["address"], told["keys"])
        body = next(app.push(device, NOTICE, CONFIG, at=datetime.now(UTC))).body or b""
        plain = http_ece.decrypt(body, private_key=ada.private, auth_secret=ada.seed[:16])
        assert opened(body, ada) == plain
        assert json.loads(plain)["message"] == "msg_7"

    in_town(test, "web")
