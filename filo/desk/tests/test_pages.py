from __future__ import annotations

import re
from html import unescape

import pytest

from filo.conversations import operations
from filo.core.ids import public
from filo.desk.tests.conftest import Budget
from filo.desk.tests.people import Browser, case_path, text_of, words_of
from tests.world import World


def test_who_is_not_logged_in_is_asked_who_they_are(town: World) -> None:
    from django.test import Client

    answer = Client().get("/desk/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=/desk/")


def test_a_case_that_nobody_has_stands_among_those_to_take(town: World, dora: Browser) -> None:
    town.writes("ada", "My suitcase is lost")

    assert "My suitcase is lost" in words_of(dora.get("/desk/", view="take"))
    assert "My suitcase is lost" not in words_of(dora.get("/desk/", view="mine"))


def test_a_case_that_is_mine_stands_in_my_queue(town: World, dora: Browser) -> None:
    case = town.writes("ada", "My suitcase is lost")
    town.act(operations.take, town.dora, case)

    assert "My suitcase is lost" in words_of(dora.get("/desk/"))


@pytest.mark.parametrize("step", ["", "customer", "older?before=msg_0000000000009", "newest"])
def test_a_stranger_finds_nothing_at_all(town: World, stranger: Browser, step: str) -> None:
    case = town.writes("ada", "A secret of mine")

    answer = stranger.get(case_path(case, step))

    assert answer.status_code == 404
    assert "secret" not in text_of(answer)


def test_no_list_number_or_search_tells_a_stranger_anything(town: World, stranger: Browser) -> None:
    case = town.writes("ada", "A secret of mine")
    asked = public("cas", case)

    queue = words_of(stranger.get("/desk/", view="all"))
    rows = text_of(stranger.get("/desk/rows", ids=asked, view="all"))
    found = words_of(stranger.get("/desk/search", q="secret"))

    assert "secret" not in queue
    assert "All 0" in queue
    assert "secret" not in rows
    assert "Nothing found" in found


def test_the_thread_shows_what_was_said_and_what_happened(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Can I move to Friday?")
    town.act(operations.take, town.dora, case)
    page = words_of(dora.get(case_path(case)))

    assert "Can I move to Friday?" in page
    assert "Dora took it" in page


def test_opening_a_case_reads_it(town: World, dora: Browser) -> None:
    case = town.writes("ada", "One")
    town.writes("ada", "Two")

    first, second = dora.get(case_path(case)), dora.get(case_path(case))

    assert "2 new" in words_of(first)
    assert " new " not in words_of(second)


def test_what_a_customer_writes_is_never_markup(town: World, dora: Browser) -> None:
    case = town.writes("ada", "<script>alert(1)</script> <b>x</b>")
    page = text_of(dora.get(case_path(case)))

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_no_page_carries_a_style_or_a_script_of_its_own(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Hello")
    for path in ("/desk/", case_path(case), "/desk/search?q=hello", "/desk/wishes"):
        page = text_of(dora.get(path))
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


def test_a_row_asked_for_by_script_says_whether_it_belongs_here(town: World, dora: Browser) -> None:
    case = public("cas", town.writes("ada", "Hello"))

    here = text_of(dora.get("/desk/rows", ids=case, view="take"))
    elsewhere = text_of(dora.get("/desk/rows", ids=case, view="mine"))

    assert f'id="row-{case}"' in here
    assert f'data-to="#row-{case}" data-how="remove"' in elsewhere


def test_search_finds_people_and_words(town: World, dora: Browser) -> None:
    town.writes("ada", "The violin does not fit")

    assert "The violin does not fit" in words_of(dora.get("/desk/search", q="violin"))
    assert "Ada" in words_of(dora.get("/desk/search", q="ada"))


def test_wishes_are_kept_and_obeyed(town: World, dora: Browser) -> None:
    dora.post("/desk/wishes", theme="dark", language="it", letters="off")
    page = text_of(dora.get("/desk/"))

    assert 'data-theme="dark"' in page
    assert 'lang="it"' in page
    assert 'data-letters="off"' in page
    assert "La mia coda" in page


def test_the_queue_costs_the_same_for_one_row_and_for_forty(
    town: World, dora: Browser, budget: Budget
) -> None:
    town.writes("ada", "Hello")
    dora.get("/desk/", view="all")
    with budget(QUEUE):
        dora.get("/desk/", view="all")
    for number in range(40):
        town.writes(f"guest{number}", "Hello")
    with budget(QUEUE):
        dora.get("/desk/", view="all")


def test_a_thread_costs_the_same_for_one_message_and_for_forty(
    town: World, dora: Browser, budget: Budget
) -> None:
    case = town.writes("ada", "Hello")
    dora.get(case_path(case))
    with budget(THREAD):
        dora.get(case_path(case))
    for number in range(40):
        town.writes("ada", f"Hello {number}")
    dora.get(case_path(case))
    with budget(THREAD):
        dora.get(case_path(case))


def test_rows_and_search_have_a_budget(town: World, dora: Browser, budget: Budget) -> None:
    cases = [public("cas", town.writes(f"guest{number}", "Hello")) for number in range(10)]
    with budget(ROWS):
        dora.get("/desk/rows", ids=",".join(cases), view="all")
    with budget(SEARCH):
        dora.get("/desk/search", q="hello")


# Counted on purpose: one more statement is a decision.
QUEUE, THREAD, ROWS, SEARCH = 13, 31, 11, 9


def test_older_pages_say_once_what_happened(town: World, dora: Browser) -> None:
    case = town.writes("ada", "The first of many")
    town.act(operations.take, town.dora, case)
    for number in range(45):
        town.writes("ada", f"Number {number}")
    page = text_of(dora.get(case_path(case)))
    link = re.search(r'hx-get="([^"]*older[^"]*)"', page)
    assert link

    older = text_of(dora.get(unescape(link.group(1))))

    assert "The first of many" in older
    assert "The first of many" not in page
    assert (page + older).count("took it") == 1


def test_a_page_that_asks_for_nonsense_still_answers(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Hello")
    asked = {"view": "x", "status": "y", "sort": "z", "team": "t", "after": "?"}

    assert dora.get(case_path(case, "older"), before="x").status_code == 404
    assert dora.get("/desk/", view="x", status="y", sort="z").status_code == 200
    assert dora.get("/desk/", **asked).status_code in {200, 404}
    assert dora.get("/desk/", after="nonsense").status_code in {200, 404}
    assert dora.get("/desk/search", q="\x00", after="x").status_code in {200, 404}
