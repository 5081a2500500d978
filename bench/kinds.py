"""How many calls of each kind of channel a second: the door must not care who calls.

Each kind sends one of the calls that its connector's tests keep, a plain text where there is one,
sealed as its provider seals it.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

import msgspec

from bench.ground import ground, serving
from bench.lines import Line
from bench.load import press
from bench.progress import Progress
from filo.channels.contract import Request, Said
from filo.channels.operations import connect as connect_channel
from filo.core import clock
from filo.core.db import connect
from filo.core.ids import public
from filo.staff.operations import create_team
from tests.connectors.samples import Sample, config_of, connector_of, samples, sealer

ROUNDS = 5
CONNECTIONS = 32
HOST = "x"


def run(kinds: Sequence[str], *, many: int) -> list[Line]:
    """The kinds take turns in every round; the first one is what the others stand beside."""
    progress = Progress("kinds", ROUNDS * len(kinds))
    rates: dict[str, list[float]] = {kind: [] for kind in kinds}
    with ground():
        channels = _channels(kinds)
        with serving("-m", "filo.project.launch", "filo.project.web") as (port, _):
            calls = {kind: _call(kind, channels[kind]) for kind in kinds}
            for kind in kinds:
                _press(port, calls[kind], many // 4)
            for _ in range(ROUNDS):
                for kind in kinds:
                    rates[kind].append(_press(port, calls[kind], many))
                    progress.step()
    return _lines(rates, {kind: len(call) for kind, call in calls.items()})


def _lines(rates: dict[str, list[float]], sizes: dict[str, int]) -> list[Line]:
    """Each round is its own ratio: what shakes the machine shakes both."""
    first, *_ = rates
    lines = []
    for kind, found in rates.items():
        ratio = statistics.median(a / b for a, b in zip(found, rates[first], strict=True))
        name = f"accepted and durable, {kind}, {sizes[kind]} bytes a call"
        beside = ("", None) if kind == first else (first, ratio)
        lines.append(Line(name, statistics.median(found), "calls/s", *beside))
    return lines


def _press(port: int, call: bytes, many: int) -> float:
    load = press(port, [call] * many, connections=CONNECTIONS)
    assert not load.refused, load.statuses
    return load.rate


def _channels(kinds: Sequence[str]) -> dict[str, str]:
    with connect(name="bench") as connection, connection.transaction():
        cur = connection.cursor()
        team = create_team(cur, "Bench")
        return {
            kind: public("chn", connect_channel(cur, kind, kind, team, _settings(kind)))
            for kind in kinds
        }


def _settings(kind: str) -> dict[str, str]:
    """As the samples have them; where we are called is here."""
    return {name: value for name, value in config_of(kind).items() if name != "hook"}


def _call(kind: str, channel: str) -> bytes:
    """A call with one message, a text if they have one, as it goes over the wire."""
    path = f"/hooks/{channel}"
    fit = [one for one in samples() if one.kind == kind and _says_one_thing(one)]
    sample = min(fit, key=lambda one: one.path.stem != "text")
    asked = msgspec.structs.replace(
        sample.request(), at=clock.now(), url=f"http://{HOST}{path}", channel=channel
    )
    seal = sealer(kind)
    call = seal(asked, config_of(kind)) if seal else asked
    query = urlsplit(call.url).query or urlencode(call.query)
    lines = "".join(f"{name}: {value}\r\n" for name, value in _headers(call).items())
    head = f"{call.method} {path}{'?' if query else ''}{query} HTTP/1.1\r\n{lines}\r\n"
    return head.encode() + call.body


def _headers(call: Request) -> dict[str, str]:
    length = {"content-length": str(len(call.body))}
    return call.headers | {"host": HOST} | length


def _says_one_thing(sample: Sample) -> bool:
    request = sample.request()
    if request.method != "POST" or not request.body:
        return False
    seal, config = sealer(sample.kind), config_of(sample.kind)
    opened = connector_of(sample.kind).unseal(seal(request, config) if seal else request, config)
    return [type(fact) for fact in connector_of(sample.kind).parse(opened)] == [Said]
