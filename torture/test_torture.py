"""A short seeded run: nothing thanked is lost, nothing is doubled, no order has a gap."""

from __future__ import annotations

import subprocess
import sys

import msgspec


def test_nothing_thanked_is_lost_while_processes_are_killed() -> None:
    command = [sys.executable, "-m", "torture", "--events", "600", "--kills", "4", "--seed", "3"]

    run = subprocess.run(command, capture_output=True, timeout=240, check=False)  # noqa: S603 -- ourselves

    assert run.returncode == 0, run.stderr.decode()[-3000:]
    result = msgspec.json.decode(run.stdout)
    assert result["accepted"] == result["stored"] == 600
    assert (result["lost"], result["doubled"], result["gaps"]) == (0, 0, 0)
