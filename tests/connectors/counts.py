"""What the shared contract test asks of each connector: `python -m tests.connectors.counts`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from filo.channels import registry
from filo.channels.contract import Carries
from tests.connectors.samples import (
    FOLDERS,
    Sample,
    connector_of,
    kinds,
    samples,
    sealer,
)

VERDICTS = 3  # 401, 429, 503
HEAD = "| kind | samples | facts | forgeries refused | parts said | verdicts | lines |\n"


def table() -> str:
    return HEAD + "|---" * 7 + "|\n" + "".join(map(_row, kinds()))


def _row(kind: str) -> str:
    mine = [sample for sample in samples() if sample.kind == kind]
    facts = sum(len(json.loads(sample.facts.read_text("utf-8"))) for sample in mine)
    forged = sum(map(_forgeries, mine))
    connector = connector_of(kind)
    verdicts = 0 if isinstance(connector, Carries) else VERDICTS
    cells = (kind, len(mine), facts, forged, len(connector.card.can.parts), verdicts, _lines(kind))
    return "| " + " | ".join(map(str, cells)) + " |\n"


def _forgeries(sample: Sample) -> int:
    """Each byte changed, each mark of the seal cut three ways, another key, no key twice."""
    seal = sealer(sample.kind)
    if seal is None:
        return 0
    call = seal(sample.request(), sample.config)
    marks = set(call.headers) - set(sample.request().headers)
    covered = registry.card_of(sample.kind, sample.config).signs
    return (len(call.body) if covered else 0) + 3 * len(marks) + 3


def _lines(kind: str) -> int:
    return sum(len(text.splitlines()) for text in _modules(kind))


def _modules(kind: str) -> Iterator[str]:
    for path in (FOLDERS / kind).rglob("*.py"):
        if not path.name.startswith("test_") and "tests" not in path.parts:
            yield path.read_text("utf-8")


if __name__ == "__main__":
    sys.stdout.write(table())
