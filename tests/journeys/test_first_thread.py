"""The first thread: three customers on three channels, one desk, and every road a real one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.house.running import Installation
from tests.journeys.cable import cable_to
from tests.journeys.townsfolk import Customer, Desk, mark
from tests.journeys.visiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# An answer may be taken back for ten seconds before it leaves.
PATIENCE = 30_000
WITHOUT_CABLE = 30 if os.environ.get("FILO_LONG") else 5

Come = Callable[[str], Customer]


@pytest.fixture
def come(browser: Browser, brezza: Installation) -> Iterator[Come]:
    met: list[Customer] = []

    def one(name: str) -> Customer:
        met.append(Customer(browser, brezza, name))
        return met[-1]

    yield one
    for customer in met:
        customer.close()


@pytest.fixture
def desk(browser: Browser, brezza: Installation) -> Iterator[Desk]:
    found = Desk(browser, brezza)
    found.opens_the_queue()
    yield found
    found.close()


def seen(desk: Desk, customer: Customer, text: str, road: str) -> None:
    """The words are a row of the open queue: told in milliseconds, generous here."""
    took = desk.drawn(text) - customer.accepted
    print(f"measure: {road} accepted to drawn {took:.0f} ms")  # noqa: T201 -- read by people
    assert took < 5000


def test_the_widget_s_customer_is_answered_and_finds_the_thread_again(
    desk: Desk, come: Come
) -> None:
    asked, answer = f"Il bagaglio {mark()}?", f"Arriva alle 18 {mark()}"
    stefano = come("Stefano Villa")
    stefano.opens_the_chat()
    desk.waits_for(asked)
    stefano.chats(asked)
    seen(desk, stefano, asked, "widget")

    desk.answers(asked, answer)
    expect(stefano.panel.locator(".mine .meta span[title]").last).to_have_class("read")
    expect(stefano.panel.locator(".bubble").last).to_have_text(answer, timeout=PATIENCE)
    expect(desk.bubble(answer).locator(".state.read")).to_be_visible()

    stefano.page.reload()  # the panel was open, and is again
    expect(stefano.panel.locator(".bubble").filter(has_text=asked)).to_have_count(1)
    expect(stefano.panel.locator(".bubble").filter(has_text=answer)).to_have_count(1)


def test_the_phone_s_customer_is_answered_with_ticks_on_both_sides(desk: Desk, come: Come) -> None:
    asked, answer = f"Il mio volo {mark()}?", f"Parte alle 9 {mark()}"
    marco = come("Marco Bellini")
    desk.waits_for(asked)
    marco.texts(asked)
    seen(desk, marco, asked, "whatsapp")

    desk.answers(asked, answer)
    mine = marco.page.locator("#phone .line.mine").filter(has_text=asked)
    expect(mine.locator(".stamp.seen")).to_be_visible()
    came = marco.page.locator("#phone .line:not(.mine)").filter(has_text=answer)
    expect(came).to_have_count(1, timeout=PATIENCE)
    expect(desk.bubble(answer).locator(".state.read")).to_be_visible()


def test_the_mail_program_s_customer_is_answered_by_mail(desk: Desk, come: Come) -> None:
    subject, asked, answer = mark(), f"Un rimborso {mark()}?", f"Disposto oggi {mark()}"
    olivia = come("Olivia Grant")
    desk.waits_for(asked)
    olivia.mails(subject, asked)
    seen(desk, olivia, asked, "e-mail")

    desk.answers(asked, answer)
    letter = olivia.page.locator("#mail .letters button").filter(has_text=f"Re: {subject}")
    letter.click(timeout=PATIENCE)
    expect(olivia.page.locator("#mail .letter pre")).to_contain_text(answer)
    expect(desk.bubble(answer).locator(".state")).to_have_text("inviato")


def test_a_pulled_cable_misses_nothing_and_doubles_nothing(
    browser: Browser, brezza: Installation, come: Come
) -> None:
    word, kwame = mark(), come("Kwame Mensah")
    with cable_to(brezza.port) as cable:
        desk = Desk(browser, brezza, cable.origin)
        desk.opens_the_queue()
        kwame.texts(f"prima {word}")
        desk.row(word).locator("a.row").click()
        expect(desk.bubble(word)).to_be_visible()

        cable.pull()
        while_away = [f"{n} {word}" for n in range(WITHOUT_CABLE)]
        for text in while_away:
            kwame.texts(text)
            kwame.page.wait_for_timeout(1000)
        assert desk.said(word) == [f"prima {word}"]
        cable.mend()

        eventually(desk.page, lambda: desk.said(word), [f"prima {word}", *while_away], 30)
        desk.is_live()
        expect(desk.row(word)).to_have_count(1)
        desk.close()
