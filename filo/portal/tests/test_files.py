"""The files door: what a signed link shows, what a ticket lets in, and what neither does."""

from __future__ import annotations

import asyncio
import io
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image

from filo.conversations import operations, queries
from filo.core import clock, media, vault
from filo.core.db import connect
from filo.core.ids import public
from filo.portal.files import Files

pytestmark = pytest.mark.anyio
ORIGIN = "http://files.example"
PIECE = 64 * 1024
READER = "staff:7"
ADA = queries.of_visitor("web:chn_1", "ada")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def a_store_of_its_own(shared_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", shared_db)
    monkeypatch.setenv("FILO_MEDIA_ROOT", str(tmp_path))
    monkeypatch.setenv("FILO_FILES_ORIGIN", ORIGIN)
    with connect(name="test") as connection:
        connection.execute("DELETE FROM conversations_attachment")


@pytest.fixture
async def visitor() -> AsyncIterator[httpx.AsyncClient]:
    """A visitor that speaks to the door itself."""
    door = Files()
    await door.startup()
    transport = httpx.ASGITransport(door)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client
    await door.shutdown()


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, "PNG")
    return file.getvalue()


def kept(body: bytes, name: str, mime: str = "") -> str:
    """A file of Ada's, ready to be shown; its public id."""
    file = media.keep(body, name=name, mime=mime, limit=10_000_000)
    with connect(name="test") as connection:
        return operations.upload(connection.cursor(), file, owner=ADA).id


def link(attachment: str, name: str = "", *, small: bool = False) -> str:
    return queries.link(attachment, name=name, reader=READER, at=clock.now(), small=small)


def ticket(limit: int = 100_000) -> str:
    return queries.ticket(owner=ADA, at=clock.now(), limit=limit)


# --- showing -----------------------------------------------------------------------


async def test_a_picture_is_shown_by_its_link(visitor: httpx.AsyncClient) -> None:
    shown = await visitor.get(link(kept(png(), "Foto è.png"), "Foto è.png"))

    assert shown.status_code == 200
    assert Image.open(io.BytesIO(shown.content)).size == (40, 30)
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"] == (
        "inline; filename=\"Foto _.png\"; filename*=UTF-8''Foto%20%C3%A8.png"
    )


@pytest.mark.parametrize(
    ("body", "name", "mime"),
    [
        (b"<script>alert(1)</script>", "a.html", "application/octet-stream"),
        (b"<svg onload=alert(1)>", "a.svg", "application/octet-stream"),
        (b"<?xml?>", "a.xml", "application/octet-stream"),
        (b"%PDF-1.7", "a.pdf", "application/pdf"),
        (b"hello", "a.txt", "text/plain"),
        (b"<script>", "a.mp4", "application/octet-stream"),
    ],
)
async def test_threat_14_what_could_act_is_only_a_download(
    visitor: httpx.AsyncClient, body: bytes, name: str, mime: str
) -> None:
    shown = await visitor.get(link(kept(body, name)))

    assert shown.content == body
    assert shown.headers["content-type"] == mime
    assert shown.headers["content-disposition"].startswith("attachment;")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "set-cookie" not in shown.headers


async def test_threat_14_a_link_too_old_changed_or_of_another_kind_shows_nothing(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment = kept(png(), "a.png")
    good = link(attachment)
    token = good.split("/")[4]
    old = queries.link(attachment, reader=READER, at=clock.now() - timedelta(minutes=11))
    other = vault.sign("uploads", f"{attachment}//x")
    wrong = [old, good.replace(token, token[:-1]), good.replace(token, token + "a")]
    wrong += [good.replace(token, other), f"{ORIGIN}/files/", f"{ORIGIN}/files//a.png"]
    wrong += [link(public("att", 999_999)), f"{ORIGIN}/files/{attachment}/a.png"]

    assert (await visitor.get(good)).status_code == 200
    assert {(await visitor.get(url)).status_code for url in wrong} == {404}


async def test_threat_14_a_link_dies_with_its_file(visitor: httpx.AsyncClient) -> None:
    good = link(kept(b"hello", "a.txt"))
    with connect(name="test") as connection:
        connection.execute("DELETE FROM conversations_attachment")

    assert (await visitor.get(good)).status_code == 404


async def test_threat_14_files_are_not_shown_on_the_origin_that_holds_the_session(
    visitor: httpx.AsyncClient,
) -> None:
    good = link(kept(png(), "a.png"))

    shown = await visitor.get(good, headers={"host": "desk.example"})

    assert shown.status_code == 404


def test_links_live_five_to_ten_minutes_and_are_the_same_for_a_while() -> None:
    start = clock.now().replace(minute=0, second=0, microsecond=0)
    links = {
        queries.link("att_0000000000001", reader=READER, at=start + timedelta(seconds=second))
        for second in range(300)
    }

    assert len(links) == 1
    token = links.pop().split("/")[4]
    vault.unsign("files", token, at=start + timedelta(minutes=9, seconds=59))
    with pytest.raises(vault.Expired):
        vault.unsign("files", token, at=start + timedelta(minutes=10))


async def test_a_thumbnail_is_small(visitor: httpx.AsyncClient) -> None:
    shown = await visitor.get(link(kept(png((900, 600)), "a.png"), small=True))

    assert Image.open(io.BytesIO(shown.content)).size == (640, 427)
    assert shown.headers["content-type"] == "image/webp"


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-3", 206, b"OggS", "bytes 0-3/10"),
        ("bytes=4-", 206, b"123456", "bytes 4-9/10"),
        ("bytes=-2", 206, b"56", "bytes 8-9/10"),
        ("bytes=8-99", 206, b"56", "bytes 8-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=5-2", 416, None, "bytes */10"),
        ("bytes=0-1,3-4", 200, b"OggS123456", None),
        ("lines=1-2", 200, b"OggS123456", None),
    ],
)
async def test_a_player_may_ask_for_a_piece(
    visitor: httpx.AsyncClient, asked: str, status: int, body: bytes | None, told: str | None
) -> None:
    voice = link(kept(b"OggS123456", "voice.ogg"))

    piece = await visitor.get(voice, headers={"range": asked})

    assert piece.status_code == status
    assert body is None or piece.content == body
    assert piece.headers.get("content-range") == told


async def test_asking_for_the_head_sends_no_body(visitor: httpx.AsyncClient) -> None:
    head = await visitor.head(link(kept(b"hello", "a.txt")))

    assert (head.headers["content-length"], head.content) == ("5", b"")


# --- taking --------------------------------------------------------------------------


async def test_an_upload_is_kept_for_its_owner_and_can_be_seen(visitor: httpx.AsyncClient) -> None:
    taken = await visitor.post(
        f"{ticket()}/Foto%20al%20100%25.png", content=png(), headers={"content-type": "image/png"}
    )

    answer = taken.json()
    assert taken.status_code == 201
    assert (answer["name"], answer["mime"], answer["width"]) == (
        "Foto al 100%.png",
        "image/png",
        40,
    )
    assert (await visitor.get(answer["url"])).status_code == 200
    with connect(name="test") as connection:
        rows = connection.execute("SELECT ref, message_id FROM conversations_attachment").fetchall()
    assert rows == [(ADA, None)]


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("a.txt", b"x" * 100_001, 413, "too_big"),
        ("a.exe", b"x", 415, "type"),
        ("a.png", png()[:60], 415, "broken"),
        ("a.txt", b"", 415, "empty"),
    ],
)
async def test_threat_15_an_upload_we_do_not_keep_says_why(
    visitor: httpx.AsyncClient, name: str, body: bytes, status: int, code: str
) -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        yield body

    plain = await visitor.post(f"{ticket()}/{name}", content=body)
    chunked = await visitor.post(f"{ticket()}/{name}", content=in_pieces())

    for refused in (plain, chunked):
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        assert refused.json()["text"].endswith(".")


async def test_a_ticket_of_another_or_none_takes_nothing(visitor: httpx.AsyncClient) -> None:
    for url in (f"{ORIGIN}/files/x/a.txt", link(kept(b"hello", "a.txt")), f"{ticket()}x/a.txt"):
        assert (await visitor.post(url, content=b"hello")).status_code == 404


async def test_threat_31_a_visitor_cannot_fill_the_disk_with_files_that_nobody_sends(
    visitor: httpx.AsyncClient,
) -> None:
    for number in range(20):
        taken = await visitor.post(f"{ticket()}/{number}.txt", content=b"x")
        assert taken.status_code == 201

    refused = await visitor.post(f"{ticket()}/21.txt", content=b"x")

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    eve = queries.ticket(owner=queries.of_visitor("web:chn_1", "eve"), at=clock.now())
    assert (await visitor.post(f"{eve}/1.txt", content=b"x")).status_code == 201


async def test_any_page_may_carry_the_widget(visitor: httpx.AsyncClient) -> None:
    asked = await visitor.request("OPTIONS", f"{ticket()}/a.txt")

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in asked.headers


async def test_nothing_else_is_done_here(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.put(f"{ticket()}/a.txt", content=b"x")).status_code == 405


async def test_without_a_database_the_answer_is_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("filo.portal.files.PATIENCE", 0.2)
    monkeypatch.setenv("DATABASE_URL", "postgresql://filo@127.0.0.1:9/filo")
    door = Files()
    await door.startup()

    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url=ORIGIN) as client:
        shown = await client.get(link(public("att", 1)))

    await door.shutdown()
    assert (shown.status_code, shown.json()["code"]) == (503, "later")


async def test_fault_14_large_files_pass_through_little_memory(visitor: httpx.AsyncClient) -> None:
    """Six at once, 4 MB each: what is held at any moment is pieces of them."""

    async def in_pieces(seed: int) -> AsyncIterator[bytes]:
        for n in range(64):
            yield f"{seed} {n} ".encode().ljust(PIECE, b"x")

    address = ticket(limit=20_000_000)
    tracemalloc.start()
    try:
        answers = await asyncio.gather(
            *(visitor.post(f"{address}/{n}.txt", content=in_pieces(n)) for n in range(6))
        )
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [answer.status_code for answer in answers] == [201] * 6
    assert most < 64 * PIECE, f"{most / 1e6:.1f} MB for six files: less than one of them"
