"""Somebody who works here, for tests of the house's own commands."""

from __future__ import annotations

import psycopg

from filo.staff.operations import create_staff


def hire(url: str, email: str) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cur:
        create_staff(cur, email=email, name="Ada", role="admin")
