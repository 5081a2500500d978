"""The same closed load against any HTTP address: `bench press --url … --body …`."""

from __future__ import annotations

import argparse
from urllib.parse import urlsplit

from bench.lines import Line
from bench.load import press


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", help="press: http://host:port/path")
    parser.add_argument("--body", default="{}", help="press: what is posted; {n} is a number")
    parser.add_argument("--header", action="append", default=[], help="press: 'name: value'")
    parser.add_argument("--connections", type=int, default=32, help="press")
    parser.add_argument("--thanks", default="2", help="press: how a good status begins")


def run(chosen: argparse.Namespace) -> list[Line]:
    if not chosen.url:
        raise SystemExit("press needs --url")
    place = urlsplit(chosen.url)
    load = press(
        place.port or 80,
        requests(chosen.url, chosen.body, chosen.header, many=chosen.messages),
        connections=chosen.connections,
        host=place.hostname or "127.0.0.1",
        thanks=chosen.thanks,
    )
    name = f"{place.netloc}, {chosen.connections} connections"
    return [
        Line(name, load.rate, "calls/s"),
        Line(f"{name}: p50", load.quantile(0.5) * 1e3, "ms"),
        Line(f"{name}: p99", load.quantile(0.99) * 1e3, "ms"),
        Line(f"{name}: refused", load.refused, "calls"),
    ]


def requests(url: str, body: str, headers: list[str], *, many: int) -> list[bytes]:
    """Ready-made calls; `{n}` in address, headers and body becomes the number of the call."""
    place = urlsplit(url)
    path = (place.path or "/") + (f"?{place.query}" if place.query else "")
    told = [f"host: {place.netloc}", *headers]
    if not any(line.lower().startswith("content-type:") for line in headers):
        told.append("content-type: application/json")
    return [_request(path, told, body, n) for n in range(many)]


def _request(path: str, headers: list[str], body: str, n: int) -> bytes:
    number = str(n)
    said = body.replace("{n}", number).encode()
    lines = [f"POST {path} HTTP/1.1", *headers, f"content-length: {len(said)}", "", ""]
    return "\r\n".join(lines).replace("{n}", number).encode() + said
