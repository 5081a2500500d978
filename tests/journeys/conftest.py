from __future__ import annotations

import socket
from collections.abc import Iterator
from secrets import token_hex

import pytest
from playwright.sync_api import Browser

from tests import ground
from tests.chromium import chromium
from tests.house.running import Installation, installation
from tests.journeys.browsing import Pages, pages
from tests.journeys.running import Running, running


@pytest.fixture(scope="module")
def house(template_database: str) -> Iterator[Running]:
    """The processes of the house for one module; each test brings its own channel and people."""
    name = f"filo_journey_{token_hex(4)}"
    ground._clone(name)
    with running(ground.cluster().url(name), _free_port()) as found:
        yield found


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def site() -> Iterator[Pages]:
    """The company's own web site."""
    with pages() as found:
        yield found


@pytest.fixture(scope="session")
def brezza() -> Iterator[Installation]:
    """The sample company as `bin/up` starts it: every process, dovecot, the town."""
    with installation(sample=True) as found:
        assert found.ready(), found.said()
        yield found
