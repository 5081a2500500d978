"""The town's post: real servers, real lines."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import smtplib
import socket
import tempfile
from pathlib import Path
from secrets import token_hex

import pytest

from filo.emulators.mail_dovecot import Dovecot, installed
from filo.emulators.mail_office import PostOffice
from tests.post import free_port


def test_dovecot_is_installed() -> None:
    assert installed(), "apt-get install dovecot-imapd: nothing is skipped silently"


def test_a_mail_travels_from_one_mailbox_to_another(post_office: PostOffice) -> None:
    anna, ugo = (f"{name}-{token_hex(4)}@town.example" for name in ("anna", "ugo"))
    post_office.write(anna, ugo, "Ciao, è arrivata?", subject="Ora")
    [letter] = post_office.inbox(ugo)
    assert (letter.subject, letter.text) == ("Ora", "Ciao, è arrivata?")
    post_office.write(ugo, anna, "Sì", answers=letter)
    [answer] = post_office.inbox(anna)
    assert (answer.subject, answer.references) == ("Re: Ora", (letter.id,))


def test_a_plus_address_is_the_same_mailbox(post_office: PostOffice) -> None:
    post_office.write("anna@town.example", "plus+c1-x@town.example", "Ciao")
    [(_, raw)] = post_office.raw_inbox("plus@town.example")
    assert b"Delivered-To: plus+c1-x@town.example" in raw


@pytest.mark.parametrize(("who", "code"), [("unknown", 550), ("blocked", 554), ("full", 452)])
def test_an_address_says_why_it_takes_no_mail(post_office: PostOffice, who: str, code: int) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        post_office.write("anna@town.example", f"{who}@town.example", "Ciao")
    assert refused.value.recipients[f"{who}@town.example"][0] == code


def test_a_bounce_comes_back_to_who_sent(post_office: PostOffice) -> None:
    post_office.write("carla@town.example", "bounce@town.example", "Ciao")
    [letter] = post_office.inbox("carla@town.example")
    assert letter.sender.startswith("Mail Delivery System")


def test_what_was_handed_over_is_kept(post_office: PostOffice) -> None:
    post_office.write("anna@town.example", "seen@town.example", "Ciao")
    assert post_office.post.seen[-1].recipients == ("seen@town.example",)


def test_a_port_that_is_taken_is_said_and_everything_stops() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = Path(tempfile.mkdtemp(prefix="filo-post-"))
        place.chmod(0o755)
        office = PostOffice(taken.getsockname()[1], free_port(), place / "dovecot")
        with pytest.raises(OSError):
            office.start()
        office.stop()
        shutil.rmtree(place)


def test_a_killed_dovecot_is_started_again() -> None:
    place = Path(tempfile.mkdtemp(prefix="filo-post-"))
    place.chmod(0o755)
    dovecot = Dovecot(place / "dovecot", free_port())

    async def story() -> int | None:
        dovecot.start()
        dovecot.keep()
        killed = dovecot.pid
        assert killed
        os.kill(killed, signal.SIGKILL)
        async with asyncio.timeout(20):
            while dovecot.pid in {killed, None}:  # noqa: ASYNC110 -- another process decides
                await asyncio.sleep(0.05)
        return dovecot.pid

    assert asyncio.run(story())
    dovecot.stop()
    shutil.rmtree(place)
