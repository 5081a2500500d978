"""Fault 16: thousands of events in one go are read in slices; each slice by another process."""

from __future__ import annotations

from typing import Any

from filo.core.db import connect
from filo.intake.pipeline import MOST_FACTS, Pipeline
from tests.world import World

IN_A_CALL = 500


def test_fault_16_thousands_of_events_are_read_in_slices_and_each_once(
    world: World, long: bool
) -> None:
    events = 10_000 if long else 4_000
    for n in range(0, events, IN_A_CALL):
        said = [world.said(f"m{i}", f"p{i % 700}", "Ciao") for i in range(n, n + IN_A_CALL)]
        world.events(*said)
    slices = []
    while True:
        with connect(name="one slice, then gone") as own:  # each slice by a process of its own
            if not Pipeline().once(own):
                break
        done = world.rows("SELECT count(*) FROM conversations_message")[0][0]
        slices.append(int(str(done)))

    steps = [after - before for before, after in zip([0, *slices], slices, strict=False)]
    assert slices[-1] == events
    assert max(steps) <= MOST_FACTS + IN_A_CALL
    gaps: list[Any] = world.rows(
        "SELECT identity_id FROM conversations_message GROUP BY identity_id"
        " HAVING max(seq) <> count(*)"
    )
    assert gaps == []
