from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from filo.core import home
from tests.chromium import loop_hidden
from tests.ground import OutsideCall, close_strange_connections


def test_the_outside_cannot_be_reached_from_a_test() -> None:
    with socket.socket() as outside, pytest.raises(OutsideCall):
        outside.connect(("192.0.2.1", 80))


@pytest.mark.django_db
def test_a_test_has_a_migrated_database_of_its_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 10


def test_what_is_committed_is_seen_by_other_connections(committed_db: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seen_by_all (id int)")

    with psycopg.connect(committed_db) as other:
        assert other.execute("SELECT count(*) FROM seen_by_all").fetchone() == (0,)
    assert home.database_url() == committed_db


def test_a_committed_database_starts_clean(committed_db: str) -> None:
    with psycopg.connect(committed_db) as other:
        assert other.execute("SELECT to_regclass('seen_by_all')").fetchone() == (None,)


def test_a_browser_left_open_elsewhere_does_not_stop_a_loop_of_ones_own() -> None:
    left = asyncio.new_event_loop()
    asyncio._set_running_loop(left)
    try:
        with loop_hidden():
            assert asyncio.run(asyncio.sleep(0, "ran")) == "ran"
        assert asyncio._get_running_loop() is left
    finally:
        asyncio._set_running_loop(None)
        left.close()


def test_no_connection_of_another_thread_outlives_its_test(committed_db: str) -> None:
    def ask() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
        return connections["default"]

    with ThreadPoolExecutor(1) as pool:
        theirs: Any = pool.submit(ask).result()
        ask()
        close_strange_connections()

        assert theirs.connection is None
        assert connection.connection is not None
