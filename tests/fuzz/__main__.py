"""`bin/fuzz [TARGET] [--seconds N]`: coverage-guided, from the seeds; what it finds is kept.

A find lies in `tests/fuzz/crashes/TARGET/` and is replayed by every run of the tests until it is
mended, and after. `all` gives each target its share of the time, each in a process of its own.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

CRASHES = Path(__file__).parent / "crashes"
EXECUTED = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
LONGEST = 10  # seconds for one input: more is a find


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("target", nargs="?", default="all")
    parser.add_argument("--seconds", type=int, default=60, help="of each target")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    if chosen.alone:
        return fuzz(chosen.target, chosen.seconds)
    finds = 0
    for name in _names() if chosen.target == "all" else [chosen.target]:
        executed, found, told = apart(name, chosen.seconds)
        finds += found
        print(f"{name:<16} {executed:>9} executions  {found} finds")  # noqa: T201 -- the result
        if found:
            print(told)  # noqa: T201
    return 1 if finds else 0


def apart(name: str, seconds: int) -> tuple[int, int, str]:
    """(executions, finds, what was said) of one target in a process of its own."""
    words = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(seconds), "--alone"]
    run = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    counted = EXECUTED.search(run.stderr)
    return int(counted[1]) if counted else 0, int(run.returncode != 0), run.stderr[-3000:]


def fuzz(name: str, seconds: int) -> int:
    """Never comes back: libFuzzer ends the process. `mix` is all targets, by the first byte."""
    import atheris

    with atheris.instrument_imports(include=["filo", "email", "tests.fuzz.targets"]):
        _begin()
        from tests.fuzz.targets import TARGETS, seeds
    targets = list(TARGETS.values())

    def mixed(raw: bytes) -> None:
        targets[raw[0] % len(targets)](raw[1:]) if raw else None

    crashes = CRASHES / name
    crashes.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(_seeds(name, list(TARGETS), seeds)):
            (Path(corpus) / str(number)).write_bytes(seed)
        options = [
            f"-max_total_time={seconds}",
            f"-timeout={LONGEST}",
            f"-artifact_prefix={crashes}/",
        ]
        options += [
            "-print_final_stats=1",
            "-seed=1",
            "-max_len=20000",
            "-rss_limit_mb=1500",
            corpus,
        ]
        atheris.Setup([name, *options], mixed if name == "mix" else TARGETS[name])
        atheris.Fuzz()
    return 0


def _seeds(name: str, names: list[str], of: object) -> list[bytes]:
    from tests.fuzz.targets import seeds

    if name != "mix":
        return list(seeds(name))
    return [bytes([n]) + seed for n, each in enumerate(names) for seed in list(seeds(each))[:6]]


def _begin() -> None:
    """A key of this run alone, and Django for the pages' part."""
    import os

    os.environ["FILO_HOME"] = tempfile.mkdtemp(prefix="filo-fuzz-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filo.project.settings")
    from filo.core import home

    home.make_key()
    import django

    django.setup()


def _names() -> list[str]:
    _begin()
    from tests.fuzz.targets import TARGETS

    return list(TARGETS)


if __name__ == "__main__":
    sys.exit(main())
