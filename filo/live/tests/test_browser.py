from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from filo.core.ids import public
from filo.live import queries, stream
from filo.live.tests.browsing import facts, log_in, open_tab, wait_for
from filo.live.tests.town import Server, Town

pytestmark = pytest.mark.browser


@pytest.fixture
def dora(town: Town) -> dict[str, str]:
    return town.hire("dora", town.team)


def cursor(town: Town) -> str:
    with town.cursor() as cur:
        return queries.head(cur)


def customer(town: Town) -> str:
    with town.cursor() as cur:
        row = cur.execute("SELECT id FROM customers_customer").fetchone()
    assert row
    return public("cus", row[0])


def texts(page: Page) -> list[str]:
    found: list[str] = page.locator("#flow li").all_text_contents()
    return found


def test_ten_tabs_share_one_stream_and_each_hears_once(
    town: Town, address: str, browser: Browser, dora: dict[str, str]
) -> None:
    context = log_in(browser, address, dora)
    tabs = [open_tab(context, session="abc", cursor=cursor(town)) for _ in range(10)]
    for tab in tabs:
        wait_for(tab, "live")
    town.hear("To all")
    heard = [[fact["type"] for fact in facts(tab, 2)] for tab in tabs]

    assert heard == [["case_opened", "message_received"]] * 10
    assert len(stream._house.tail.crowd.desks) == 1
    context.close()


def test_a_tab_that_is_older_than_the_shared_stream_catches_up(
    town: Town, address: str, browser: Browser, dora: dict[str, str]
) -> None:
    old = cursor(town)
    town.hear("Before")
    context = log_in(browser, address, dora)
    wait_for(first := open_tab(context, session="abc", cursor=cursor(town)), "live")
    late = open_tab(context, session="abc", cursor=old)
    wait_for(late, "live")
    town.hear("After")

    assert len(facts(first, 1)) == 1
    assert [fact["data"].get("seq") for fact in facts(late, 3)] == [None, 1, 2]
    context.close()


@pytest.mark.parametrize("session", ["abc", ""])
def test_nothing_is_missed_or_doubled_when_the_server_dies(
    town: Town, browser: Browser, dora: dict[str, str], drawn: object, session: str
) -> None:
    town.hear("Opening")
    first = Server()
    with first as address:
        context = log_in(browser, address, dora)
        page = open_tab(context, session=session, cursor=cursor(town), customer=customer(town))
        wait_for(page, "live")
        town.hear("0")
        facts(page, 1)
        stream.say_bye()
        first.should_exit = True
    for n in range(1, 6):
        town.hear(str(n))
    with Server(int(address.rsplit(":", 1)[1])):
        facts(page, 6)
        wait_for(page, "live")
        town.hear("6")
        facts(page, 7)
        assert texts(page) == [str(n) for n in range(7)]
        assert len(facts(page, 7)) == 7
        context.close()


def test_where_streams_cannot_pass_the_page_asks_every_few_seconds(
    town: Town, browser: Browser, dora: dict[str, str], drawn: object
) -> None:
    with Server(barred="/live") as address:
        context = log_in(browser, address, dora)
        page = open_tab(context, session="abc", cursor=cursor(town))
        wait_for(page, "polling")
        town.hear("By another road")

        assert [fact["type"] for fact in facts(page, 2)] == ["case_opened", "message_received"]
        context.close()


def test_a_bubble_stands_in_its_place_and_an_older_one_is_not_wanted(
    town: Town, address: str, browser: Browser, dora: dict[str, str], drawn: object
) -> None:
    town.hear("one")
    town.hear("two")
    start = cursor(town)
    context = log_in(browser, address, dora)
    page = open_tab(context, session="abc", cursor=start, customer=customer(town))
    page.evaluate("document.querySelector('#flow').innerHTML = '<li id=msg_0000000000002>two</li>'")
    wait_for(page, "live")
    with town.cursor() as cur:
        rows = cur.execute("SELECT id, customer_id, case_id FROM conversations_message ORDER BY id")
        for id_, *who in rows.fetchall():
            cur.execute(
                'INSERT INTO core_event (type, customer, "case", body) VALUES '
                "('message_edited', %s, %s, jsonb_build_object('message', %s::text))",
                [*who, public("msg", id_)],
            )
    town.hear("three")
    facts(page, 3)

    assert texts(page) == ["two", "three"]
    context.close()


def test_the_others_see_who_looks_and_who_types(
    town: Town, address: str, browser: Browser, dora: dict[str, str]
) -> None:
    town.hear("Ciao")
    with town.cursor() as cur:
        row = cur.execute("SELECT id FROM conversations_case").fetchone()
    assert row
    case = public("cas", row[0])
    hers = log_in(browser, address, dora)
    his = log_in(browser, address, town.hire("enzo", town.team))
    watching = open_tab(his, session="e", cursor=cursor(town))
    wait_for(watching, "live")
    page = open_tab(hers, session="d", cursor=cursor(town), case=case)
    watching.wait_for_function("hints.at(-1)?.people?.[0]?.name === 'Dora'")
    page.evaluate("document.querySelector('filo-live').typing()")
    watching.wait_for_function("hints.at(-1)?.people?.[0]?.typing === true")
    page.evaluate("document.querySelector('filo-live').dataset.case = ''")
    watching.wait_for_function("hints.at(-1)?.people?.length === 0")
    hers.close()
    his.close()


def test_a_page_learns_that_its_login_has_ended(
    town: Town, address: str, browser: Browser, dora: dict[str, str]
) -> None:
    context = log_in(browser, address, dora)
    context.clear_cookies()
    wait_for(open_tab(context, session="abc", cursor=cursor(town)), "gone")
    context.close()
