"""Fault 7: no room on the disk, no thanks. With room again, what was thanked is there."""

from __future__ import annotations

import base64
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psycopg
import pytest
from psycopg import sql

from filo.intake.tests.test_receiver import call, signed
from tests.ground import cluster
from tests.world import World

ROOM, MORE = "2m", "64m"
CALLS = 24


@pytest.fixture
def small_disk(world: World, tmp_path: Path) -> Iterator[Path]:
    """The journal on a file system of its own that is soon full."""
    place = Path(os.environ["FILO_TEST_GROUND"]) / f"disk-{tmp_path.name}"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", place]).returncode:  # noqa: S603, S607
        pytest.skip("no file system can be mounted here: that takes root")
    space = sql.Identifier(f"small_{os.getpid()}")
    try:
        owner = cluster().files.stat()
        os.chown(place, owner.st_uid, owner.st_gid)
        world.connection.execute(
            sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(space, sql.Literal(str(place)))
        )
        world.connection.execute(
            sql.SQL("ALTER TABLE intake_journal SET TABLESPACE {}").format(space)
        )
        yield place
        world.connection.execute("ALTER TABLE intake_journal SET TABLESPACE pg_default")
        world.connection.execute(sql.SQL("DROP TABLESPACE {}").format(space))
    finally:
        subprocess.run(["umount", "--lazy", place], check=False)  # noqa: S603, S607
        shutil.rmtree(place, ignore_errors=True)


def letter(world: World, n: int) -> bytes:
    """100 kB that cannot be made smaller."""
    chance = random.Random(n)
    text = base64.b64encode(chance.randbytes(75_000)).decode()
    return msgspec.json.encode({"events": [world.said(f"m{n}", "ada", text)]})


def deliver(world: World, n: int) -> int:
    body = letter(world, n)
    return call(world, body, signed(world, body))[0]


def test_fault_7_on_a_full_disk_nobody_is_thanked_and_what_was_thanked_is_kept(
    world: World, small_disk: Path
) -> None:
    told = [deliver(world, n) for n in range(CALLS)]
    subprocess.run(["mount", "-o", f"remount,size={MORE}", small_disk], check=True)  # noqa: S603, S607
    again = [deliver(world, n) for n, status in enumerate(told) if status != 200]

    assert set(told) == {200, 503}
    assert set(again) == {200}
    world.read_all()
    assert world.rows("SELECT count(*), max(seq) FROM conversations_message") == [(CALLS, CALLS)]
    with psycopg.connect(cluster().url("postgres")) as there:
        assert there.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
