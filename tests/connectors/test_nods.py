"""The customer sees that we have read and that we are writing: over the emulated WhatsApp."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from filo.channels.operations import connect as connect_channel
from filo.conversations.sender import Sender
from filo.core import clock
from filo.core.events import hint
from filo.emulators.server import Emulators
from filo.emulators.tests.town import NUMBER, PHONE, serving
from filo.emulators.webhooks import envelope
from filo.emulators.world import Line, Number, Phone
from filo.emulators.world import World as Providers
from filo.intake.journal import keep
from filo.intake.types import Entry
from tests.world import World

WAMID = "wamid.IN1"
SETTINGS = {
    "phone_number_id": NUMBER,
    "waba_id": "222",
    "access_token": "token",
    "app_secret": "secret",
}


def a_customer_wrote(world: World, providers: Providers, address: str) -> tuple[int, Phone]:
    """One message by WhatsApp, on both sides; the case, and the customer's phone."""
    settings = {**SETTINGS, "api_base": address}
    channel = world.act(connect_channel, "whatsapp", "WhatsApp", world.team, settings)
    number = Number(NUMBER, "token", "secret", waba_id="222")
    providers.numbers[NUMBER] = number
    phone = providers.phone(NUMBER, providers.person(PHONE))
    phone.lines.append(Line(WAMID, False, 0, "text", {"body": "Ciao"}))
    message = {
        "from": PHONE,
        "id": WAMID,
        "timestamp": str(int(clock.now().timestamp())),
        "type": "text",
        "text": {"body": "Ciao"},
    }
    body = msgspec.json.encode(envelope(number, {"messages": [message]}))
    entry = Entry(channel=channel, lane=1, at=clock.now(), headers={}, query={}, body=body)
    with world.connection.transaction():
        keep(world.connection.cursor(), [entry])
    world.read_all()
    return int(str(world.rows("SELECT id FROM conversations_case")[0][0])), phone


Story = Callable[[World, Callable[..., Awaitable[None]], Phone], Awaitable[None]]


def play(world: World, monkeypatch: pytest.MonkeyPatch, story: Story) -> None:
    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")

    async def run() -> None:
        providers, sender = Providers(), Sender()
        async with serving(Emulators(providers), lifespan="on") as address:
            case, phone = a_customer_wrote(world, providers, address)
            work = asyncio.create_task(sender.run())

            async def beats(until: Callable[[], bool], **beat: bool) -> None:
                """The desk's heartbeat, until it was heard: the sender may still be waking."""
                async with asyncio.timeout(10):
                    while not until():
                        told = {"type": "presence", "case": case, **beat}
                        await asyncio.to_thread(world.act, hint, [told])
                        await asyncio.sleep(0.05)

            try:
                await story(world, beats, phone)
            finally:
                sender.stop()
                await work

    asyncio.run(run())


def test_looking_at_a_case_marks_it_read_but_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(_: World, beats: Callable[..., Awaitable[None]], phone: Phone) -> None:
        await beats(lambda: phone.lines[0].seen, looking=True)
        assert phone.typing_until == 0

    play(world, monkeypatch, story)


def test_writing_is_shown_but_not_the_writing_of_a_note(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(_: World, beats: Callable[..., Awaitable[None]], phone: Phone) -> None:
        await beats(lambda: phone.lines[0].seen, looking=True, typing=True, note=True)
        assert phone.typing_until == 0
        await beats(lambda: phone.typing_until > 0, looking=True, typing=True)

    play(world, monkeypatch, story)
