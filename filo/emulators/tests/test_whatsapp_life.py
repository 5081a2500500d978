"""WhatsApp's set-up against Meta as we play it: which hop holds, and what the button mends."""

from __future__ import annotations

import asyncio
from typing import Any

from filo.channels import registry
from filo.channels.contract import Checks, Hop, Registers
from filo.emulators.tests.town import NUMBER, Town, whatsapp_town

whatsapp = registry.connector("whatsapp")


async def checked(town: Town, **changed: str) -> tuple[Hop, ...]:
    assert isinstance(whatsapp, Checks)
    config = {**town.hook.config, **changed}
    return await town.carrier.ask(
        whatsapp.check(config, hook=""), config=config, channel="chn_1", connector=whatsapp
    )


def in_town(test: Any) -> None:
    async def run() -> None:
        async with whatsapp_town() as town:
            await test(town)

    asyncio.run(run())


def test_a_wrong_token_and_a_wrong_number_are_told_apart() -> None:
    async def test(town: Town) -> None:
        (token,) = await checked(town, access_token="gone")
        (number,) = await checked(town, phone_number_id="404")

        assert not token.ok and "token" in token.mend
        assert not number.ok and "phone number ID" in number.mend

    in_town(test)


def test_the_button_subscribes_an_account_of_which_nothing_is_told() -> None:
    async def test(town: Town) -> None:
        assert isinstance(whatsapp, Registers)
        town.world.numbers[NUMBER].subscribed = False
        assert [hop.ok for hop in await checked(town)] == [True, False]

        config = town.hook.config
        await town.carrier.ask(
            whatsapp.register(config, hook=""), config=config, channel="chn_1", connector=whatsapp
        )

        assert [hop.ok for hop in await checked(town)] == [True, True]

    in_town(test)
