"""`bin/bench intake|pipeline|all [--json FILE]`: figures of this machine, ratios in one run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import intake, pipeline
from bench.lines import as_json, as_table

PARTS = {"intake": intake.run, "pipeline": pipeline.run}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("part", choices=[*PARTS, "all"])
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    chosen = PARTS if arguments.part == "all" else {arguments.part: PARTS[arguments.part]}
    lines = [line for run in chosen.values() for line in run(many=arguments.messages)]
    print(as_table(lines))  # noqa: T201 -- the result
    if arguments.json:
        Path(arguments.json).write_text(as_json(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
