"""`bin/bench PART [--json FILE]`: figures of this machine, as ratios in one run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import cold, endtoend, growth, intake, kinds, live, pipeline, press, send
from bench.lines import Line, as_json
from bench.table import as_table

Chosen = argparse.Namespace
PARTS: dict[str, Callable[[Chosen], list[Line]]] = {
    "intake": lambda chosen: (
        kinds.run(chosen.kinds, many=chosen.messages // 4)
        if chosen.kinds
        else intake.run(many=chosen.messages)
    ),
    "pipeline": lambda chosen: pipeline.run(many=chosen.messages),
    "end-to-end": lambda chosen: endtoend.run(rates=chosen.rates, seconds=chosen.seconds),
    "send": lambda chosen: send.run(replies=chosen.replies),
    "live": lambda chosen: live.run(streams=chosen.streams),
    "growth": lambda chosen: growth.run(chosen.sizes, rounds=chosen.rounds),
    "cold": lambda chosen: cold.run(messages=chosen.messages // 2),
}
EVERYWHERE = {**PARTS, "press": press.run}


def main(words: Sequence[str] | None = None) -> int:
    chosen = options().parse_args(words)
    parts = list(PARTS) if chosen.part == "all" else [chosen.part]
    lines: list[Line] = []
    for part in parts:
        measured = EVERYWHERE[part](chosen)
        print(f"### {part}\n\n{as_table(measured)}\n", flush=True)  # noqa: T201 -- the result
        lines += measured
        if chosen.json:
            Path(chosen.json).write_text(as_json(lines))
    return 0


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("part", choices=["all", *EVERYWHERE])
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--messages", type=int, default=20_000, help="intake, pipeline, press")
    parser.add_argument(
        "--kinds", type=lambda text: text.split(","), help="intake: beside the first"
    )
    parser.add_argument("--rates", type=_numbers, default=endtoend.RATES, help="end-to-end")
    parser.add_argument("--seconds", type=float, default=8.0, help="end-to-end, of each rate")
    parser.add_argument("--replies", type=int, default=2_000, help="send")
    parser.add_argument("--streams", type=_numbers, default=(1_000, 5_000), help="live")
    parser.add_argument("--sizes", type=_numbers, default=(10_000, 100_000, 1_000_000))
    parser.add_argument("--rounds", type=int, default=40, help="growth: askings of each question")
    press.add_options(parser)
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
