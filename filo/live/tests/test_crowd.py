"""Who is quiet, and who does not take what we send."""

from __future__ import annotations

import asyncio

from filo.live.books import Books
from filo.live.crowd import BEAT, SLOWEST, Crowd, Desk
from filo.live.cursor import Position
from filo.live.door import Message
from filo.live.pouring import Ends, Pour
from filo.live.tail import Tail
from filo.staff.types import Scope

DORA = Scope(staff=1, name="Dora", email="", role="agent", teams=(1,))


async def forever(*_: object) -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def let_go_on(listener: Desk, wanted: int) -> None:
    async with asyncio.timeout(5):
        while (listener.pouring is not None) != bool(wanted):  # noqa: ASYNC110 -- nobody signals it
            await asyncio.sleep(0)


def test_a_browser_that_takes_nothing_is_let_go() -> None:
    async def story() -> None:
        crowd, listener = Crowd(), Desk(Position(0, 0), DORA)
        crowd.join(listener)
        ends = Ends(lambda *_: [], forever, forever, forever)  # type: ignore[arg-type]
        stuck = asyncio.create_task(Pour(Tail(Books()), listener, ends).run([b"a word"]))
        await let_go_on(listener, 1)
        listener.sending_since = asyncio.get_running_loop().time()

        crowd.look_around(at=listener.sending_since + SLOWEST - 1)
        assert not listener.too_slow
        crowd.look_around(at=listener.sending_since + SLOWEST + 1)

        await asyncio.wait_for(stuck, 5)
        assert listener.too_slow

    asyncio.run(story())


def test_a_quiet_stream_gets_a_beat_and_a_busy_one_none() -> None:
    listener = Desk(Position(0, 0), DORA)
    listener.told_at = 100.0

    listener.look_at(at=100.0 + BEAT - 1)
    assert listener.waiting.empty()
    listener.look_at(at=100.0 + BEAT + 1)
    listener.look_at(at=100.0 + BEAT + 2)

    assert listener.waiting.qsize() == 1
    assert listener.waiting.get_nowait() == b""
