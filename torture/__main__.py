"""`bin/torture`: send, answer, listen, kill, crash, stop; then count.

bin/torture --events 20000 --kills 200 --crashes 10 --mode F --seed 7
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

import django
import msgspec

from torture.control import torture_the_naive
from torture.house import house
from torture.result import Order
from torture.run import torture

MODES = ("K", "L", "F", "naive")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filo.project.settings")
    arguments = _arguments()
    order = Order(
        events=arguments.events,
        kills=arguments.kills,
        crashes=arguments.crashes,
        stops=arguments.stops,
        seed=arguments.seed,
        mode=arguments.mode,
        answers=arguments.answers,
        amends=arguments.amends,
        recovery=arguments.recovery,
    )
    if order.mode == "naive":
        result = asyncio.run(torture_the_naive(order))
    else:
        with house() as built:
            django.setup()
            print(f"house at {built.url}", file=sys.stderr)  # noqa: T201
            result = asyncio.run(torture(built, order))
    text = msgspec.json.format(msgspec.json.encode(result)).decode()
    print(text)  # noqa: T201 -- the result
    if arguments.json:
        Path(arguments.json).write_text(f"{text}\n", "utf-8")
    return 0 if result.holds else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("--events", type=int, default=2_000, help="messages to send")
    parser.add_argument("--kills", type=int, default=20, help="processes to kill with SIGKILL")
    parser.add_argument("--crashes", type=int, default=1, help="SIGQUITs to PostgreSQL")
    parser.add_argument("--stops", type=int, default=1, help="senders to stop for a while")
    parser.add_argument("--seed", type=int, default=1, help="for a run that can be repeated")
    parser.add_argument("--mode", choices=MODES, default="K", help="the channel's delivery class")
    parser.add_argument("--answers", type=float, default=0.25, help="share that is answered")
    parser.add_argument("--amends", type=float, default=0.04, help="share that is edited")
    parser.add_argument("--recovery", type=float, default=10, help="seconds allowed after a crash")
    parser.add_argument("--json", metavar="FILE", help="write the result there too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
