"""The sample company, asked for by the console or by `filo up`."""

from __future__ import annotations

from importlib import import_module

from filo.core import db
from filo.project.built import built
from filo.project.ground import say

SAMPLE = "filo.project.sample"


def load(*, if_empty: bool) -> None:
    if not built(SAMPLE):
        say("the sample company is not built yet: skipped")
        return
    if if_empty and not _is_empty():
        return
    say("loading Brezza, the sample airline")
    import_module(SAMPLE).load()


def _is_empty() -> bool:
    with db.connect(name="filo demo") as connection:
        found = connection.execute("SELECT 1 FROM staff_staff LIMIT 1").fetchone()
    return found is None
