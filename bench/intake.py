"""Accepted and durable, beside the same server with an empty handler, in one run."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from bench.ground import cpu, ground, postgres_cpu, serving
from bench.lines import Line
from bench.load import Load, press
from filo.channels.kit import sign_webhook
from filo.channels.operations import connect as connect_channel
from filo.core.db import connect
from filo.core.ids import public
from filo.staff.operations import create_team

SECRET = "bench-" + "0123456789abcdef" * 2
PEOPLE = 20_000
MEASURED_AT = (1, 8, 32, 128)


def run(*, many: int = 20_000) -> list[Line]:
    """Web server alone: the pipeline is another line."""
    with ground():
        path = "/hooks/" + public("chn", a_channel())
        with serving("-m", "bench.empty") as (port, _):
            press(port, requests(path, many // 4, "w"), connections=32)
            empty = {c: press(port, requests(path, many, f"x{c}"), connections=c) for c in (32,)}
        lines = [Line("empty handler, 32 connections", empty[32].rate, "calls/s")]
        with serving("-m", "filo.project.launch", "filo.project.web") as (port, pid):
            press(port, requests(path, many // 4, "v"), connections=32)
            for connections in MEASURED_AT:
                some = many // 8 if connections == 1 else many
                before, pg_before = cpu(pid), postgres_cpu()
                load = press(port, requests(path, some, f"r{connections}"), connections=connections)
                lines += _lines(
                    load, connections, empty[32].rate, cpu(pid) - before, postgres_cpu() - pg_before
                )
        return lines


def _lines(load: Load, connections: int, against: float, web: float, pg: float) -> list[Line]:
    name = f"accepted and durable, {connections} connections"
    done = load.requests - load.refused
    beside = "empty handler, 32 connections" if connections == 32 else ""
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
