from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from filo.core import media
from filo.core.filetypes import safe_name

LIMIT = 5_000_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FILO_MEDIA_ROOT", str(tmp_path))
    return tmp_path


def picture(kind: str, size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **more)
    return file.getvalue()


def moving(kind: str, frames: int = 3, size: tuple[int, int] = (20, 20)) -> bytes:
    file = io.BytesIO()
    first, *rest = [Image.new("RGB", size, (n * 60, 0, 0)) for n in range(frames)]
    first.save(file, kind, save_all=True, append_images=rest, duration=80, loop=0)
    return file.getvalue()


def seen(kept: media.Kept) -> Image.Image:
    return Image.open(io.BytesIO(media.read(kept.sha256)))


def keep(body: bytes, name: str = "file.bin", mime: str = "", limit: int = LIMIT) -> media.Kept:
    return media.keep(body, name=name, mime=mime, limit=limit)


# --- the store -------------------------------------------------------------------


def test_a_file_is_kept_under_the_hash_of_its_bytes(media_root: Path) -> None:
    kept = keep(b"%PDF-1.7 hello", "Ticket.pdf", "application/pdf")

    sha256 = hashlib.sha256(b"%PDF-1.7 hello").hexdigest()
    assert kept == media.Kept(sha256, 14, "application/pdf", "Ticket.pdf")
    assert media.read(sha256) == b"%PDF-1.7 hello"
    assert (media_root / sha256[:2] / sha256[2:4] / sha256).is_file()


def test_the_same_file_twice_is_one_file(media_root: Path) -> None:
    keep(b"hello", "a.txt", "text/plain")
    keep(b"hello", "b.txt", "text/plain")

    assert len([path for path in media_root.rglob("*") if path.is_file()]) == 1


def test_a_stream_is_stopped_at_its_limit_and_leaves_nothing(media_root: Path) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1000

    with pytest.raises(media.Refused, match=r"larger than 0\.01 MB") as refused:
        media.keep(endless(), name="a.txt", mime="text/plain", limit=10_000)

    assert refused.value.code == "too_big"
    assert taken == 11
    assert [path for path in media_root.rglob("*") if path.is_file()] == []


def test_a_stream_that_breaks_off_leaves_nothing(media_root: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"hello"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        media.keep(broken(), name="a.txt", mime="text/plain", limit=LIMIT)

    assert [path for path in media_root.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "/x"])
def test_only_a_hash_opens_a_file(key: str) -> None:
    with pytest.raises(media.NotKept):
        media.read(key)


def test_a_file_that_is_forgotten_is_gone_with_its_thumbnail(media_root: Path) -> None:
    kept = keep(picture("PNG", (900, 900)), "a.png")

    media.forget(kept.sha256)

    assert [path for path in media_root.rglob("*") if path.is_file()] == []
    with pytest.raises(media.NotKept):
        media.read(kept.sha256)


def test_raw_bytes_come_back_as_they_were() -> None:
    assert media.read(media.keep_raw(picture("PNG") + b"tail")) == picture("PNG") + b"tail"


# --- pictures ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mime"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/gif")],
)
def test_a_picture_is_drawn_again(kind: str, mime: str) -> None:
    kept = keep(picture(kind) + b"<script>alert(1)</script>", "a.x", "application/pdf")

    assert (kept.mime, kept.width, kept.height) == (mime, 40, 30)
    assert b"<script>" not in media.read(kept.sha256)
    assert seen(kept).size == (40, 30)


def test_where_a_photo_was_taken_is_not_passed_on() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SpyCam 9000"
    exif.get_ifd(0x8825)[2] = (45.0, 28.0, 0.0)

    kept = keep(picture("JPEG", exif=exif, comment=b"secret"), "a.jpg")

    assert b"SpyCam" not in media.read(kept.sha256)
    assert b"secret" not in media.read(kept.sha256)
    assert not seen(kept).getexif()


def test_a_photo_taken_upright_is_shown_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    kept = keep(picture("JPEG", (40, 30), exif=exif), "a.jpg")

    assert (kept.width, kept.height) == (30, 40)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_a_moving_picture_goes_on_moving(kind: str) -> None:
    kept = keep(moving(kind), "a.gif")

    assert getattr(seen(kept), "n_frames", 1) == 3


def test_a_moving_picture_has_no_still_for_a_thumbnail() -> None:
    kept = keep(moving("GIF", size=(700, 700)), "a.gif")

    assert media.small(kept.sha256) == kept.sha256


def test_a_picture_keeps_its_transparency() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(file, "PNG")

    kept = keep(file.getvalue(), "a.png")

    assert seen(kept).convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)


def test_a_very_large_picture_is_made_smaller() -> None:
    kept = keep(picture("JPEG", (6000, 3000)), "a.jpg")

    assert (kept.width, kept.height) == (4096, 2048)


def test_a_large_picture_has_a_thumbnail_and_a_small_one_is_its_own() -> None:
    large, little = keep(picture("JPEG", (1280, 640)), "a.jpg"), keep(picture("PNG"), "b.png")

    thumbnail = Image.open(io.BytesIO(media.read(media.small(large.sha256))))
    assert thumbnail.size == (640, 320)
    assert thumbnail.format == "WEBP"
    assert media.small(little.sha256) == little.sha256


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is huge, and holds a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "body",
    [
        png_of(50_000, 50_000),
        png_of(2_000_000_000, 2),
        b"GIF89a<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n",
        picture("JPEG")[:300],
        picture("WEBP")[:40],
        b"\xff\xd8\xff" + b"\0" * 1000,
    ],
)
def test_threat_15_a_bomb_or_a_picture_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(media.Refused) as refused:
        keep(body, "a.png", "image/png")

    assert refused.value.code == "broken"


# --- what is accepted ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "name", "claimed", "mime"),
    [
        (b"%PDF-1.4", "a", "", "application/pdf"),
        (b"<html>", "a.pdf", "application/pdf", "application/octet-stream"),
        (b"<html>", "a.png", "image/png", "application/octet-stream"),
        (b"<script>", "a.mp4", "video/mp4", "application/octet-stream"),
        (b"\0\0\0\x20ftypM4A ", "a.m4a", "audio/x-m4a", "audio/mp4"),
        (b"\0\0\0\x20ftypheic", "a.heic", "image/heic", "image/heic"),
        (b"\0\0\0\x20ftypisom", "a.txt", "text/plain", "video/mp4"),
        (b"OggS", "voice", "audio/ogg; codecs=opus", "audio/ogg"),
        (b"#!AMR\n", "a.amr", "", "audio/amr"),
        (b"ID3", "a.mp3", "audio/mp3", "audio/mpeg"),
        (b"hello", "a.TXT", "application/octet-stream", "text/plain"),
        (b"MZ Berlin", "a.txt", "", "text/plain"),
        (b"PK\x03\x04", "a.docx", "", DOCX),
        (b"From: a", "brezza.com.eml", "message/rfc822", "message/rfc822"),
    ],
)
def test_a_file_is_kept_as_what_it_is(body: bytes, name: str, claimed: str, mime: str) -> None:
    assert keep(body, name, claimed).mime == mime


@pytest.mark.parametrize(
    ("body", "name", "claimed"),
    [
        (b"MZ\x90\x00" + b"\0" * 80, "a.pdf", "application/pdf"),
        (b"\x7fELF", "a.png", "image/png"),
        (b"#!/bin/sh", "a.txt", "text/plain"),
        (b"echo", "a.bat", "text/plain"),
        (b"x", "invoice.pdf.exe", "application/pdf"),
        (b"x", "invoice.pdf.e\u200bxe", "application/pdf"),
        (b"x", "invoice.exe. . ", "application/pdf"),
        (b"x", ".htaccess", "text/plain"),
        (b"x", "a.php", "image/png"),
        (b"x", "a.unknown", "application/x-unknown"),
        (b"x", "a", ""),
        (b"L\x00\x00\x00\x01\x14\x02\x00", "a.txt", "text/plain"),
    ],
)
def test_threat_15_programs_and_strange_kinds_are_refused(
    body: bytes, name: str, claimed: str
) -> None:
    with pytest.raises(media.Refused) as refused:
        keep(body, name, claimed)

    assert refused.value.code == "type"


@pytest.mark.parametrize(
    ("body", "name", "shown"),
    [
        (picture("JPEG"), "", "picture.jpg"),
        (b"OggS", "", "voice.ogg"),
        (b"%PDF-1.7", "report 2026.11", "report 2026.11.pdf"),
        (picture("PNG"), "a.jpeg", "a.jpeg"),
        (b"<html>", "a.pdf", "a.pdf"),
    ],
)
def test_a_file_without_a_telling_name_gets_one(body: bytes, name: str, shown: str) -> None:
    assert keep(body, name).name == shown


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(media.Refused, match="empty"):
        keep(b"", "a.txt")


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\Foto 1.JPG", "Foto 1.JPG"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie x.txt"),
        ("gpj.\u202eexe.txt", "gpj.exe.txt"),
        ("", ""),
        ("...", ""),
        ("/", ""),
        ("caffe\u0301.txt", "caff\u00e9.txt"),
        ("a" * 300 + ".txt", "a" * 116 + ".txt"),
    ],
)
def test_a_name_is_nothing_but_a_name(given: str, safe: str) -> None:
    assert safe_name(given) == safe


@given(st.text(max_size=300))
def test_no_name_escapes(name: str) -> None:
    safe = safe_name(name)

    assert len(safe) <= 120
    assert not set(safe) & set('/\\\r\n\x00"<>:|?*\u202e\u200b')
    assert safe not in {".", ".."}
