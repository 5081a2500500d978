"""A small house with people in it: teams, a channel for each, and who is logged in."""

from __future__ import annotations

import subprocess
import sys

import msgspec

from bench.intake import SECRET
from filo.channels.operations import connect as connect_channel
from filo.core.db import connect
from filo.core.ids import public
from filo.staff.operations import create_staff, create_team


class Scene(msgspec.Struct, frozen=True):
    """By number: a channel of each team, and the session of each colleague."""

    channels: list[int]
    sessions: list[str]

    @property
    def paths(self) -> list[str]:
        return ["/hooks/" + public("chn", channel) for channel in self.channels]


def furnish(*, teams: int, people: int, deliver_to: str = "") -> Scene:
    """Each person works in one team; the teams take turns."""
    settings = {"secret": SECRET, "deliver_to": deliver_to}
    with connect(name="bench") as connection, connection.transaction():
        cur = connection.cursor()
        made = [create_team(cur, f"Team {n}") for n in range(teams)]
        channels = [connect_channel(cur, "http", f"C{n}", t, settings) for n, t in enumerate(made)]
        staff = [
            create_staff(cur, email=f"s{n}@example.org", name=f"S {n}", teams=[made[n % teams]])
            for n in range(people)
        ]
    return Scene(channels, _sessions(staff))


def _sessions(staff: list[int]) -> list[str]:
    command = [sys.executable, "-m", "bench.logins", *map(str, staff)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- ourselves
    return told.stdout.split()
