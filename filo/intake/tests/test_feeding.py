"""Feeds: asked in time, kept with their place, and after an outage asked for what was missed."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from filo.channels.contract import Call, Failed, Fed, Reason, Reply, Request, Scope
from filo.channels.operations import connect, mark, move
from filo.channels.queries import place
from filo.emulators.tests.town import account_town
from filo.intake.directory import Door, read_doors
from filo.intake.feeding import Feeding
from filo.intake.poller import watch_of
from tests.world import World

SETTINGS = {
    "location": "accounts/1/locations/2",
    "client_id": "client",
    "client_secret": "secret",
    "refresh_token": "refresh",
    "push_secret": "push",
}
LONG_AGO = timedelta(hours=26)


class Fountain:
    """The http connector, and a feed that gives two messages a page from where it stands."""

    def __init__(self, door: Door, world: World) -> None:
        self.card, self.parse, self.lane = door.card, door.connector.parse, door.connector.lane
        self.world = world
        self.asked: list[str] = []
        self.holds = 0
        self.refuses = False

    def feed(self, config: object, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
        self.asked.append(cursor)
        if self.refuses:
            raise Failed(Reason.REFUSED, "not on this plan", scope=Scope.CHANNEL)
        begin = int(cursor or self.holds)
        end = min(begin + 2, self.holds)
        requests = (self._page(begin, end, at),) if end > begin else ()
        yield from ()
        return Fed(requests, str(end), more=end < self.holds)

    def _page(self, begin: int, end: int, at: datetime) -> Request:
        events = [self.world.said(f"f{one}", "ada", f"n. {one}") for one in range(begin, end)]
        return Request(msgspec.json.encode({"events": events}), at)


@pytest.fixture
def fountain(world: World) -> Fountain:
    return Fountain(read_doors()[world.channel], world)


def feeding(world: World, fountain: Fountain, *, every: timedelta | None) -> Feeding:
    door = read_doors()[world.channel]
    card = msgspec.structs.replace(door.card, feeds_every=every)
    return Feeding(msgspec.structs.replace(door, card=card, connector=fountain))


def texts(world: World) -> list[object]:
    world.read_all()
    return [
        text
        for (text,) in world.rows("SELECT parts->0->>'text' FROM conversations_message ORDER BY id")
    ]


def gaps(world: World) -> list[dict[str, object]]:
    rows = world.rows("SELECT body FROM core_event WHERE type = 'channel_gap' ORDER BY id")
    return [body for (body,) in rows if isinstance(body, dict)]


def test_a_feed_is_read_to_its_end_and_goes_on_from_there(world: World, fountain: Fountain) -> None:
    watch = feeding(world, fountain, every=timedelta(minutes=5))
    assert isinstance(watch_of(watch.door), Feeding)
    world.act(move, world.channel, "0", ended_at=datetime.now(UTC))
    fountain.holds = 5
    watch.fetch()
    fountain.holds = 6
    watch.fetch()
    assert fountain.asked == ["0", "2", "4", "5"]
    assert texts(world) == [f"n. {one}" for one in range(6)]
    assert gaps(world) == []


def test_a_channel_that_calls_us_is_asked_only_after_a_silence(
    world: World, fountain: Fountain
) -> None:
    fountain.holds = 3
    watch = feeding(world, fountain, every=None)
    watch.fetch()
    assert texts(world) == []  # what was there before us is not ours
    assert world.ask(place, world.channel).cursor == "3"

    fountain.holds = 7
    watch.fetch()
    assert fountain.asked == [""]  # a beat costs no question
    away = datetime.now(UTC) - LONG_AGO
    world.act(move, world.channel, "3", ended_at=away)
    watch.fetch()
    assert texts(world) == [f"n. {one}" for one in range(3, 7)]
    [report] = gaps(world)
    assert (report["from"], report["messages"]) == (away.isoformat(), 4)
    watch.fetch()
    assert len(gaps(world)) == 1


def test_a_channel_that_needs_somebody_keeps_its_gap_until_it_is_mended(
    world: World, fountain: Fountain
) -> None:
    watch = feeding(world, fountain, every=None)
    world.act(move, world.channel, "0", ended_at=datetime.now(UTC) - LONG_AGO)
    fountain.holds = 1
    world.act(mark, world.channel, state="needs_you", reason="the token ended")
    watch.fetch()
    assert (fountain.asked, gaps(world)) == ([], [])
    world.act(mark, world.channel, state="ok")
    watch.fetch()
    assert texts(world) == ["n. 0"]


def test_a_gap_that_cannot_be_filled_is_told_and_the_channel_goes_on(
    world: World, fountain: Fountain
) -> None:
    watch = feeding(world, fountain, every=None)
    world.act(move, world.channel, "0", ended_at=datetime.now(UTC) - LONG_AGO)
    fountain.refuses = True
    with pytest.raises(Failed) as refused:
        watch.fetch()
    watch._refused(refused.value)
    [report] = gaps(world)
    assert report["why"] == "not on this plan"
    assert world.rows("SELECT state FROM channels_health WHERE state <> 'ok'") == []
    watch.fetch()
    assert len(gaps(world)) == 1


# --- with a provider that is really asked -----------------------------------


def test_the_house_reads_the_reviews_of_a_channel_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the running provider into the thread: token, pages, journal, cursor, one customer."""
    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")

    async def run() -> None:
        async with account_town("reviews", "brezza", SETTINGS) as town:
            settings = SETTINGS | {"api_base": town.address}
            channel = world.act(connect, "reviews", "Recensioni", world.team, settings)
            await town.act("39333", act="review", name="Anna", values={"text": "Male", "rating": 1})
            watch = Feeding(read_doors()[channel])
            await asyncio.to_thread(watch.fetch)
            await asyncio.to_thread(watch.fetch)
            assert world.ask(place, channel).cursor
            assert world.rows("SELECT count(*) FROM intake_journal") == [(1,)]
            world.read_all()
            rows = world.rows(
                "SELECT m.visibility, e.rating FROM conversations_message m"
                " JOIN conversations_exposure e ON e.message_id = m.id"
            )
            assert rows == [("public", 1)]

    asyncio.run(run())
