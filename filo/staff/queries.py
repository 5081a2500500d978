"""Questions about people: who is this, what may they read, who works where."""

from __future__ import annotations

import hashlib
import hmac

from filo.core.db import Cursor
from filo.core.ids import public
from filo.staff.types import Colleague, NoSuchPerson, Person, Scope, TeamView

_SCOPE = """
SELECT staff.id, staff.name, staff.email, staff.role,
       ARRAY(SELECT team_id FROM staff_membership WHERE staff_id = staff.id ORDER BY team_id),
       staff.language, staff.answers_in_public,
       ARRAY(SELECT team.id FROM staff_membership AS member
             JOIN staff_team AS team ON team.id = member.team_id AND team.answers_in_public
             WHERE member.staff_id = staff.id ORDER BY team.id)
FROM staff_staff AS staff
WHERE staff.is_active AND staff.id = %s
"""

_BEARER = """
SELECT token.digest, token.staff_id
FROM staff_token AS token
WHERE token.digest = %s AND token.revoked_at IS NULL
"""

_PEOPLE = """
SELECT staff.id, staff.name, staff.email, staff.role, staff.is_active, staff.language,
       staff.password LIKE '!%%' OR staff.password = '',
       ARRAY(SELECT team_id FROM staff_membership WHERE staff_id = staff.id ORDER BY team_id),
       staff.answers_in_public
FROM staff_staff AS staff
"""

_ADMINISTRATORS = """
SELECT count(*) FROM staff_staff WHERE role = 'admin' AND is_active AND id <> %s
"""


def scope(cur: Cursor, staff_id: int) -> Scope:
    """What one person may read and do, or `NoSuchPerson` when they are switched off or unknown."""
    cur.execute(_SCOPE, [staff_id])
    if (row := cur.fetchone()) is None:
        raise NoSuchPerson(public("stf", staff_id))
    number, name, email, role, teams, language, speaks, speaking = row
    return Scope(number, name, email, role, tuple(teams), language, speaks, tuple(speaking))


def scope_of_token(cur: Cursor, token: str) -> Scope | None:
    """Whose token is this? None for any that is unknown, revoked, or of a person switched off."""
    wanted = digest(token)
    cur.execute(_BEARER, [wanted])
    row = cur.fetchone()
    if row is None or not hmac.compare_digest(bytes(row[0]), wanted):
        return None
    try:
        return scope(cur, row[1])
    except NoSuchPerson:
        return None


def digest(token: str) -> bytes:
    """What is kept of a token. It has 256 random bits: one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()


def colleagues(cur: Cursor, scope: Scope) -> list[Colleague]:
    """Everybody who works here now: whom one may mention, or hand a case to."""
    cur.execute(_PEOPLE + "WHERE staff.is_active ORDER BY lower(staff.name), staff.id")
    return [
        Colleague(
            id=public("stf", number),
            name=name or email,
            email=email,
            role=role,
            teams=tuple(public("tem", team) for team in teams),
        )
        for number, name, email, role, _, _, _, teams, _ in cur.fetchall()
    ]


def teams(cur: Cursor, scope: Scope) -> list[TeamView]:
    """The teams whose cases this person reads."""
    cur.execute(
        "SELECT id, name FROM staff_team WHERE %s OR id = ANY(%s) ORDER BY id",
        [scope.everything, list(scope.teams)],
    )
    return [TeamView(public("tem", number), name) for number, name in cur.fetchall()]


def all_teams(cur: Cursor) -> list[TeamView]:
    """Every team: where a case may be moved to."""
    cur.execute("SELECT id, name, answers_in_public FROM staff_team ORDER BY id")
    return [
        TeamView(public("tem", number), name, speaks) for number, name, speaks in cur.fetchall()
    ]


def everybody(cur: Cursor) -> list[Person]:
    """All people who ever worked here, for the page that keeps them."""
    cur.execute(_PEOPLE + "ORDER BY staff.is_active DESC, lower(staff.name), staff.id")
    return [_person(*row) for row in cur.fetchall()]


def person(cur: Cursor, id: int) -> Person:
    """One person, or `NoSuchPerson`."""
    cur.execute(_PEOPLE + "WHERE staff.id = %s", [id])
    if (row := cur.fetchone()) is None:
        raise NoSuchPerson(public("stf", id))
    return _person(*row)


def other_administrators(cur: Cursor, id: int) -> int:
    """How many administrators remain without this person: the last one may not go."""
    cur.execute(_ADMINISTRATORS, [id])
    row = cur.fetchone()
    return int(row[0]) if row else 0


def _person(
    id: int,
    name: str,
    email: str,
    role: str,
    active: bool,
    language: str,
    invited: bool,
    teams: list[int],
    speaks: bool,
) -> Person:
    return Person(
        id,
        public("stf", id),
        name,
        email,
        role,
        active,
        language,
        invited,
        tuple(teams),
        answers_in_public=speaks,
    )
