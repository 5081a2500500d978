"""People come, change teams and go; their sessions, tokens and links go with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from filo.core.db import Cursor, raw_cursor
from filo.core.ids import public
from filo.staff import operations, queries
from filo.staff.types import NoSuchPerson, Refused


@pytest.fixture
def cur(db: None) -> Iterator[Cursor]:
    with transaction.atomic():
        yield raw_cursor()


def test_an_agent_reads_own_teams_and_an_administrator_reads_all(cur: Cursor) -> None:
    bags, booking = operations.create_team(cur, "Bagagli"), operations.create_team(cur, "Voli")
    dora = operations.create_staff(cur, email="Dora@Brezza.example", name="Dora", teams=[bags])
    chief = operations.create_staff(cur, email="chief@brezza.example", role="admin")

    of_dora, of_chief = queries.scope(cur, dora), queries.scope(cur, chief)

    assert of_dora.email == "dora@brezza.example"
    assert of_dora.may_work(bags)
    assert not of_dora.may_work(booking)
    assert of_chief.may_work(booking)
    assert [team.name for team in queries.teams(cur, of_dora)] == ["Bagagli"]
    assert [team.name for team in queries.teams(cur, of_chief)] == ["Bagagli", "Voli"]


def test_set_teams_leaves_the_teams_that_are_not_named(cur: Cursor) -> None:
    one, two = operations.create_team(cur, "One"), operations.create_team(cur, "Two")
    dora = operations.create_staff(cur, email="d@x.example", teams=[one])

    operations.set_teams(cur, dora, [two])

    assert queries.scope(cur, dora).teams == (two,)


def test_one_address_works_here_once(cur: Cursor) -> None:
    operations.create_staff(cur, email="d@x.example")

    with pytest.raises(Refused, match="works here already"):
        operations.create_staff(cur, email="D@X.EXAMPLE ")


@pytest.mark.parametrize("address", ["", "dora", "@x", "do ra@x.example", "dora@"])
def test_a_person_needs_an_address(cur: Cursor, address: str) -> None:
    with pytest.raises(Refused):
        operations.create_staff(cur, email=address)


def test_two_teams_may_not_have_one_name(cur: Cursor) -> None:
    operations.create_team(cur, "Reclami")

    with pytest.raises(Refused):
        operations.create_team(cur, "reclami")


def test_a_token_opens_the_scope_of_its_person_and_is_kept_as_a_digest(cur: Cursor) -> None:
    dora = operations.create_staff(cur, email="d@x.example")

    token = operations.create_token(cur, "D@x.example", "reports")

    assert token.startswith("filo_")
    found = queries.scope_of_token(cur, token)
    assert found is not None
    assert found.staff == dora
    assert queries.scope_of_token(cur, token + "x") is None
    cur.execute("SELECT string_agg(t::text, '') FROM staff_token t")
    kept = cur.fetchone()
    assert kept is not None
    assert token.removeprefix("filo_") not in kept[0]


def test_a_revoked_token_opens_nothing(cur: Cursor) -> None:
    operations.create_staff(cur, email="d@x.example")
    token = operations.create_token(cur, "d@x.example")

    operations.revoke_token(cur, token)

    assert queries.scope_of_token(cur, token) is None


def test_no_token_for_a_stranger(cur: Cursor) -> None:
    with pytest.raises(NoSuchPerson):
        operations.create_token(cur, "nobody@x.example")


def test_who_is_switched_off_has_no_scope_and_no_token_even_when_switched_on_again(
    cur: Cursor,
) -> None:
    operations.create_staff(cur, email="chief@x.example", role="admin")
    dora = operations.create_staff(cur, email="d@x.example")
    token = operations.create_token(cur, "d@x.example")

    operations.switch_off(cur, dora)

    with pytest.raises(NoSuchPerson):
        queries.scope(cur, dora)
    assert queries.scope_of_token(cur, token) is None
    operations.switch_on(cur, dora)
    assert queries.scope(cur, dora).staff == dora
    assert queries.scope_of_token(cur, token) is None


def test_the_last_administrator_stays(cur: Cursor) -> None:
    chief = operations.create_staff(cur, email="chief@x.example", role="admin")

    with pytest.raises(Refused):
        operations.switch_off(cur, chief)
    with pytest.raises(Refused):
        operations.set_role(cur, chief, "agent")


def test_an_invitation_works_until_the_password_is_chosen(cur: Cursor) -> None:
    dora = operations.create_staff(cur, email="d@x.example")
    token = operations.invitation(cur, dora).rpartition("/")[2]

    guest = operations.invited(cur, token)
    operations.set_password(cur, dora, "acqua alta a Venezia")

    assert guest is not None
    assert guest.number == dora
    assert guest.invited
    assert operations.invited(cur, token) is None
    assert operations.invited(cur, "A" + token) is None


def test_an_invitation_dies_when_its_person_is_switched_off(cur: Cursor) -> None:
    operations.create_staff(cur, email="chief@x.example", role="admin")
    dora = operations.create_staff(cur, email="d@x.example")
    token = operations.invitation(cur, dora).rpartition("/")[2]

    operations.switch_off(cur, dora)
    assert operations.invited(cur, token) is None
    operations.switch_on(cur, dora)

    assert operations.invited(cur, token) is None


def test_the_first_run_makes_one_administrator_and_closes(cur: Cursor) -> None:
    path = operations.first_run_link(cur)
    assert path is not None
    token = path.rpartition("/")[2]
    assert operations.is_first_run(cur, token)

    chief = operations.found(
        cur, email="a@x.example", name="Ada", language="it", password="acqua alta a Venezia"
    )

    assert queries.scope(cur, chief).everything
    assert operations.first_run_link(cur) is None
    assert not operations.is_first_run(cur, token)
    with pytest.raises(Refused):
        operations.found(cur, email="b@x.example", name="", language="it", password="x" * 12)


def test_a_first_run_link_of_ones_own_making_opens_nothing(cur: Cursor) -> None:
    path = operations.first_run_link(cur)
    assert path is not None
    token = path.rpartition("/")[2]
    assert not operations.is_first_run(cur, token[:-1] + ("b" if token.endswith("a") else "a"))
    assert not operations.is_first_run(cur, "")


def test_colleagues_are_those_who_work_here_now(cur: Cursor) -> None:
    chief = operations.create_staff(cur, email="chief@x.example", name="Zoe", role="admin")
    gone = operations.create_staff(cur, email="gone@x.example", name="Gone")
    operations.create_staff(cur, email="d@x.example", name="Ada")
    operations.switch_off(cur, gone)

    assert [one.name for one in queries.colleagues(cur, queries.scope(cur, chief))] == [
        "Ada",
        "Zoe",
    ]
    assert [one.active for one in queries.everybody(cur)] == [True, True, False]


def test_rename_team_keeps_its_cases_and_takes_no_name_twice(cur: Cursor) -> None:
    bags = operations.create_team(cur, "Bagagli")
    operations.create_team(cur, "Voli")

    operations.rename_team(cur, bags, "Bagagli e oggetti")

    assert [team.name for team in queries.all_teams(cur)] == ["Bagagli e oggetti", "Voli"]
    with pytest.raises(Refused):
        operations.rename_team(cur, bags, "voli")
    with pytest.raises(Refused):
        operations.rename_team(cur, bags, " ")


def told(cur: Cursor) -> list[dict[str, object]]:
    cur.execute("SELECT body FROM core_event ORDER BY id")
    return [body for (body,) in cur.fetchall()]


def test_threat_33_every_change_of_a_person_is_told_with_its_author(cur: Cursor) -> None:
    chief = operations.create_staff(cur, email="chief@brezza.example", role="admin")
    dora = operations.create_staff(cur, email="dora@brezza.example", by=chief)
    before = len(told(cur))

    operations.set_role(cur, dora, "supervisor", by=chief)
    operations.let_answer_in_public(cur, dora, allowed=True, by=chief)
    operations.switch_off(cur, dora, by=chief)

    common = {"person": public("stf", dora), "by": public("stf", chief)}
    assert told(cur)[before:] == [
        common | {"what": "role", "to": "supervisor"},
        common | {"what": "public_answers", "to": True},
        common | {"what": "off"},
    ]


def test_what_stays_as_it_was_is_not_told(cur: Cursor) -> None:
    team = operations.create_team(cur, "Bagagli")
    dora = operations.create_staff(cur, email="d@brezza.example", name="Dora", teams=[team])
    before = told(cur)

    operations.rename(cur, dora, "Dora")
    operations.set_role(cur, dora, "agent")
    operations.set_teams(cur, dora, [team])
    operations.let_answer_in_public(cur, dora, allowed=False)
    operations.rename_team(cur, team, "Bagagli")

    assert told(cur) == before
