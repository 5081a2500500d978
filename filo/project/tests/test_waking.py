"""Devices: whose they are, what is news to them, and who is forgotten."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from filo.channels.carrier import Carrier
from filo.channels.contract import Text
from filo.channels.operations import connect
from filo.conversations import operations
from filo.conversations.types import Enrolled
from filo.core import clock
from filo.core.ids import public
from filo.emulators.tests.town import serving
from filo.emulators.web import Answer, Receive, Scope, Send, heard, tell
from filo.project.waking import wake_once
from tests.world import World

POINT = (
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
)


def bare(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


KEYS = {"p256dh": bare(POINT), "auth": bare(bytes(16))}


class Service:
    """A push service: answers what it is told to, and counts."""

    def __init__(self) -> None:
        self.status = 201
        self.calls: list[dict[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = await heard(scope, receive)
        self.calls.append(call.headers)
        await tell(send, Answer(self.status))


class Phone:
    """Ada's app: one identity of the app channel, and an answer that went to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.channel = world.act(connect, "app", "App", world.team, {"name": "Brezza"})
        self.space = f"web:{public('chn', self.channel)}"

    def enrols(self, address: str, value: str = "ada") -> None:
        told = Enrolled("web", address, KEYS)
        who: dict[str, Any] = {"channel": self.channel, "space": self.space, "value": value}
        self.world.act(operations.enrol, told, at=clock.now(), **who)

    def is_answered(self) -> None:
        """Ada has an answer and does not look: the notices ask for her devices."""
        case = self.world.writes("ada", "ciao")
        said = {"parts": [Text("eccomi")], "client_id": "c1"}
        self.world.act(operations.reply, self.world.dora, case, **said)
        self.world.connection.execute(
            "UPDATE customers_identity SET space = %s WHERE value = 'ada'", [self.space]
        )
        [(ada,)] = self.world.rows("SELECT id FROM customers_identity WHERE value = 'ada'")
        self.world.act(operations.rouse, ada)

    def newest(self) -> int:
        [(message,)] = self.world.rows(
            "SELECT max(id) FROM conversations_message WHERE direction = 'out'"
        )
        return int(str(message))

    def known(self) -> list[tuple[object, ...]]:
        return self.world.rows("SELECT value, address FROM conversations_device ORDER BY id")


@pytest.fixture
def phone(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Phone]:
    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")
    yield Phone(world)


def waking(service: Service, test: Any) -> None:
    async def run() -> None:
        async with (
            serving(service, lifespan="off") as address,
            Carrier(allow_private=True) as carrier,
        ):
            await test(address.replace("127.0.0.1", "localhost"), carrier)

    asyncio.run(run())


def test_an_answer_that_nobody_took_wakes_the_device_once(phone: Phone) -> None:
    service = Service()

    async def test(address: str, carrier: Carrier) -> None:
        phone.enrols(f"{address}/x1")
        phone.is_answered()
        assert await wake_once(carrier) == 1
        assert service.calls[0]["content-encoding"] == "aes128gcm"
        assert await wake_once(carrier) == 0
        assert len(service.calls) == 1

    waking(service, test)


def test_a_device_that_is_gone_is_forgotten(phone: Phone) -> None:
    service = Service()
    service.status = 410

    async def test(address: str, carrier: Carrier) -> None:
        phone.enrols(f"{address}/x1")
        phone.is_answered()
        assert await wake_once(carrier) == 0
        assert phone.known() == []

    waking(service, test)


def test_a_service_that_asks_for_patience_is_called_again_then(phone: Phone) -> None:
    service = Service()
    service.status = 503

    async def test(address: str, carrier: Carrier) -> None:
        phone.enrols(f"{address}/x1")
        phone.is_answered()
        assert await wake_once(carrier) == 0
        service.status = 201
        assert await wake_once(carrier) == 0  # not before its time
        assert len(service.calls) == 1
        later = clock.now() + timedelta(hours=1)
        able = {phone.channel: None}
        [due] = phone.world.act(operations.to_wake, able, at=later)
        assert due.tries == 1
        phone.world.act(operations.wake_later, due, at=later)
        assert phone.world.act(operations.to_wake, able, at=clock.now()) == []
        [again] = phone.world.act(operations.to_wake, able, at=later)
        assert again.tries == 2

    waking(service, test)


def test_a_device_that_changes_hands_belongs_to_the_new_owner(phone: Phone) -> None:
    phone.enrols("https://push.example/x1", "ada")
    phone.enrols("https://push.example/x1", "bo")
    assert phone.known() == [("bo", "https://push.example/x1")]
    who = {"channel": phone.channel, "space": phone.space}
    assert phone.world.act(operations.dismiss, "https://push.example/x1", value="ada", **who) == 0
    assert phone.world.act(operations.dismiss, "https://push.example/x1", value="bo", **who) == 1


def test_only_so_many_devices_are_kept_for_one_person(phone: Phone) -> None:
    for number in range(22):
        phone.enrols(f"https://push.example/x{number}")
    assert len(phone.known()) == 20
    assert phone.known()[-1] == ("ada", "https://push.example/x21")


def test_what_is_to_be_woken_counts_as_told_and_can_be_forgotten(phone: Phone) -> None:
    phone.enrols("https://push.example/x1")
    phone.is_answered()
    able = {phone.channel: None}
    [due] = phone.world.act(operations.to_wake, able, at=clock.now())
    assert due.about == public("msg", phone.newest())
    assert phone.world.act(operations.to_wake, able, at=clock.now()) == []
    phone.world.act(operations.forget_device, due.id)
    assert phone.known() == []
