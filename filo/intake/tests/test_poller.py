"""Mailboxes are read into the journal: all of it, once, with the place kept beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic, sleep

import pytest

from filo.channels.operations import change, move, switch
from filo.channels.queries import place
from filo.emulators.mail_office import PostOffice
from filo.intake.directory import read_doors
from filo.intake.poller import Poller
from filo.intake.watch import Watch
from tests.mailbox import Mailbox
from tests.world import World

DATE = "Sun, 22 Nov 2020 12:00:00 +0000"


@pytest.fixture
def mailbox(world: World, post_office: PostOffice) -> Mailbox:
    return Mailbox(world, post_office)


def test_new_mail_is_journalled_together_with_its_place(mailbox: Mailbox) -> None:
    mailbox.put("uno", "due")
    mailbox.fetch()
    assert mailbox.world.ask(place, mailbox.id).cursor.split(":")[1] == "2"
    mailbox.fetch()
    assert mailbox.world.rows("SELECT count(*) FROM intake_journal") == [(2,)]
    assert mailbox.subjects() == ["uno", "due"]


def test_regression_5_a_mailbox_away_for_three_days_gives_all_mails_and_one_report(
    mailbox: Mailbox,
) -> None:
    """chatwoot#10429."""
    mailbox.fetch()
    cursor = mailbox.world.ask(place, mailbox.id).cursor
    away = datetime.now(UTC) - timedelta(hours=72)
    mailbox.world.act(move, mailbox.id, cursor, ended_at=away)
    for hours in range(72, 0, -2):
        mailbox.put(f"{hours} ore fa", ago=timedelta(hours=hours))
    mailbox.fetch()
    mailbox.fetch()
    assert mailbox.subjects() == [f"{hours} ore fa" for hours in range(72, 0, -2)]
    [(report,)] = mailbox.world.rows("SELECT body FROM core_event WHERE type = 'channel_gap'")
    assert isinstance(report, dict)
    assert report["messages"] == 36


def test_regression_6_a_mail_deleted_by_us_stays_deleted(mailbox: Mailbox) -> None:
    """libredesk#355: it was still on the server, and came back."""
    mailbox.put("da cancellare")
    mailbox.fetch()
    assert mailbox.subjects() == ["da cancellare"]
    mailbox.world.connection.execute("DELETE FROM conversations_message")
    mailbox.fetch()
    mailbox.world.act(move, mailbox.id, "")  # even when our place is lost
    mailbox.fetch()
    assert mailbox.subjects() == []


def test_regression_4_one_mail_to_two_mailboxes_is_one_message_with_two_labels(
    world: World, post_office: PostOffice
) -> None:
    """freescout#5284."""
    boxes = [Mailbox(world, post_office), Mailbox(world, post_office)]
    for box in boxes:
        box.fetch()
    raw = (
        f"From: anna@town.example\r\nTo: {boxes[0].address}\r\nCc: {boxes[1].address}\r\n"
        f"Message-ID: <both@town.example>\r\nDate: {DATE}\r\nSubject: A tutti e due\r\n\r\nCiao\r\n"
    ).encode()
    for box in boxes:
        post_office.send("anna@town.example", box.address, raw)
        box.fetch()
    assert boxes[0].subjects() == ["A tutti e due"]
    assert world.rows("SELECT count(*) FROM intake_conflict") == [(0,)]
    labels = world.rows("SELECT channel_id FROM conversations_label")
    assert labels == [(boxes[1].id,)]


def test_what_was_kept_before_a_failure_is_not_fetched_twice(mailbox: Mailbox) -> None:
    mailbox.fetch()
    mailbox.put(*[str(number) for number in range(30)])
    watch = Watch(read_doors()[mailbox.id])
    slices = iter([None, RuntimeError("killed")])

    class Killed:
        card = watch.door.card

        def poll(self, config: object, cursor: str) -> object:
            if trouble := next(slices):
                raise trouble
            return watch.door.connector.poll(watch.door.config, cursor)  # type: ignore[attr-defined]

    watch._polls = Killed()  # type: ignore[assignment]
    with pytest.raises(RuntimeError):
        watch.fetch()
    watch.door.connector.hang_up(threading.get_ident())  # type: ignore[attr-defined]
    assert mailbox.world.rows("SELECT count(*) FROM intake_journal") == [(25,)]
    mailbox.fetch()
    assert mailbox.subjects() == [str(number) for number in range(30)]


# --- the whole process ----------------------------------------------------


@pytest.fixture
def poller(mailbox: Mailbox) -> object:
    poller = Poller()
    running = threading.Thread(target=poller.run)
    running.start()
    yield poller
    poller.stop()
    mailbox.world.act(switch, mailbox.id, False)  # its bell wakes the poller
    running.join(10)
    assert not running.is_alive()


def test_a_mail_is_in_the_journal_within_a_second_of_its_arrival(
    mailbox: Mailbox, poller: Poller
) -> None:
    until(lambda: mailbox.world.ask(place, mailbox.id).cursor)
    waits = []
    for kept in range(3):  # the machine may be busy with other tests: the best of three counts
        mailbox.put("sveglia")
        came = monotonic()
        until(partial(mailbox.has_more_than, kept))
        waits.append(monotonic() - came)
    assert min(waits) < 1.0


def test_a_refused_password_is_told_and_taken_back_when_mended(
    mailbox: Mailbox, poller: Poller
) -> None:
    world = mailbox.world
    world.act(change, mailbox.id, settings={**mailbox.settings, "password": "wrong"})
    until(lambda: world.rows("SELECT 1 FROM channels_health WHERE state = 'needs_you'"))
    world.act(change, mailbox.id, settings=mailbox.settings)
    mailbox.put("di nuovo")
    until(lambda: world.rows("SELECT 1 FROM intake_journal"))
    assert world.rows("SELECT DISTINCT state FROM channels_health") == [("ok",)]


def test_a_second_poller_waits_for_the_first_to_go(mailbox: Mailbox, poller: Poller) -> None:
    until(lambda: poller.watches)
    second = Poller()
    other = threading.Thread(target=second.run)
    other.start()
    second.stop()
    mailbox.world.act(switch, mailbox.id, False)
    other.join(10)
    assert not second.watches


def until(true: Callable[[], object], seconds: float = 10) -> None:
    deadline = monotonic() + seconds
    while not true():
        assert monotonic() < deadline
        sleep(0.01)


def test_a_poller_killed_again_and_again_misses_nothing_and_doubles_nothing(
    mailbox: Mailbox,
) -> None:
    mailbox.fetch()
    subjects = [f"n. {number}" for number in range(60)]
    writing = threading.Thread(target=mailbox.put, args=subjects)
    writing.start()
    while (kept := len(mailbox.journalled())) < len(subjects):
        process = subprocess.Popen(
            [sys.executable, "-m", "filo.intake.poller"], env=os.environ | {"PYTHONPATH": "."}
        )
        until(partial(mailbox.has_more_than, kept), 20)
        process.kill()
        process.wait()
    writing.join()
    assert mailbox.subjects() == subjects
    assert len(mailbox.journalled()) == len(subjects)
