"""A short seeded run: nothing is lost, nothing comes twice, whatever is killed meanwhile."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import msgspec
import pytest


def tortured(*words: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a run and what it counted."""
    command = [sys.executable, "-m", "torture", *words]
    run = subprocess.run(command, capture_output=True, timeout=300, check=False)  # noqa: S603 -- ourselves
    assert run.stdout, run.stderr.decode()[-3000:]
    return run.returncode, msgspec.json.decode(run.stdout)


@pytest.mark.slow
def test_faults_1_2_3_4_5_nothing_is_lost_and_nothing_comes_twice() -> None:
    words = "--events 1000 --kills 10 --crashes 1 --stops 1 --mode F --seed 3"

    code, result = tortured(*words.split())

    assert (result["lost"], result["doubled"], result["missing"], result["gaps"]) == (0, 0, 0, 0)
    assert result["accepted"] == result["stored"] == 1000
    assert (result["kills"], result["crashes"], result["stops"]) == (10, 1, 1)
    assert code == 0
