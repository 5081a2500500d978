"""Reads the week of `story.md`: who said what to whom, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files

import msgspec

HEAD = re.compile(r"## (\S+) · (\S+) · (?:(\d)d (\d\d):(\d\d)|-(\d+))(?: · (.+))?$")
SAID = re.compile(r"(<)() (?:\+(\d+) )?(.+)$")
DONE = re.compile(r"([>#=]) ([a-z]+) \+(\d+) (.+)$")


class Step(msgspec.Struct, frozen=True):
    """One thing that happens. `sign`: < says, > answers, # notes, = does (`text`) with the case."""

    at: datetime
    sign: str
    guest: str
    channel: str
    subject: str
    who: str
    text: str


def week(*, now: datetime) -> list[Step]:
    """All steps in the order in which they happened, ending a moment ago."""
    text = (files(__package__) / "story.md").read_text("utf-8")
    steps = list(_steps(text.splitlines(), now))
    return sorted((step for step in steps if step.at <= now), key=lambda step: step.at)


def _steps(lines: list[str], now: datetime) -> Iterator[Step]:
    at, guest, channel, subject = now, "", "", ""
    for line in lines:
        if head := HEAD.match(line):
            guest, channel, subject = head[1], head[2], head[7] or ""
            at = _began(head, now)
        elif step := SAID.match(line) or DONE.match(line):
            at += timedelta(minutes=int(step[3] or 0))
            words = step[4].replace("\\n", "\n")
            yield Step(at, step[1], guest, channel, subject, step[2] or guest, words)


def _began(head: re.Match[str], now: datetime) -> datetime:
    if head[6]:
        return now - timedelta(minutes=int(head[6]))
    day = now - timedelta(days=int(head[3]))
    return day.replace(hour=int(head[4]), minute=int(head[5]), second=0, microsecond=0)
