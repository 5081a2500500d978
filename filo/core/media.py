"""The media store: files by the hash of their bytes, written whole or not at all.

What is kept is immutable and named by its SHA-256, so a file is written once however often it
comes. `Shelf` is all that another store (S3) has to offer.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from filo.core import home
from filo.core.filetypes import PICTURES, TypeRefused, full_name, safe_name, type_of
from filo.core.pictures import PictureRefused, redraw, shrink

CHUNK = 256 * 1024
HEAD = 4096
KEY = re.compile(r"[0-9a-f]{64}(?:\.small|\.raw)?")


class Refused(Exception):
    """We do not keep this file. `code`: too_big, type, broken, empty; the text is for a person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class NotKept(Exception):
    """There is no such file in the store."""


@dataclass(frozen=True)
class Kept:
    """A file in the store. `mime` is what we will serve it as; `width` only for pictures."""

    sha256: str
    size: int
    mime: str
    name: str
    width: int | None = None
    height: int | None = None


class Shelf(Protocol):
    """Where bytes rest under a key."""

    def put(self, key: str, draft: Path) -> None:
        """Take the finished file at `draft`; the same key twice is the same bytes."""

    def open(self, key: str) -> IO[bytes]:
        """The bytes, seekable; `NotKept` when they are not there."""

    def size(self, key: str) -> int: ...

    def touched(self, key: str) -> float:
        """When it was last put, in seconds of the epoch."""

    def remove(self, key: str) -> None: ...


class Folder:
    """A shelf on this machine's disk."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, draft: Path) -> None:
        place = self._place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(place)
        _settle(place.parent)

    def open(self, key: str) -> IO[bytes]:
        try:
            return self._place(key).open("rb")
        except FileNotFoundError:
            raise NotKept(key) from None

    def size(self, key: str) -> int:
        return self._told(key).st_size

    def touched(self, key: str) -> float:
        return self._told(key).st_mtime

    def remove(self, key: str) -> None:
        self._place(key).unlink(missing_ok=True)

    def _told(self, key: str) -> os.stat_result:
        try:
            return self._place(key).stat()
        except FileNotFoundError:
            raise NotKept(key) from None

    def _place(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise NotKept(key)
        return self._root / key[:2] / key[2:4] / key


def shelf() -> Shelf:
    """The store of this installation."""
    return Folder(home.media_root())


# --- keeping -------------------------------------------------------------------


def keep(source: bytes | Iterable[bytes], *, name: str, mime: str, limit: int) -> Kept:
    """Store a file that somebody sent, at most `limit` bytes, or raise `Refused`.

    Pictures are drawn again, so what is stored is not what came; its hash is of what is stored.
    """
    with incoming(limit=limit) as file:
        for chunk in (source,) if isinstance(source, bytes) else source:
            file.write(chunk)
        return file.keep(name=name, mime=mime)


@contextmanager
def incoming(*, limit: int) -> Iterator[Incoming]:
    """A file that comes bit by bit; nothing stays of one that is not kept."""
    with _draft() as draft, draft.open("wb") as file:
        yield Incoming(draft, file, limit)


class Incoming:
    """Write what comes, then `keep` it."""

    def __init__(self, draft: Path, file: IO[bytes], limit: int) -> None:
        self._draft = draft
        self._file = file
        self._limit = limit
        self._size = 0

    def write(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._limit:
            raise Refused("too_big", f"The file is larger than {self._limit / 10**6:.3g} MB.")
        self._file.write(chunk)

    def keep(self, *, name: str, mime: str) -> Kept:
        """Look at the whole file and store it, or raise `Refused`."""
        self._file.flush()
        name = safe_name(name)
        mime = _type(self._draft, name=name, claimed=mime)
        if mime in PICTURES:
            return _keep_picture(self._draft, name)
        return Kept(_shelve(self._draft), self._size, mime, full_name(name, mime))


def keep_raw(body: bytes) -> str:
    """Store bytes exactly as they are, for the journal; returns their key.

    A key of its own kind: the same bytes may be an attachment too, with a life of its own.
    """
    with _draft() as draft:
        draft.write_bytes(body)
        return _shelve(draft, f"{_hash(draft)}.raw")


def read(key: str) -> bytes:
    """The whole file, or `NotKept`."""
    with shelf().open(key) as file:
        return file.read()


def small(sha256: str) -> str:
    """The key of a picture's thumbnail, where it has one; else of the picture itself."""
    try:
        shelf().size(f"{sha256}.small")
    except NotKept:
        return sha256
    return f"{sha256}.small"


def forget(sha256: str, *, untouched_since: datetime | None = None) -> None:
    """Remove a file and its thumbnail; the caller has made sure that nobody needs it.

    One that was put again since then is left: somebody is about to note it.
    """
    if untouched_since and _is_touched(sha256, untouched_since):
        return
    shelf().remove(f"{sha256}.small")
    shelf().remove(sha256)


def _is_touched(key: str, since: datetime) -> bool:
    try:
        return shelf().touched(key) >= since.timestamp()
    except NotKept:
        return False


def _keep_picture(came: Path, name: str) -> Kept:
    with _draft() as clean:
        try:
            with clean.open("wb") as target:
                drawn = redraw(came, target)
            sha256, size = _hash(clean), clean.stat().st_size
            _keep_small(clean, sha256)
        except PictureRefused as refused:
            raise Refused("broken", str(refused)) from refused
        _shelve(clean, sha256)
    return Kept(sha256, size, drawn.mime, full_name(name, drawn.mime), drawn.width, drawn.height)


def _keep_small(picture: Path, sha256: str) -> None:
    with _draft() as draft:
        with draft.open("wb") as target:
            shrunk = shrink(picture, target)
        if shrunk:
            _shelve(draft, f"{sha256}.small")


def _shelve(draft: Path, key: str = "") -> str:
    """On the disk first, then in its place: a power cut leaves the whole file or none."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    key = key or _hash(draft)
    shelf().put(key, draft)
    return key


def _type(came: Path, *, name: str, claimed: str) -> str:
    with came.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Refused("empty", "The file is empty.")
    try:
        return type_of(head, name=name, claimed=claimed)
    except TypeRefused as refused:
        raise Refused("type", str(refused)) from refused


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _draft() -> Iterator[Path]:
    """A file on the store's own disk, so that it can take its place in one move."""
    folder = home.media_root() / "drafts"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / secrets.token_hex(16)
    path.touch(mode=0o600)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """A rename is only safe from a power cut once its folder is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
