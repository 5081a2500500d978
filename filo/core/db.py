"""The road to PostgreSQL for code that does not need Django."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.types.json import JsonbLoader

from filo.core import home

Cursor = psycopg.Cursor[tuple[Any, ...]]
Connection = psycopg.Connection[tuple[Any, ...]]
AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]


def connect(*, name: str = "filo") -> Connection:
    """A connection of one's own, in autocommit: transactions are opened on purpose."""
    return psycopg.connect(home.database_url(), autocommit=True, application_name=name)


def raw_cursor() -> Cursor:
    """Django's own connection as a plain psycopg cursor: same transaction, same rows."""
    from django.db import connection

    connection.ensure_connection()
    cur = psycopg.Cursor(connection.connection)
    cur.adapters.register_loader("jsonb", JsonbLoader)
    return cur
