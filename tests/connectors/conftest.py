"""`--accept` rewrites the `.facts` beside each sample; the difference is then reviewed."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.connectors.samples import kinds, samples
from tests.fixtures import world

__all__ = ["world"]


@pytest.fixture
def accepts(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found = Counter(sample.kind for sample in samples())
    counts = ", ".join(f"{kind} {found[kind]}" for kind in kinds())
    terminalreporter.write_line(f"connector samples: {counts}")
