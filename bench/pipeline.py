"""Messages fully processed, beside grouped inserts of the same rows, in one run."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

import msgspec
import psycopg

from bench.ground import ground, postgres_cpu
from bench.intake import PEOPLE, a_channel, message
from bench.lines import Line
from bench.progress import Progress
from filo.core import arrays, clock
from filo.core.db import Connection, connect
from filo.core.sql import statements
from filo.intake.journal import keep
from filo.intake.lanes import lane_of
from filo.intake.pipeline import Pipeline
from filo.intake.types import Entry

GROUP = 200
BATCHES = (1, 10, 50)
intake = statements("filo.intake")
talks = statements("filo.conversations")
core = statements("filo.core")


class Counting(psycopg.Cursor[Any]):
    """Counts what is executed."""

    count = 0

    def execute(self, *args: Any, **more: Any) -> Any:
        Counting.count += 1
        return super().execute(*args, **more)


def run(*, many: int = 20_000) -> list[Line]:
    """One worker, one connection each; journal filled beforehand."""
    progress = Progress("pipeline", 3 + len(BATCHES))
    with ground():
        channel = a_channel()
        with connect(name="bench") as connection:
            _fill(connection, channel, many // 4, "w")
            _processed(connection, GROUP)
            progress.step()
            full = _measured(connection, channel, many, GROUP)
            progress.step()
            by_batch = []
            for size in BATCHES:
                some = max(min(many // 4, size * 100) // size * size, size)
                by_batch.append(_measured(connection, channel, some, size))
                progress.step()
        with connect(name="bench") as connection:
            connection.prepare_threshold = 2
            _copies(connection)
            groups = _read(connection, many)
            inserted = _timed(lambda: _inserted(connection, groups))
            progress.step()
    return [*_whole(full, many / inserted), *[line for done in by_batch for line in done.lines()]]


class Done(msgspec.Struct, frozen=True):
    """One journal, worked off in batches of one size."""

    batch: int
    messages: int
    seconds: float
    statements: int
    python: float
    postgres: float

    @property
    def rate(self) -> float:
        return self.messages / self.seconds

    @property
    def spent(self) -> float:
        """Milliseconds of processor for one message, over all processes."""
        return (self.python + self.postgres) / self.messages * 1e3

    def lines(self) -> list[Line]:
        name = f"fully processed, batches of {self.batch}"
        return [
            Line(name, self.rate, "messages/s"),
            Line(f"{name}: statements", self.statements / self.messages, "statements/message"),
            Line(f"{name}: processor", self.spent, "ms/message"),
        ]


def _measured(connection: Connection, channel: int, many: int, batch: int) -> Done:
    _fill(connection, channel, many, f"b{batch}")
    python, database = _own_cpu(), postgres_cpu()
    Counting.count = 0
    seconds = _timed(lambda: _processed(connection, batch))
    count = Counting.count
    return Done(batch, many, seconds, count, _own_cpu() - python, postgres_cpu() - database)


def _whole(full: Done, inserted: float) -> list[Line]:
    reference = "grouped inserts of the same rows"
    name = "fully processed"
    return [
        Line(reference, inserted, "messages/s"),
        Line(name, full.rate, "messages/s", reference, full.rate / inserted),
        Line(f"{name}: statements", full.statements / full.messages, "statements/message"),
        Line(f"{name}: processor, all", full.spent, "ms/message"),
        Line(f"{name}: processor, pipeline", full.python / full.messages * 1e3, "ms/message"),
        Line(f"{name}: processor, PostgreSQL", full.postgres / full.messages * 1e3, "ms/message"),
    ]


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _fill(connection: Connection, channel: int, many: int, name: str) -> None:
    for start in range(0, many, 1_000):
        with connection.transaction():
            entries = [_entry(channel, f"{name}-{n}", n) for n in range(start, start + 1_000)]
            keep(connection.cursor(), entries[: many - start])


def _entry(channel: int, id_: str, n: int) -> Entry:
    person = n % PEOPLE
    return Entry(
        channel=channel,
        lane=lane_of("http", channel, f"p{person}"),
        at=clock.now(),
        headers={},
        query={},
        body=message(id_, person),
    )


def _processed(connection: Connection, batch: int) -> None:
    connection.cursor_factory = Counting
    connection.prepare_threshold = 2
    pipeline = Pipeline(batch=batch)
    while pipeline.once(connection):
        pass


COPIES = """
CREATE TABLE bench_journal (LIKE intake_journal INCLUDING ALL);
CREATE TABLE bench_seen (LIKE intake_seen INCLUDING ALL);
CREATE TABLE bench_message (LIKE conversations_message INCLUDING ALL);
CREATE TABLE bench_case (LIKE conversations_case INCLUDING ALL);
CREATE TABLE bench_event (LIKE core_event INCLUDING ALL);
"""
ROWS = """
SELECT m.id, m.customer_id, m.case_id, m.identity_id, m.channel_id, m.seq, m.visibility,
    m.parts::text, m.subject, m.answers, m.provider_id, m.client_id, m.context::text,
    m.automatic, m.said_at, m.at, c.team_id, c.matter, s.scope, s.key, s.digest,
    j.lane, j.headers::text, j.query::text, j.body
FROM conversations_message AS m
JOIN conversations_case AS c ON c.id = m.case_id
JOIN intake_seen AS s ON s.key = 'said:' || m.provider_id
JOIN intake_journal AS j ON j.id = s.journal
ORDER BY m.id DESC
LIMIT %s
"""


def _copies(connection: Connection) -> None:
    connection.execute(COPIES)


def _read(connection: Connection, many: int) -> list[list[tuple[Any, ...]]]:
    """The rows of the last messages, in groups of columns, ready to be sent."""
    rows = connection.execute(ROWS, [many]).fetchall()
    rows.reverse()
    return [rows[n : n + GROUP] for n in range(0, len(rows), GROUP)]


def _inserted(connection: Connection, groups: list[list[tuple[Any, ...]]]) -> None:
    """The same rows by the product's own statements, nothing asked and nothing decided."""
    for group in groups:
        column = [list(values) for values in zip(*group, strict=True)]
        with connection.transaction():
            cur = connection.cursor()
            cur.execute(_to("journal", intake("keep"), b"intake_journal"), _journal(column))
            cur.execute(_to("seen", intake("see"), b"intake_seen"), _seen(column))
            cur.execute(_to("case", talks("open_cases"), b"conversations_case"), _cases(group))
            cur.execute(_to("message", talks("say_in"), b"conversations_message"), _said(column))
            cur.execute(_to("event", core("emit"), b"core_event"), _events(column))


def _to(copy: str, words: bytes, table: bytes) -> bytes:
    words = words.replace(table, f"bench_{copy}".encode())
    return words.replace(b"ON CONFLICT ON CONSTRAINT fact_once DO NOTHING", b"")


def _journal(column: list[list[Any]]) -> dict[str, Any]:
    nothing = [None] * len(column[0])
    return {
        "channels": arrays.bigints(column[4]),
        "lanes": arrays.smallints(column[21]),
        "ats": arrays.moments(column[15]),
        "headers": arrays.texts(column[22]),
        "queries": arrays.texts(column[23]),
        "bodies": arrays.octets(column[24]),
        "openeds": arrays.octets(nothing),
        "files": arrays.texts([""] * len(nothing)),
    }


def _seen(column: list[list[Any]]) -> dict[str, Any]:
    scopes, keys, digests = column[18:21]
    return {
        "scopes": arrays.texts(scopes),
        "keys": arrays.texts(keys),
        "digests": arrays.octets(digests),
        "journals": arrays.bigints(column[0]),
    }


def _cases(group: list[tuple[Any, ...]]) -> dict[str, Any]:
    firsts = {row[2]: row for row in group}.values()
    return {
        "customers": [row[2] for row in firsts],
        "teams": [row[16] for row in firsts],
        "channels": [row[4] for row in firsts],
        "matters": [f"{row[10]}" for row in firsts],
        "subjects": [row[8] for row in firsts],
        "ats": [row[15] for row in firsts],
    }


def _said(column: list[list[Any]]) -> dict[str, Any]:
    names = [
        *("customers", "cases", "identities", "channels", "seqs", "visibilities", "parts"),
        *("subjects", "answers", "provider_ids", "client_ids", "contexts", "automatics"),
        *("said_ats", "ats"),
    ]
    columns = dict(zip(names, column[1:16], strict=True))
    columns["words"] = [text.lower() for text in column[7]]
    packed = {
        name: arrays.texts(columns[name])
        for name in (
            "visibilities",
            "parts",
            "subjects",
            "words",
            "provider_ids",
            "client_ids",
            "contexts",
        )
    }
    return columns | packed


def _events(column: list[list[Any]]) -> dict[str, Any]:
    many = len(column[0])
    return {
        "at": clock.now(),
        "types": ["message_received"] * many,
        "customers": column[1],
        "cases": column[2],
        "bodies": ['{"message": "msg_0000000000000", "seq": 1}'] * many,
    }
