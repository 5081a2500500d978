"""`bin/torture`: send, kill, count.

bin/torture --events 10000 --kills 20 --seed 7
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from pathlib import Path

import msgspec

from filo.channels.operations import connect as connect_channel
from filo.core.db import connect
from filo.core.ids import public
from filo.staff.operations import create_team
from torture.checker import count, wait_until_read
from torture.customers import Customers
from torture.house import House, house

SECRET = "torture-" + "0123456789abcdef" * 2
VICTIMS = ("pipeline", "web", "pipeline", "sender")


def main() -> int:
    arguments = _arguments()
    with house() as built:
        print(f"house at {built.url}", file=sys.stderr)  # noqa: T201
        result = asyncio.run(_torture(built, arguments))
    text = msgspec.json.format(msgspec.json.encode(result)).decode()
    print(text)  # noqa: T201 -- the result
    if arguments.json:
        Path(arguments.json).write_text(text)
    return 1 if result["lost"] or result["doubled"] or result["gaps"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("--events", type=int, default=2_000, help="messages to send")
    parser.add_argument("--kills", type=int, default=20, help="processes to kill with SIGKILL")
    parser.add_argument("--seed", type=int, default=1, help="for a run that can be repeated")
    parser.add_argument("--json", metavar="FILE", help="write the result there too")
    return parser.parse_args()


async def _torture(built: House, arguments: argparse.Namespace) -> dict[str, object]:
    url = built.url + "/hooks/" + public("chn", _connect())
    customers = Customers(url, SECRET, events=arguments.events, seed=arguments.seed)
    began = time.monotonic()
    killer = asyncio.create_task(_kill(built, customers, arguments))
    await customers.write()
    kills = await killer
    await asyncio.to_thread(wait_until_read)
    return {
        "events": arguments.events,
        "kills": kills,
        "seed": arguments.seed,
        "mode": "intake",
        "refusals": customers.refusals,
        **count(customers.accepted),
        "seconds": round(time.monotonic() - began, 1),
    }


def _connect() -> int:
    with connect(name="torture") as connection, connection.transaction():
        cur = connection.cursor()
        settings = {"secret": SECRET, "deliver_to": ""}
        return connect_channel(cur, "http", "Torture", create_team(cur, "Torture"), settings)


async def _kill(built: House, customers: Customers, arguments: argparse.Namespace) -> int:
    """Spread over the run by what was thanked so far, so that no kill comes after the end."""
    chance = random.Random(arguments.seed + 1)  # noqa: S311 -- a reproducible run
    done = 0
    for n in range(arguments.kills):
        due = arguments.events * (n + 1) / (arguments.kills + 2)
        while len(customers.accepted) < due:  # noqa: ASYNC110 -- progress is what we wait for
            await asyncio.sleep(0.02)
        victim = chance.choice(VICTIMS)
        while not built.kill(victim, chance.randrange(8)):  # noqa: ASYNC110 -- it is being restarted
            await asyncio.sleep(0.05)
        done += 1
        print(f"killed {victim} ({done})", file=sys.stderr)  # noqa: T201
    return done


if __name__ == "__main__":
    sys.exit(main())
