"""Accepted and durable, beside the same server with an empty handler, in one run."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import msgspec

from bench.ground import cpu, ground, postgres_cpu, serving
from bench.lines import Line
from bench.load import Load, press
from bench.progress import Progress
from filo.channels.kit import sign_webhook
from filo.channels.operations import connect as connect_channel
from filo.core import clock
from filo.core.db import connect
from filo.core.ids import public
from filo.intake.journal import keep
from filo.intake.types import Entry
from filo.staff.operations import create_team

SECRET = "bench-" + "0123456789abcdef" * 2
PEOPLE = 20_000
MEASURED_AT = (1, 8, 32, 128)
GROUP = 200
AT_ONCE, PAST = 4_000, 20_000  # the queue holds 2,000
EMPTY = "empty handler, 32 connections"
GROUPED = "grouped inserts of journal rows"


def run(*, many: int = 20_000) -> list[Line]:
    """Web server alone: the pipeline is another line."""
    progress = Progress("intake", 4 + len(MEASURED_AT))
    with ground():
        channel = a_channel()
        path = "/hooks/" + public("chn", channel)
        with serving("-m", "bench.empty") as (port, _):
            press(port, requests(path, many // 4, "w"), connections=32)
            empty = press(port, requests(path, many, "x32"), connections=32)
            progress.step()
        grouped = _grouped(channel, many)
        progress.step()
        lines = [Line(EMPTY, empty.rate, "calls/s"), Line(GROUPED, grouped, "rows/s")]
        with serving("-m", "filo.project.launch", "filo.project.web") as (port, pid):
            press(port, requests(path, many // 4, "v"), connections=32)
            progress.step()
            for connections in MEASURED_AT:
                some = many // 8 if connections == 1 else many
                before, pg_before = cpu(pid), postgres_cpu()
                load = press(port, requests(path, some, f"r{connections}"), connections=connections)
                spent = (cpu(pid) - before, postgres_cpu() - pg_before)
                lines += _lines(load, connections, empty.rate, *spent)
                if connections == 32:
                    lines.append(_beside_rows(load, grouped))
                progress.step()
            lines += _past_capacity(port, requests(path, PAST, "past"))
            progress.step()
        return lines


def _beside_rows(load: Load, grouped: float) -> Line:
    name = "accepted and durable, 32 connections, beside rows"
    return Line(name, load.rate, "calls/s", GROUPED, load.rate / grouped)


def _grouped(channel: int, many: int) -> float:
    """Journal rows a second when somebody else has already gathered them."""
    at = clock.now()
    entries = [
        Entry(channel, n % 64, at, {}, {}, message(f"g-{n}", n % PEOPLE)) for n in range(many)
    ]
    with connect(name="bench") as connection:
        connection.prepare_threshold = 2
        began = time.perf_counter()
        for start in range(0, many, GROUP):
            with connection.transaction():
                keep(connection.cursor(), entries[start : start + GROUP])
        taken = time.perf_counter() - began
        connection.execute("DELETE FROM intake_journal")
    return many / taken


def _past_capacity(port: int, calls: list[bytes]) -> list[Line]:
    """Everybody at once, more than the queue holds: who is refused is told when to come again."""
    load = press(port, calls, connections=AT_ONCE)
    with connect(name="bench") as connection:
        words = "SELECT count(*) FROM intake_journal WHERE convert_from(body, 'UTF8') LIKE %s"
        row = connection.execute(words, ["%past-%"]).fetchone()
    kept = row[0] if row else 0
    name = f"past capacity, {AT_ONCE:,} connections at once"
    return [
        Line(f"{name}: accepted", load.thanked, "calls"),
        Line(f"{name}: 503", load.statuses.get("503", 0), "calls"),
        Line(f"{name}: 503 without Retry-After", load.unasked, "calls"),
        Line(f"{name}: acknowledged and lost", max(load.thanked - kept, 0), "calls"),
    ]


def _lines(load: Load, connections: int, against: float, web: float, pg: float) -> list[Line]:
    name = f"accepted and durable, {connections} connections"
    done = load.thanked
    beside = EMPTY if connections == 32 else ""
    return [
        Line(name, load.rate, "calls/s", beside, load.rate / against if beside else None),
        Line(f"{name}: p50", load.quantile(0.5) * 1e3, "ms"),
        Line(f"{name}: p99", load.quantile(0.99) * 1e3, "ms"),
        Line(f"{name}: processor, web", web / done * 1e3, "ms/call"),
        Line(f"{name}: processor, PostgreSQL", pg / done * 1e3, "ms/call"),
        Line(f"{name}: refused", load.refused, "calls"),
    ]


def a_channel() -> int:
    with connect(name="bench") as connection, connection.transaction():
        cur = connection.cursor()
        settings = {"secret": SECRET, "deliver_to": ""}
        return connect_channel(cur, "http", "Bench", create_team(cur, "Bench"), settings)


def requests(path: str, many: int, name: str) -> list[bytes]:
    """Signed calls of one message each, by 20,000 people."""
    now = datetime.now(UTC)
    made = []
    for n in range(many):
        body = message(f"{name}-{n}", n % PEOPLE)
        headers = sign_webhook(id=f"{name}-{n}", at=now, body=body, secret=SECRET)
        lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\n{lines}content-length: {len(body)}\r\n\r\n"
        made.append(head.encode() + body)
    return made


def message(id_: str, person: int) -> bytes:
    said = {
        "type": "said",
        "id": id_,
        "at": "2026-11-22T12:00:00Z",
        "from": {"id": f"p{person}", "name": f"Persona {person}"},
        "parts": [{"type": "text", "text": f"Buongiorno, scrivo per la pratica {id_}, grazie"}],
    }
    return msgspec.json.encode({"events": [said]})
