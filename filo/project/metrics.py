"""`/metrics` in Prometheus' text format, counted in the database; always behind a token."""

from __future__ import annotations

import asyncio
import hmac
import os
import resource
from typing import Any

import psycopg

from filo import __version__
from filo.core import home
from filo.core.sql import statements
from filo.project.answers import Receive, Scope, Send, answer

TEXT = "text/plain; version=0.0.4; charset=utf-8"
PATIENCE = 5.0
HELP = {
    "filo_journal_waiting": "Calls kept and not yet understood",
    "filo_journal_oldest_seconds": "Age of the oldest of them",
    "filo_journal_unread": "Calls kept that could not be read",
    "filo_parked": "Facts that wait for another try",
    "filo_dead_letters": "Facts given up after five tries",
    "filo_deliveries_pending": "Parts on their way out, by reason of waiting",
    "filo_rows_estimated": "Rows of the large tables, as the planner estimates",
    "filo_database_bytes": "Size of the database",
    "filo_database_connections": "Connections by state",
    "filo_channel_forged": "Calls refused because their signature was wrong",
    "filo_channel_unknown": "Facts that the connector did not know",
    "filo_channel_conflicts": "Facts that came again with another body",
    "filo_channel_failures": "Sendings that failed",
    "filo_channel_needs_you": "1 when an administrator must look",
}

_statement = statements("filo.project")


def token() -> str:
    """`FILO_METRICS_TOKEN`, or one derived from the installation's key (`filo token metrics`)."""
    return os.environ.get("FILO_METRICS_TOKEN") or home.secret("metrics").hex()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if not _knows_the_token(scope):
        return await answer(send, 401, "A token is needed: `filo token metrics`.\n", TEXT)
    try:
        async with asyncio.timeout(PATIENCE):
            body = text([*await _counted(), *_own()])
    except (psycopg.Error, TimeoutError):
        return await answer(send, 503, "The database does not answer.\n", TEXT)
    return await answer(send, 200, body, TEXT)


def text(rows: list[tuple[str, str, float]]) -> str:
    """Families in order of their names, each with its help once."""
    lines: list[str] = []
    last = ""
    for name, label, value in sorted(rows):
        if name != last:
            lines += [f"# HELP {name} {HELP.get(name, name)}", f"# TYPE {name} gauge"]
            last = name
        mark = f'{{of="{_escaped(label)}"}}' if label else ""
        lines.append(f"{name}{mark} {value:g}")
    return "\n".join(lines) + "\n"


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _knows_the_token(scope: Scope) -> bool:
    given = dict(scope["headers"]).get(b"authorization", b"")
    return hmac.compare_digest(given, f"Bearer {token()}".encode())


async def _counted() -> list[tuple[str, str, float]]:
    async with await psycopg.AsyncConnection[Any].connect(
        home.database_url(), autocommit=True, application_name="filo metrics"
    ) as connection:
        rows = await connection.execute(_statement("metrics"))
        return [
            (str(name), str(label), float(value)) for name, label, value in await rows.fetchall()
        ]


def _own() -> list[tuple[str, str, float]]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return [
        ("filo_web_cpu_seconds", "", used.ru_utime + used.ru_stime),
        ("filo_web_peak_bytes", "", used.ru_maxrss * 1024.0),
        ("filo_version", __version__, 1.0),
    ]
