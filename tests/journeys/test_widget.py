"""The widget on a company's page, through the real processes: nothing is faked on our side."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from filo.channels.contract import (
    Airport,
    BoardingPass,
    Carousel,
    Choice,
    Code,
    Field,
    Form,
    Option,
    RichCard,
    Survey,
)
from filo.live.hints import Said, tell
from tests.journeys.browsing import Pages
from tests.journeys.running import Running
from tests.journeys.visiting import Chat, Visitor, eventually

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.fixture
def chat(house: Running, site: Pages) -> Chat:
    return Chat(house, site)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Somebody opens the page; all are gone at the end."""
    met: list[Visitor] = []

    def come(chat: Chat, **how: Any) -> Visitor:
        met.append(Visitor(browser, chat, **how))
        return met[-1]

    yield come
    for visitor in met:
        visitor.close()


def test_a_visitor_writes_is_answered_and_finds_the_thread_again(chat: Chat, visit: Visit) -> None:
    ada = visit(chat)
    ada.page.locator("filo-widget button").wait_for()
    asked = [url for url in ada.requests if url.startswith(chat.house.origin)]
    assert asked == [f"{chat.house.origin}/w.js"]  # one request before the click

    ada.open().writes("Il mio volo è in ritardo?")
    ada.sees("Il mio volo è in ritardo?")
    ada.sees_state("delivered")
    chat.dora_reads()
    ada.sees_state("read")

    chat.dora_answers("Sì, di 20 minuti")
    ada.sees("Il mio volo è in ritardo?", "Sì, di 20 minuti")
    eventually(ada.page, chat.states, ["read"])

    ada.page.reload()
    ada.sees("Il mio volo è in ritardo?", "Sì, di 20 minuti")
    assert ada.complaints == []


def test_what_is_written_offline_waits_and_leaves_once(chat: Chat, visit: Visit) -> None:
    ada = visit(chat).open()
    ada.writes("Prima")
    ada.sees_state("delivered")
    ada.context.set_offline(True)
    ada.writes("Nel tunnel")
    ada.writes("Ancora nel tunnel")
    ada.sees_state("sending")
    ada.is_told_by("Sei offline. Ciò che scrivi resta qui e parte da solo.")
    ada.context.set_offline(False)

    ada.sees_state("delivered")
    ada.sees("Prima", "Nel tunnel", "Ancora nel tunnel")
    assert chat.texts() == ["Prima", "Nel tunnel", "Ancora nel tunnel"]


def test_an_answer_lost_on_the_way_back_doubles_nothing(chat: Chat, visit: Visit) -> None:
    ada = visit(chat).open()
    ada.writes("Uno")
    ada.sees_state("delivered")
    lost: list[Any] = []

    def lose(route: Any) -> None:
        if not lost and "send" in (route.request.post_data or ""):
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    ada.page.route("**/hooks/**", lose)
    ada.writes("Due")
    ada.sees_state("delivered")
    ada.page.reload()
    ada.sees("Uno", "Due")

    assert len(lost) == 1
    assert chat.texts() == ["Uno", "Due"]


def test_a_login_brings_the_thread_along_to_every_device(chat: Chat, visit: Visit) -> None:
    token = chat.token("customer-88", name="Ada Conti", email=f"ada{chat.path[1:]}@conti.example")
    phone = visit(chat).open()
    phone.writes("Scritto da sconosciuta")
    phone.sees_state("delivered")
    phone.page.evaluate("token => Filo.identify(token)", token)
    expect(phone.panel.locator("#chat[data-signed='1']")).to_be_attached()
    phone.sees("Scritto da sconosciuta")
    phone.writes("Sono Ada")
    phone.sees_state("delivered")

    laptop = visit(chat).open()
    laptop.page.evaluate("token => Filo.identify(token)", token)
    laptop.sees("Scritto da sconosciuta", "Sono Ada")
    laptop.writes("Anche da qui")
    phone.sees("Scritto da sconosciuta", "Sono Ada", "Anche da qui")
    assert len(chat.cases()) == 1

    laptop.page.evaluate("Filo.identify(null)")
    expect(laptop.panel.locator("#chat[data-signed='']")).to_be_attached()
    laptop.sees()


def test_a_panel_that_begins_anew_still_knows_that_it_is_open(chat: Chat, visit: Visit) -> None:
    """Whoever logs in or out at the page gets a fresh panel: what stands in it is read."""
    ada = visit(chat).open()
    ada.panel.locator("#chat").evaluate("chat => chat.classList.add('before')")
    ada.page.evaluate("Filo.identify(null)")
    expect(ada.panel.locator("#chat:not(.before) #close")).to_be_visible()
    ada.writes("Sono ancora qui")
    ada.sees_state("delivered")
    chat.dora_answers("Ti leggo")
    eventually(ada.page, chat.states, ["read"])


def test_nobody_hears_what_is_not_theirs(chat: Chat, visit: Visit) -> None:
    ada, bea = visit(chat).open(), visit(chat).open()
    ada.writes("Sono Ada")
    ada.sees_state("delivered")
    bea.writes("Sono Bea")
    bea.sees_state("delivered")
    chat.dora_notes("Cliente difficile")
    held = chat.dora_answers("Non lo mando", hold=timedelta(seconds=30))
    chat.dora_recalls(held)
    chat.dora_answers("Buongiorno Ada")

    ada.sees("Sono Ada", "Buongiorno Ada")
    bea.sees("Sono Bea")


def test_both_see_the_other_writing(chat: Chat, visit: Visit) -> None:
    ada = visit(chat).open()
    ada.writes("Ciao")
    ada.sees_state("delivered")
    with chat.acting() as (cur, me):
        case = chat.cases()[0]
        tell(cur, scope=me, said=Said("", typing=True, note=True), case=case)
    expect(ada.panel.locator("#typing")).to_be_hidden()
    with chat.acting() as (cur, me):
        tell(cur, scope=me, said=Said("", typing=True), case=case)
    expect(ada.panel.locator("#typing")).to_be_visible()
    expect(ada.panel.locator("#types")).to_have_text("Dora Neri sta scrivendo")
    chat.dora_answers("Eccomi")
    expect(ada.panel.locator("#typing")).to_be_hidden()


def test_a_ready_answer_is_one_press(chat: Chat, visit: Visit) -> None:
    ada = visit(chat).open()
    ada.writes("Vorrei un posto")
    ada.sees_state("delivered")
    chat.dora_answers(Choice("Quale?", (Option("w", "Finestrino"), Option("a", "Corridoio"))))
    ada.panel.get_by_role("button", name="Finestrino").click()
    ada.sees("Vorrei un posto", "Quale?", "Finestrino")
    ada.sees_state("delivered")

    chosen = chat.rows(
        "SELECT context->>'choice' FROM conversations_message WHERE channel_id = %s ORDER BY id",
        chat.number,
    )
    assert chosen[-1] == ("w",)
    expect(ada.panel.locator(".choices")).to_have_count(0)


def test_what_arrives_behind_a_closed_panel_is_counted_and_not_yet_read(
    chat: Chat, visit: Visit
) -> None:
    ada = visit(chat).open()
    ada.writes("Ciao")
    ada.sees_state("delivered")
    ada.page.locator("filo-widget button").click()
    chat.dora_answers("Eccomi")
    badge = ada.page.locator("filo-widget button b")
    expect(badge).to_have_text("1")
    expect(badge).to_have_attribute("aria-label", "1 da leggere")
    eventually(ada.page, chat.states, ["delivered"])

    ada.open()
    expect(badge).to_be_hidden()
    eventually(ada.page, chat.states, ["read"])


def test_a_file_is_sent_and_seen(chat: Chat, visit: Visit) -> None:
    ada = visit(chat).open()
    picture = bytes.fromhex(
        "89504e470d0a1a0a0000000d494844520000000100000001080600000"
        "01f15c4890000000d49444154789c6360f8cfc0f01f0005000201a5f6"
        "45400000000049454e44ae426082"
    )
    ada.panel.locator("#file").set_input_files(
        {"name": "carta.png", "mimeType": "image/png", "buffer": picture}
    )
    image = ada.panel.locator(".picture img")
    expect(image).to_be_visible()
    eventually(ada.page, lambda: image.evaluate("el => el.naturalWidth"), 1)
    ada.sees_state("delivered")


def test_a_strict_page_and_a_strict_panel_hear_no_complaint(chat: Chat, visit: Visit) -> None:
    ours = chat.house.origin
    chat.put(policy=f"default-src 'none'; img-src data:; script-src {ours}; frame-src {ours}")
    ada = visit(chat).open()
    ada.writes("Ciao")
    ada.sees_state("delivered")
    assert ada.complaints == []


def test_another_site_may_not_carry_the_panel(house: Running, site: Pages, visit: Visit) -> None:
    chat = Chat(house, site, origins="https://www.brezza.example")
    ada = visit(chat)
    ada.page.locator("filo-widget button").click()
    eventually(ada.page, lambda: "frame-ancestors" in " ".join(ada.complaints), True)
    with httpx.Client(base_url=house.origin, headers={"origin": site.address("")}) as client:
        assert client.post(f"/w/{chat.id}/session").status_code == 403
        assert client.get(f"/live/w/{chat.id}").status_code == 403


def test_escape_closes_and_the_button_has_the_focus_again(chat: Chat, visit: Visit) -> None:
    ada = visit(chat).open()
    ada.panel.locator("#words").press("Escape")
    expect(ada.page.locator("filo-widget iframe")).to_be_hidden()
    expect(ada.page.locator("filo-widget button")).to_be_focused()


def test_it_weighs_little(house: Running, chat: Chat) -> None:
    with httpx.Client(base_url=house.origin) as client:
        launcher = client.get("/w.js").content
        panel = client.get(f"/w/{chat.id}").content
        rest = [
            client.get(f"/static/portal/{name}").raise_for_status().content
            for name in (
                "panel.css",
                "panel.js",
                "link.js",
                "lines.js",
                "basics.js",
                "rich.js",
                "outbox.js",
            )
        ]
    assert len(gzip.compress(launcher)) <= 2048
    assert sum(len(gzip.compress(part)) for part in (panel, *rest)) <= 45 * 1024


RICH = (
    Carousel((RichCard("Roma", "da 49", options=(Option("r", "Prenota"),)), RichCard("Oslo"))),
    Form("bag", "La valigia", (Field("tag", "Etichetta"),)),
    Survey("s1", "Come va?", low="male", high="bene"),
    BoardingPass(
        "Ada Conti",
        "FI 123",
        Airport("MXP", "Milano"),
        Airport("FCO", "Roma"),
        datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        "X7K2PQ",
        code=Code("aztec", "M1CONTI/ADA"),
    ),
)


def test_a_form_is_filled_in_and_a_face_is_a_score(chat: Chat, visit: Visit) -> None:
    ada = visit(chat).open()
    ada.writes("Ciao")
    ada.sees_state("delivered")
    chat.dora_answers(RICH[1])
    ada.panel.get_by_label("Etichetta").fill("AZ 7")
    ada.panel.locator("[data-form] button").click()
    expect(ada.panel.get_by_text("Etichetta: AZ 7")).to_be_visible()
    ada.sees_state("delivered")
    expect(ada.panel.get_by_label("Etichetta")).to_be_disabled()
    chat.dora_answers(RICH[2])
    ada.writes("Un attimo")  # what is said in between answers no question
    ada.sees_state("delivered")
    ada.panel.get_by_label("4/5").click()
    expect(ada.panel.locator(".mine", has_text="4/5")).to_be_visible()
    ada.sees_state("delivered")
    expect(ada.panel.get_by_label("4/5")).to_be_disabled()
    ada.page.reload()  # and the thread remembers it
    expect(ada.panel.get_by_label("4/5")).to_have_class("chosen")
    expect(ada.panel.get_by_label("4/5")).to_be_disabled()

    told = chat.rows(
        "SELECT context - 'page' FROM conversations_message WHERE channel_id = %s"
        " AND direction = 'in' ORDER BY id",
        chat.number,
    )
    assert [row[0] for row in told[1:]] == [
        {"form": "bag", "form.tag": "AZ 7"},
        {},
        {"choice": "csat:s1:4"},
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["it", "en"])
def test_axe_finds_nothing(chat: Chat, visit: Visit, theme: str, language: str) -> None:
    chat.put(language=language)
    ada = visit(chat, color_scheme=theme, locale=language).open()
    ada.writes("Ciao")
    ada.sees_state("delivered")
    chat.dora_answers("Buongiorno", *RICH, Choice("Quale?", (Option("w", "Finestrino"),)))
    expect(ada.panel.locator(".choices")).to_be_visible()
    expect(ada.panel.locator(".code svg")).to_be_visible()
    found = Axe().run(ada.page)
    assert found.violations_count == 0, found.generate_report()
