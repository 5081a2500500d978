"""A customer's mail, from their mailbox to the thread and back: no part is faked on our side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from secrets import token_hex
from typing import Any

import pytest

from filo.channels.carrier import Carrier
from filo.channels.contract import Media, Part, Text
from filo.conversations.fetcher_loop import Fetcher
from filo.conversations.operations import reply, upload
from filo.conversations.queries import of_staff
from filo.conversations.sender import Sender
from filo.core import media
from filo.emulators.mail_office import Letter, PostOffice
from filo.project.bringing import raw_of
from tests.fixtures import world
from tests.mailbox import Mailbox
from tests.world import World

__all__ = ["world"]


class Story:
    """Anna writes to a mailbox that Dora answers."""

    def __init__(self, world: World, office: PostOffice) -> None:
        self.world = world
        self.office = office
        self.anna = f"anna-{token_hex(4)}@town.example"
        self.box = Mailbox(world, office)
        self.box.fetch()
        self.count = 0

    def anna_writes(self, text: str, **more: Any) -> None:
        to = more.pop("to", self.box.address)
        self.office.write(self.anna, to, text, name="Anna Bianchi", **more)
        self.read()

    def read(self) -> None:
        self.box.fetch()
        self.world.read_all()

    def dora_answers(self, text: str, *files: Part) -> None:
        self.count += 1
        case = self.cases()[-1]
        parts = (Text(text), *files)
        self.world.act(reply, self.world.dora, case, parts, client_id=f"c{self.count}")
        send(lambda: "pending" not in self.states())

    def inbox(self) -> list[Letter]:
        return self.office.inbox(self.anna)

    def cases(self) -> list[Any]:
        return [id_ for (id_,) in self.world.rows("SELECT id FROM conversations_case ORDER BY id")]

    def customers(self) -> int:
        return len(self.world.rows("SELECT DISTINCT customer_id FROM conversations_case"))

    def states(self) -> list[Any]:
        rows = self.world.rows("SELECT state FROM conversations_delivery ORDER BY id")
        return [state for (state,) in rows]

    def thread(self) -> list[Any]:
        return self.world.rows(
            "SELECT direction, parts -> 0 ->> 'text' FROM conversations_message ORDER BY id"
        )


@pytest.fixture
def story(world: World, post_office: PostOffice) -> Story:
    return Story(world, post_office)


def send(done: Callable[[], bool]) -> None:
    asyncio.run(_send(done))


async def _send(done: Callable[[], bool]) -> None:
    sender = Sender()
    work = asyncio.create_task(sender.run())
    try:
        async with asyncio.timeout(15):
            while not await asyncio.to_thread(done):  # noqa: ASYNC110 -- it is in the database
                await asyncio.sleep(0.02)
    finally:
        sender.stop()
        await work


def test_a_mail_is_answered_and_the_answer_comes_back_to_the_same_case(story: Story) -> None:
    story.anna_writes("La valigia non c'è.", subject="Bagaglio")
    story.dora_answers("Arriva domani.")
    [letter] = story.inbox()
    assert letter.subject == "Re: Bagaglio"
    assert letter.text.startswith("Arriva domani.")
    assert "> La valigia non c'è." in letter.text

    story.anna_writes("Grazie!", answers=letter, to=letter.reply_to)

    assert len(story.cases()) == 1
    assert story.thread() == [
        ("in", "La valigia non c'è."),
        ("out", "Arriva domani."),
        ("in", "Grazie!"),
    ]
    assert story.states() == ["sent"]


def test_an_answer_with_two_files_is_one_mail_and_one_delivery(story: Story) -> None:
    story.anna_writes("La mia carta d'imbarco?", subject="Carta")
    files = []
    for name in ("andata.pdf", "ritorno.pdf"):
        kept = media.keep(b"%PDF-1.7 " + name.encode(), name=name, mime="", limit=10_000)
        upload_ = story.world.act(upload, kept, owner=of_staff(story.world.dora.staff))
        files.append(Media("", attachment=str(upload_.id)))
    story.dora_answers("Eccole.", *files)
    assert story.states() == ["sent"]
    [letter] = story.inbox()
    assert letter.files == ("andata.pdf", "ritorno.pdf")
    assert story.office.file(story.anna, letter.uid, 1)[1] == b"%PDF-1.7 ritorno.pdf"


def test_a_program_that_drops_the_thread_is_brought_back_by_the_signed_address(
    story: Story,
) -> None:
    story.anna_writes("Primo", subject="Uno")
    story.dora_answers("Dica.")
    [letter] = story.inbox()
    assert "+" in letter.reply_to
    story.anna_writes("Secondo", subject="Tutt'altro", to=letter.reply_to)
    assert len(story.cases()) == 1


def test_regression_3_the_thread_s_address_only_in_cc(story: Story) -> None:
    """chatwoot#15365."""
    story.anna_writes("Primo", subject="Uno")
    story.dora_answers("Dica.")
    [letter] = story.inbox()
    raw = (
        f"From: {story.anna}\r\nTo: someone@else.example\r\nCc: {letter.reply_to}\r\n"
        f"Message-ID: <{token_hex(6)}@town.example>\r\nSubject: Nuovo\r\n\r\nEccomi\r\n"
    )
    story.office.send(story.anna, letter.reply_to, raw.encode())
    story.read()
    assert len(story.cases()) == 1


def test_a_made_up_token_opens_no_door(story: Story) -> None:
    story.anna_writes("Primo", subject="Uno")
    [case] = story.cases()
    local, _, domain = story.box.address.partition("@")
    forged = f"{local}+c{case:x}-aaaaaaaaaaaaaaaa@{domain}"
    story.office.write("eve@evil.example", forged, "Che cosa si dice?", subject="x")
    story.read()
    assert len(story.cases()) == 2


def test_who_knows_the_ids_of_a_mail_does_not_get_into_its_thread(story: Story) -> None:
    story.anna_writes("Primo", subject="Uno")
    story.dora_answers("Dica.")
    [letter] = story.inbox()
    story.office.write("eve@evil.example", story.box.address, "Sono io", answers=letter)
    story.read()
    assert len(story.cases()) == 2
    assert story.customers() == 2


def test_who_got_the_signed_address_writes_in_a_thread_of_their_own(story: Story) -> None:
    story.anna_writes("Primo", subject="Uno")
    story.dora_answers("Dica.")
    [letter] = story.inbox()
    story.office.write("eve@evil.example", letter.reply_to, "Sono io", answers=letter)
    story.read()
    rows = story.world.rows(
        "SELECT count(DISTINCT customer_id) FROM conversations_message WHERE direction = 'in'"
    )
    assert rows == [(2,)]
    assert story.customers() == 2


def test_another_subject_without_a_thread_is_another_case(story: Story) -> None:
    story.anna_writes("Primo", subject="Uno")
    story.anna_writes("Secondo", subject="Due")
    assert len(story.cases()) == 2


def test_regression_2_mails_without_ids_attract_nobody(story: Story) -> None:
    """libredesk#122."""
    for text in ("Primo", "Secondo"):
        raw = (
            f"From: {story.anna}\r\nMessage-ID: <>\r\nReferences: \r\nIn-Reply-To: <>\r\n"
            f"Subject: {text}\r\n\r\n{text}\r\n"
        )
        story.office.send(story.anna, story.box.address, raw.encode())
    story.read()
    assert len(story.cases()) == 2
    assert story.thread() == [("in", "Primo"), ("in", "Secondo")]


def test_a_bounce_marks_the_answer_that_did_not_arrive(story: Story) -> None:
    story.anna = "bounce@town.example"
    story.anna_writes("Ciao", subject="Uno")
    story.dora_answers("Buongiorno.")
    assert story.states() == ["sent"]
    story.read()
    assert story.states() == ["failed"]
    assert story.world.rows("SELECT reason FROM conversations_delivery") == [("unreachable",)]


def test_an_answer_cut_off_after_it_was_handed_over_is_never_sent_again(story: Story) -> None:
    story.anna = "cut@town.example"
    story.anna_writes("Ciao", subject="Uno")
    before = len(story.office.post.seen)
    story.dora_answers("Buongiorno.")
    assert story.states() == ["uncertain"]
    assert len(story.office.post.seen) == before + 1


def test_a_machine_s_mail_starts_no_clock(story: Story) -> None:
    raw = (
        f"From: {story.anna}\r\nAuto-Submitted: auto-replied\r\nSubject: Assente\r\n"
        f"Message-ID: <{token_hex(6)}@town.example>\r\n\r\nTorno lunedì\r\n"
    )
    story.office.send(story.anna, story.box.address, raw.encode())
    story.read()
    assert story.world.rows("SELECT automatic FROM conversations_message") == [(True,)]


def test_a_file_in_a_mail_is_kept_as_an_attachment_of_its_message(story: Story) -> None:
    files = {"carta.pdf": ("application/pdf", b"%PDF-1.4\n%%EOF")}
    story.anna_writes("In allegato.", subject="Carta", files=files)
    [(mime, name, ref, journal)] = story.world.rows(
        "SELECT mime, name, ref, journal FROM conversations_attachment"
    )
    assert (mime, name, ref) == ("application/pdf", "carta.pdf", "part:2")
    assert journal


def test_a_large_mail_rests_in_the_media_store_and_its_file_is_brought(story: Story) -> None:
    body = b"%PDF-1.4\n" + b"riga del biglietto\n" * 40_000
    story.anna_writes("Eccolo.", subject="Carta", files={"carta.pdf": ("application/pdf", body)})
    [(inside, file)] = story.world.rows("SELECT octet_length(body), file FROM intake_journal")
    assert inside == 0
    assert file
    asyncio.run(bring(story.world))
    [(state, sha256)] = story.world.rows("SELECT state, sha256 FROM conversations_attachment")
    assert state == "ready"
    assert media.read(str(sha256)) == body


async def bring(world: World) -> None:
    async with Carrier() as carrier:
        await Fetcher(world.connection, carrier, raw_of).run_once()
