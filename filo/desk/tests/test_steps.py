from __future__ import annotations

import pytest

from filo.conversations import operations
from filo.core.ids import public
from filo.desk.tests.people import Browser, case_path, text_of, words_of
from tests.world import World


def status(town: World) -> object:
    return town.rows("SELECT status FROM conversations_case")[0][0]


def owner(town: World) -> object:
    return town.rows("SELECT owner_id FROM conversations_case")[0][0]


def test_taking_makes_it_mine_and_says_so(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Hello")

    answer = dora.patched(case_path(case, "owner"), to="me")

    assert owner(town) == town.dora.staff
    assert 'data-to="#head"' in text_of(answer)
    assert "It is yours." in words_of(answer)


def test_giving_it_back_and_handing_it_over(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Hello")
    town.act(operations.take, town.dora, case)

    dora.patched(case_path(case, "owner"), to=public("stf", town.enzo.staff))
    assert owner(town) == town.enzo.staff

    town.act(operations.release, town.enzo, case)
    assert owner(town) is None


def test_an_agent_does_not_take_what_a_colleague_has(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Hello")
    town.act(operations.take, town.enzo, case)

    answer = dora.patched(case_path(case, "owner"), to="me")

    assert answer.status_code == 403
    assert owner(town) == town.enzo.staff
    assert "toast bad" in text_of(answer)


def test_solving_and_opening_again(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Hello")

    solved = dora.patched(case_path(case, "closure"), solved="1")
    assert status(town) == "solved"
    assert "A supervisor can re-open it" in words_of(solved)

    refused = dora.patched(case_path(case, "closure"), solved="0")
    assert refused.status_code == 403

    with town.connection.transaction():
        cur = town.connection.cursor()
        sara = town.hire(cur, "sara@brezza.example", "Sara", town.team, role="supervisor")
    lead = Browser(sara)
    lead.patched(case_path(case, "closure"), solved="0")
    assert status(town) == "open"


def test_snoozing_needs_a_moment(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Hello")

    assert dora.patched(case_path(case, "snooze"), until="some day").status_code == 400
    dora.patched(case_path(case, "snooze"), until="2099-01-05T09:00+01:00")

    assert status(town) == "snoozed"
    assert "snoozed it until Mon 5 Jan, 09:00" in words_of(dora.get(case_path(case)))


def test_moving_it_to_another_team(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Hello")

    answer = dora.patched(case_path(case, "team"), team=public("tem", town.elsewhere))

    assert "Now with Bagagli." in words_of(answer)
    assert f'data-to="#row-{public("cas", case)}" data-how="remove"' in text_of(answer)
    assert town.rows("SELECT team_id FROM conversations_case") == [(town.elsewhere,)]


def test_without_scripts_every_step_is_a_form(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Hello")

    answer = dora.post(case_path(case, "owner"), to="me")

    assert answer["Location"] == case_path(case)
    assert "It is yours." in words_of(dora.get(case_path(case)))


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_a_form_never_leads_elsewhere(town: World, dora: Browser, next_: str) -> None:
    case = town.writes("ada", "Hello")

    answer = dora.post(case_path(case, "owner"), to="me", next=next_)

    assert answer["Location"] == case_path(case)
