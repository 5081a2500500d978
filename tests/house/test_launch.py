"""How a process begins."""

from __future__ import annotations

import subprocess
import sys

SETTLED = """
import gc
import django
from filo.project.launch import settle

settle()
print(gc.get_freeze_count(), len(gc.get_objects()))
"""


def test_the_collector_never_walks_through_what_was_loaded() -> None:
    run = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, check=True)  # noqa: S603 -- ourselves

    settled, walked = map(int, run.stdout.split())
    assert settled > 10_000
    assert walked < 1_000
