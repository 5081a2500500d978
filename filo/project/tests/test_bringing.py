"""The worker's side task finds in the journal what a mail brought with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from filo.channels.carrier import Carrier
from filo.channels.operations import connect as connect_channel
from filo.conversations.fetcher_loop import Fetcher
from filo.core import media
from filo.core.db import connect
from filo.intake.journal import keep
from filo.intake.types import Entry
from filo.project.bringing import raw_of
from tests.house.architecture import tree
from tests.world import NOON, World

pytestmark = pytest.mark.anyio
SAMPLES = tree.ROOT / "filo" / "connectors" / "email" / "samples"
MAILBOX = {
    "address": "support@brezza.example",
    "imap_host": "127.0.0.1",
    "smtp_host": "127.0.0.1",
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def a_store_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILO_MEDIA_ROOT", str(tmp_path))


def a_mail_comes(world: World, sample: str, *, in_store: bool = False) -> None:
    raw = (SAMPLES / f"{sample}.http").read_bytes().partition(b"\n\n")[2]
    with world.connection.transaction():
        cur = world.connection.cursor()
        channel = connect_channel(cur, "email", "Post", world.team, MAILBOX)
        entry = Entry(
            channel=channel,
            lane=0,
            at=NOON,
            headers={"content-type": "message/rfc822"},
            query={},
            body=raw,
        )
        keep(cur, [entry])
    world.read_all()
    if in_store:
        world.connection.execute(
            "UPDATE intake_journal SET body = '', file = %s", [media.keep_raw(raw)]
        )


async def bring() -> None:
    with connect(name="test worker") as session:
        async with Carrier() as carrier:
            await Fetcher(session, carrier, raw_of).run_once()


@pytest.mark.parametrize("in_store", [False, True])
async def test_a_picture_inside_a_mail_is_cut_out_of_the_raw_mail(
    world: World, in_store: bool
) -> None:
    a_mail_comes(world, "html-with-image", in_store=in_store)

    await bring()

    [(state, mime, name, width)] = world.rows(
        "SELECT state, mime, name, width FROM conversations_attachment"
    )
    assert (state, mime, name, width) == ("ready", "image/png", "valigia.png", 1)


async def test_a_mail_that_is_no_longer_kept_leaves_its_files_gone(world: World) -> None:
    a_mail_comes(world, "html-with-image")
    world.connection.execute("DELETE FROM intake_journal")

    await bring()

    assert world.rows("SELECT state, reason FROM conversations_attachment") == [("refused", "gone")]
