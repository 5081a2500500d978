"""Whose a file is, and who may see it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from filo.channels.contract import Media
from filo.conversations import operations, queries
from filo.conversations.attachments import Taking, adopt
from filo.conversations.types import CannotSend, NotFound
from filo.core import clock, media, vault
from filo.core.ids import number
from tests.world import World

ADA = queries.of_visitor("web:c", "ada")


@pytest.fixture(autouse=True)
def a_store_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILO_MEDIA_ROOT", str(tmp_path))


def uploaded(world: World, owner: str) -> str:
    kept = media.keep(b"%PDF-1.7", name="Ticket.pdf", mime="application/pdf", limit=1000)
    return str(world.act(operations.upload, kept, owner=owner).id)


def of(world: World, person: str) -> str:
    return queries.of_staff(getattr(world, person).staff)


def test_a_file_of_a_message_is_for_those_who_read_the_message(world: World) -> None:
    case = world.writes("ada", "Ciao")
    file = uploaded(world, of(world, "dora"))
    parts = (Media("", attachment=file),)
    world.act(operations.reply, world.dora, case, parts, client_id="c")

    for reader in (world.dora, world.enzo):
        assert world.ask(queries.attachment, reader, number("att", file)).name == "Ticket.pdf"
    with pytest.raises(NotFound):
        world.ask(queries.attachment, world.stranger, number("att", file))


def test_threat_14_a_file_of_a_restricted_case_is_for_its_team_alone(world: World) -> None:
    case = world.writes("ada", "Ciao")
    parts = (Media("", attachment=uploaded(world, of(world, "dora"))),)
    written = world.act(operations.reply, world.dora, case, parts, client_id="c")
    file = number("att", written.message.attachments[0].id)
    world.connection.execute(
        "UPDATE customers_customer SET teams = teams || %s", [world.stranger.teams[0]]
    )
    assert world.ask(queries.attachment, world.stranger, file)

    world.connection.execute("UPDATE conversations_case SET restricted = true")

    assert world.ask(queries.attachment, world.dora, file)
    with pytest.raises(NotFound):
        world.ask(queries.attachment, world.stranger, file)


def test_an_upload_is_seen_by_its_owner_alone_until_it_is_sent(world: World) -> None:
    file = number("att", uploaded(world, of(world, "dora")))

    assert world.ask(queries.attachment, world.dora, file).state == "ready"
    with pytest.raises(NotFound):
        world.ask(queries.attachment, world.enzo, file)


def test_peers_case_99_somebody_elses_upload_cannot_be_attached(world: World) -> None:
    case = world.writes("ada", "Ciao")
    parts = (Media("", attachment=uploaded(world, of(world, "dora"))),)

    with pytest.raises(CannotSend):
        world.act(operations.reply, world.enzo, case, parts, client_id="c")


def test_peers_case_17_a_visitor_adopts_their_own_upload_only_and_only_once(world: World) -> None:
    world.writes("ada", "Ciao")
    [(message,)] = world.rows("SELECT id FROM conversations_message")
    ada, eve = queries.of_visitor("web:c", "ada"), queries.of_visitor("web:c", "eve")
    hers, staffs = uploaded(world, ada), uploaded(world, of(world, "dora"))

    def takes(file: str, owner: str) -> int:
        taking = Taking(file, int(str(message)), 0, world.channel, owner)
        world.act(adopt, [taking])
        return len(world.rows("SELECT 1 FROM conversations_attachment WHERE message_id > 0"))

    assert takes(hers, eve) == 0
    assert takes(staffs, ada) == 0
    assert takes("att_nonsense", ada) == 0
    assert takes(hers, ada) == 1
    world.connection.execute("UPDATE conversations_attachment SET ordinal = 9")
    takes(hers, ada)
    assert world.rows("SELECT DISTINCT ordinal FROM conversations_attachment") == [(9,)]


def test_a_file_goes_out_with_an_address_that_opens_it_for_a_month(world: World) -> None:
    case = world.writes("ada", "Ciao")
    parts = (Media("", attachment=uploaded(world, of(world, "dora"))),)
    world.act(operations.reply, world.dora, case, parts, client_id="c")

    [(spoken,)] = world.rows("SELECT spoken FROM conversations_delivery")

    assert isinstance(spoken, dict)
    token, name = spoken["url"].rsplit("/", 2)[1:]
    assert name == "Ticket.pdf"
    later = clock.now() + timedelta(days=29)
    opened = world.ask(queries.shown, token, at=later)
    assert opened.mime == "application/pdf"
    with pytest.raises(vault.Tampered):
        world.ask(queries.shown, token, at=later + timedelta(days=2))


def test_uploads_that_no_message_took_are_forgotten_after_a_day(
    world: World, tmp_path: Path
) -> None:
    case = world.writes("ada", "Ciao")
    old = clock.now() + timedelta(days=2)
    sent, lone = uploaded(world, of(world, "dora")), uploaded(world, of(world, "enzo"))
    world.act(operations.reply, world.dora, case, (Media("", attachment=sent),), client_id="c")

    assert world.act(operations.sweep_uploads, at=clock.now()) == 0
    assert world.act(operations.sweep_uploads, at=old) == 0, "the sent one has the same bytes"

    with pytest.raises(NotFound):
        world.ask(queries.attachment, world.enzo, number("att", lone))
    assert world.ask(queries.attachment, world.dora, number("att", sent))
    world.act(operations.upload, media.keep(b"hi", name="b.txt", mime="", limit=9), owner=ADA)
    assert world.act(operations.sweep_uploads, at=clock.now() + timedelta(minutes=59)) == 0
    assert world.act(operations.sweep_uploads, at=clock.now() + timedelta(minutes=61)) == 1
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [b"%PDF-1.7"]
