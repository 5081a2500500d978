"""Files that messages refer to are brought once, kept or refused with a reason, and told."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from filo.channels.carrier import Carrier
from filo.conversations import late_files
from filo.conversations.fetcher_loop import Fetcher
from filo.core import clock, media
from filo.core.db import connect
from tests.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def a_store_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILO_MEDIA_ROOT", str(tmp_path))
    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(file, "JPEG")
    return file.getvalue()


def found(body: bytes, mime: str = "image/jpeg") -> bytes:
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    ).encode() + body


@asynccontextmanager
async def serving(answer: bytes) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/photo.jpg"


def sends(world: World, url: str, *, mime: str = "image/jpeg", name: str = "photo.jpg") -> int:
    """Ada sends a file by reference; the number of its row."""
    said = world.said("m-file", "ada", "")
    said["parts"] = [{"type": "media", "mime": mime, "url": url, "name": name}]
    world.events(said)
    world.read_all()
    return int(str(world.rows("SELECT max(id) FROM conversations_attachment")[0][0]))


def state(world: World) -> tuple[object, ...]:
    return world.rows("SELECT state, reason FROM conversations_attachment")[0]


def nothing(_: int) -> bytes:
    raise LookupError


async def gone(world: World, session: str) -> None:
    """PostgreSQL frees a session's locks when it has noticed its end."""
    async with asyncio.timeout(5):
        while (session,) in world.rows("SELECT application_name FROM pg_stat_activity"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def bring(
    world: World, *, at: datetime | None = None, raw_of: Callable[[int], bytes] = nothing
) -> int:
    with connect(name="test worker") as session:
        async with Carrier(allow_private=True) as carrier:
            return await Fetcher(session, carrier, raw_of, now=lambda: at or clock.now()).run_once()


async def test_a_photo_is_brought_kept_and_told(world: World) -> None:
    async with serving(found(photo())) as url:
        sends(world, url)
        assert await bring(world) == 1

    [(mime, width, height, sha256)] = world.rows(
        "SELECT mime, width, height, sha256 FROM conversations_attachment"
    )
    assert state(world) == ("ready", "")
    assert (mime, width, height) == ("image/jpeg", 60, 40)
    assert Image.open(io.BytesIO(media.read(str(sha256)))).size == (60, 40)
    told = world.rows("SELECT body FROM core_event WHERE type = 'attachment_ready'")
    assert len(told) == 1


async def test_what_was_brought_is_not_brought_again(world: World) -> None:
    async with serving(found(photo())) as url:
        sends(world, url)
        await bring(world)

        assert await bring(world) == 0


@pytest.mark.parametrize(
    ("answer", "name", "code"),
    [
        (found(b"MZ\x90\x00" + b"\0" * 99), "photo.jpg", "type"),
        (found(photo()[:200]), "photo.jpg", "broken"),
        (found(b"x", "application/x-msdownload"), "setup.exe", "type"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", "photo.jpg", "too_big"),
    ],
)
async def test_a_file_we_do_not_keep_says_why(
    world: World, answer: bytes, name: str, code: str
) -> None:
    async with serving(answer) as url:
        sends(world, url, name=name)
        await bring(world)

    assert state(world) == ("refused", code)
    assert world.rows("SELECT 1 FROM core_event WHERE type = 'attachment_refused'")


async def test_threat_19_an_address_inside_is_refused_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sends(world, "http://169.254.169.254/latest/meta-data/")

    await bring(world)

    assert state(world) == ("refused", "forbidden")


async def test_a_server_that_is_down_is_asked_again_and_again_and_then_no_more(
    world: World,
) -> None:
    sends(world, "http://127.0.0.1:9/photo.jpg")
    at, tries = clock.now(), 0

    while state(world)[0] == "pending":
        assert await bring(world, at=at) == 1
        assert await bring(world, at=at) == 0
        tries, at = tries + 1, at + timedelta(hours=3)

    assert state(world) == ("refused", "gone")
    assert tries == len(late_files.PAUSES) + 1


async def test_a_file_that_came_back_is_brought_on_the_next_try(world: World) -> None:
    async with serving(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n") as url:
        number = sends(world, url)
        await bring(world)
    assert state(world)[0] == "pending"

    async with serving(found(photo())) as url:
        world.connection.execute(
            "UPDATE conversations_attachment SET ref = %s WHERE id = %s", [url, number]
        )
        await bring(world, at=clock.now() + timedelta(minutes=1))

    assert state(world)[0] == "ready"


async def test_regression_14_a_dead_workers_file_is_free_at_once_and_a_slow_ones_is_not(
    world: World,
) -> None:
    sends(world, "http://127.0.0.1:9/photo.jpg")
    slow, other = connect(name="slow"), connect(name="other")
    with other:
        [mine] = late_files.take(slow.cursor(), most=5, at=clock.now())
        later = clock.now() + timedelta(days=1)
        assert late_files.take(other.cursor(), most=5, at=later) == []

        slow.close()
        await gone(world, "slow")

        [theirs] = late_files.take(other.cursor(), most=5, at=clock.now())
    assert (theirs.id, theirs.tries) == (mine.id, 2)


async def test_a_file_erased_meanwhile_is_told_to_nobody(world: World) -> None:
    number = sends(world, "http://127.0.0.1:9/photo.jpg")
    with connect(name="worker") as session:
        [wanted] = late_files.take(session.cursor(), most=1, at=clock.now())
        world.connection.execute("DELETE FROM conversations_attachment WHERE id = %s", [number])

        late_files.refuse(session.cursor(), wanted, code="gone")

    assert world.rows("SELECT 1 FROM core_event WHERE type LIKE 'attachment%'") == []
