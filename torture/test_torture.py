"""Short seeded runs: nothing is lost, nothing comes twice, whatever is killed meanwhile."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import msgspec
import pytest

# How soon a house is back says little while other tests have the processors: `bin/torture` tells.
BUSY = "--recovery 60"


def tortured(words: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a run and what it counted."""
    command = [sys.executable, "-m", "torture", *words.split()]
    run = subprocess.run(command, capture_output=True, timeout=300, check=False)  # noqa: S603 -- ourselves
    sys.stderr.write(run.stderr.decode()[-3000:])  # what was stuck, where a figure is wrong
    assert run.stdout, run.stderr.decode()[-3000:]
    return run.returncode, msgspec.json.decode(run.stdout)


@pytest.mark.slow
def test_faults_1_2_3_4_5_18_22_nothing_is_lost_nothing_comes_twice() -> None:
    code, result = tortured(
        "--events 1200 --kills 10 --crashes 1 --stops 1 --mode F --seed 3 " + BUSY
    )

    assert (result["lost"], result["doubled"], result["missing"], result["gaps"]) == (0, 0, 0, 0)
    assert (result["missed_live"], result["twice_live"], result["overheard"]) == (0, 0, 0)
    assert result["accepted"] == result["stored"] == 1200
    assert (result["kills"], result["crashes"], result["stops"]) == (10, 1, 1)
    assert result["poison"] == result["dead"] == result["revived"] == 1
    assert code == 0, result


@pytest.mark.slow
def test_the_control_loses_what_it_has_acknowledged() -> None:
    code, result = tortured("--events 700 --kills 4 --mode naive --answers 1 --stops 0 --seed 3")

    assert result["lost"] > 0
    assert code == 1
