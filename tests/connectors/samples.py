"""The samples of a connector: `NAME.http` is one call as it came, `NAME.facts` what it tells.

`NAME.http` holds header lines, a blank line and the body. Lines that begin with a colon say what
is no header: `:method: GET`, `:query: a=1&b=2`, `:at: 2026-01-02T12:00:00Z`; `:with: provider=ses`
sets settings otherwise than the connector's `config.json`.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl

import msgspec

import filo.connectors
from filo.channels import registry
from filo.channels.contract import Config, Connector, Fact, Request

FOLDERS = Path(filo.connectors.__path__[0])
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
CHANNEL = "chn_000000000001"
NONSENSE: tuple[object, ...] = (None, 7, "", "x", [], {}, [{}], True)


@dataclass(frozen=True)
class Sample:
    kind: str
    path: Path

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.path.stem}"

    @property
    def facts(self) -> Path:
        return self.path.with_suffix(".facts")

    @property
    def config(self) -> Config:
        """The settings of the channel to which this call came."""
        return {**config_of(self.kind), **dict(parse_qsl(self._extras.get(":with", "")))}

    @property
    def _extras(self) -> dict[str, str]:
        return {name: value for name, value in self._lines if name.startswith(":")}

    @property
    def _lines(self) -> list[tuple[str, str]]:
        head = self.path.read_bytes().partition(b"\n\n")[0].decode()
        pairs = [line.partition(": ") for line in head.splitlines() if line.strip()]
        return [(name, value) for name, _, value in pairs]

    def request(self) -> Request:
        body, extras, config = (
            self.path.read_bytes().partition(b"\n\n")[2],
            self._extras,
            self.config,
        )
        secret = {each.name for each in connector_of(self.kind).card.settings if each.secret}
        return Request(
            body=body,
            at=datetime.fromisoformat(extras[":at"]) if ":at" in extras else NOON,
            headers={name.lower(): value for name, value in self._lines if name[:1] != ":"},
            query=dict(parse_qsl(extras.get(":query", ""))),
            method=extras.get(":method", "POST"),
            channel=CHANNEL,
            settings={name: value for name, value in config.items() if name not in secret},
        )


def kinds() -> list[str]:
    return registry.kinds()


def connector_of(kind: str) -> Connector:
    return registry.connector(kind)


def config_of(kind: str) -> Config:
    config: dict[str, str] = json.loads((FOLDERS / kind / "samples/config.json").read_text("utf-8"))
    return config


def samples() -> list[Sample]:
    return [
        Sample(kind, path)
        for kind in kinds()
        for path in sorted((FOLDERS / kind / "samples").glob("*.http"))
    ]


def sealer(kind: str) -> Callable[[Request, Config], Request] | None:
    """How the provider signs; None for channels that we ask ourselves (a mailbox)."""
    name = f"filo.connectors.{kind}.seal"
    if find_spec(name) is None:
        return None
    seal: Callable[[Request, Config], Request] = importlib.import_module(name).seal
    return seal


def written(facts: list[Fact]) -> str:
    """Facts as they stand in a `.facts` file."""
    plain = msgspec.to_builtins(facts)
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def damaged(body: bytes) -> Iterator[bytes]:
    """The body with each of its keys removed or filled with nonsense; or each line removed."""
    try:
        whole = json.loads(body)
    except ValueError:
        lines = body.splitlines(keepends=True)
        yield from (b"".join(lines[:n] + lines[n + 1 :]) for n in range(len(lines)))
        return
    for container, key in list(_places(whole)):
        kept = container[key]
        for nonsense in NONSENSE:
            container[key] = nonsense
            yield json.dumps(whole).encode()
        del container[key]
        yield json.dumps(whole).encode()
        container[key] = kept


def _places(node: object) -> Iterator[tuple[dict[str, object], str]]:
    if isinstance(node, dict):
        for key in list(node):
            yield node, key
            yield from _places(node[key])
    elif isinstance(node, list):
        for each in node:
            yield from _places(each)
