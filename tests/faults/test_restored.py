"""Fault 24: a restore loses what came after the backup; what is delivered again fills the gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from filo.core import home
from filo.core.db import connect
from filo.project import backup
from tests.world import World


def test_fault_24_after_a_restore_what_is_delivered_again_fills_the_gap_and_doubles_nothing(
    committed_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILO_HOME", str(tmp_path / "home"))
    home.make_key()
    with connect(name="before") as connection:
        world = World(connection)
        told = [world.said(f"m{n}", f"p{n % 7}", f"riga {n}") for n in range(60)]
        world.events(*told[:40])
        world.read_all()
        backup.write(tmp_path / "filo.tar")
        world.events(*told[40:])
        world.read_all()
        channel = world.channel

    backup.read(tmp_path / "filo.tar", replace=True)

    with connect(name="after") as connection:
        again = World.__new__(World)
        again.__dict__.update({**world.__dict__, "connection": connection, "channel": channel})
        lost = again.rows("SELECT count(*) FROM conversations_message")[0][0]
        again.events(*told)
        again.read_all()
        kept = again.rows("SELECT count(*), count(DISTINCT provider_id) FROM conversations_message")
        gaps = again.rows(
            "SELECT identity_id FROM conversations_message GROUP BY identity_id"
            " HAVING max(seq) <> count(*)"
        )
    assert lost == 40
    assert kept == [(60, 60)]
    assert gaps == []
