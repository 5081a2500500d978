"""The emulated peer of the `http` connector, over real loopback HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from filo.channels import registry
from filo.channels.contract import Doubtful, Failed, Handle, Later, Receipt, Said, Text
from filo.emulators.tests.town import Town, http_town
from filo.emulators.world import Number, Peer, World

EVENTS = "/play/http/shop/events"
BOB = Handle("http:chn_1", "bob")
http = registry.connector("http")


def in_town(test: Any) -> None:
    async def run() -> None:
        async with http_town() as town:
            await test(town)

    asyncio.run(run())


async def parcels(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await town.web.get("/play/http/shop/deliveries")).json()[
        "deliveries"
    ]
    return found


def test_a_peer_speaks_and_is_answered() -> None:
    async def test(town: Town) -> None:
        event = {
            "type": "said",
            "id": "m1",
            "at": datetime.now(UTC).isoformat(),
            "from": {"id": "bob"},
            "parts": [{"type": "text", "text": "ciao"}],
        }
        assert (await town.play(EVENTS, events=[event]))["hook"] == 200
        [fact] = town.hook.facts
        assert isinstance(fact, Said)

        receipt = await town.say(Text("eccoci"), to=BOB)
        [parcel] = await parcels(town)
        assert parcel["id"] == receipt.id
        assert parcel["body"]["part"] == {"type": "text", "text": "eccoci"}

    in_town(test)


def test_a_repeat_is_dropped_by_its_id() -> None:
    async def test(town: Town) -> None:
        first, again = await town.say(Text("uno"), to=BOB), await town.say(Text("uno"), to=BOB)
        other = await town.say(Text("due"), to=BOB, ref="dlv_2")
        assert first == again != other
        assert [each["arrivals"] for each in await parcels(town)] == [2, 1]

    in_town(test)


@pytest.mark.parametrize(
    ("wish", "verdict", "arrived"),
    [("lose", Doubtful, 1), ("hang", Doubtful, 0), ("429:7", Later, 0), ("500", Later, 0)],
)
def test_a_peer_misbehaves_on_demand(wish: str, verdict: type[Exception], arrived: int) -> None:
    async def test(town: Town) -> None:
        await town.play("/control/http/shop/next", next=[wish])
        with pytest.raises(verdict):
            await town.say(Text("ciao"), to=BOB)
        assert len(await parcels(town)) == arrived

    in_town(test)


def test_a_lost_answer_can_be_looked_up() -> None:
    async def test(town: Town) -> None:
        asked: dict[str, Any] = {"config": town.hook.config, "channel": "c", "connector": http}
        assert await town.carrier.look_up("dlv_1", **asked) is None
        await town.play("/control/http/shop/next", next=["lose"])
        with pytest.raises(Doubtful):
            await town.say(Text("ciao"), to=BOB)
        [parcel] = await parcels(town)
        assert await town.carrier.look_up("dlv_1", **asked) == Receipt(parcel["id"])

    in_town(test)


def test_another_secret_is_refused_and_counted() -> None:
    async def test(town: Town) -> None:
        town.hook.config["secret"] = "whsec_b3RoZXI="
        with pytest.raises(Failed):
            await town.say(Text("ciao"), to=BOB)
        assert (await town.web.get("/play/http/shop/deliveries")).json()["forged"] == 1

    in_town(test)


def test_a_restart_forgets_no_registration(tmp_path: Path) -> None:
    file = tmp_path / "emulators.json"
    world = World(file)
    world.numbers["1"] = Number("1", "token", "secret")
    world.peers["shop"] = Peer("shop", "secret")
    world.person("39333", name="Ada")

    again = World(file)

    assert (again.numbers, again.people) == (world.numbers, world.people)
    assert list(again.peers) == ["shop"]
    assert file.stat().st_mode & 0o077 == 0
