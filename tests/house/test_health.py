"""What the raw doors of the house say of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import psycopg
import pytest

from filo.project import asgi, health, metrics


def ask(path: str, *headers: tuple[bytes, bytes]) -> tuple[int, str]:
    """One GET through the router, as the server would."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": list(headers),
        "query_string": b"",
    }
    asyncio.run(asgi.application(scope, receive, send))
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:]).decode()


@pytest.fixture(autouse=True)
def fresh_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_last", (-health.FRESH, []))
    monkeypatch.setattr(health, "_turn", asyncio.Lock())


def test_a_process_is_alive_without_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://filo@/filo?host=/nowhere")

    assert ask("/health/live")[0] == 200
    status, said = ask("/health/ready")

    assert status == 503
    assert json.loads(said)["missing"] == ["database: no answer"]


def test_it_is_ready_when_the_schema_is_ours(committed_db: str) -> None:
    assert ask("/health/ready") == (200, '{"status": "ready", "missing": []}')


def test_a_migration_that_is_not_applied_is_named(committed_db: str) -> None:
    with psycopg.connect(committed_db) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'core' AND name LIKE '0001%'")

    status, said = ask("/health/ready")

    assert status == 503
    assert "core.0001" in said


def test_metrics_want_their_token(committed_db: str) -> None:
    wrong = (b"authorization", b"Bearer guess")
    right = (b"authorization", f"Bearer {metrics.token()}".encode())

    assert ask("/metrics")[0] == 401
    assert ask("/metrics", wrong)[0] == 401
    assert ask("/metrics", right)[0] == 200


def test_metrics_count_what_waits(committed_db: str) -> None:
    with psycopg.connect(committed_db) as connection:
        connection.execute("INSERT INTO intake_journal (channel, lane, body) VALUES (1, 1, 'x')")

    _, said = ask("/metrics", (b"authorization", f"Bearer {metrics.token()}".encode()))

    assert "filo_journal_waiting 1\n" in said
    assert "# TYPE filo_dead_letters gauge\nfilo_dead_letters 0\n" in said


def test_a_label_cannot_break_out_of_its_line() -> None:
    assert metrics.text([("x", 'a"b\nc', 1.0)]).splitlines()[-1] == r'x{of="a\"b\nc"} 1'
