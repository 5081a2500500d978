"""One post office for a run: a real dovecot and a real SMTP server on free loopback ports."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from filo.emulators.mail_office import PostOffice


@pytest.fixture(scope="session")
def post_office() -> Iterator[PostOffice]:
    # Unix sockets have short paths, and the server's account must be able to enter.
    place = Path(tempfile.mkdtemp(prefix="filo-post-"))
    place.chmod(0o755)
    office = PostOffice(free_port(), free_port(), place / "dovecot", password="filo-town")
    office.start()
    yield office
    office.stop()
    shutil.rmtree(place, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        number: int = door.getsockname()[1]
        return number
