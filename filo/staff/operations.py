"""People come, change teams, go; tokens and one-time links are made. A psycopg cursor first.

Each change is told in the log, with `by`, the person who made it; nobody's is the command line's.
What stays as it was is not told.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import timedelta

from psycopg.types.json import Jsonb

from filo.core import clock, vault
from filo.core.db import Cursor
from filo.core.events import Happening, emit, ring
from filo.core.ids import public
from filo.staff import queries
from filo.staff.types import ENDED, NoSuchPerson, NoSuchTeam, Person, Refused

ROLES = ("admin", "supervisor", "agent")
FIRST_TEAM = "Customer care"
LINK_LASTS = timedelta(days=3)
# Nobody types it: Django reads the leading "!" as "no password opens this".
NO_PASSWORD = "!"  # noqa: S105


# --- people ------------------------------------------------------------------


def create_staff(
    cur: Cursor,
    *,
    email: str,
    name: str = "",
    role: str = "agent",
    teams: Iterable[int] = (),
    language: str = "it",
    password: str | None = None,
    by: int | None = None,
) -> int:
    """Add a person; without a password they choose one by their `invitation`."""
    _check_role(role)
    address = _address(email)
    cur.execute(
        "INSERT INTO staff_staff (email, name, role, language, password, is_active, settings) "
        "VALUES (%s, %s, %s, %s, %s, true, %s) ON CONFLICT DO NOTHING RETURNING id",
        [address, name.strip(), role, language, _hashed(password), Jsonb({})],
    )
    if (row := cur.fetchone()) is None:
        raise Refused("email", "%(address)s works here already.", address=address)
    new = int(row[0])
    _tell(cur, "came", new, by, to=role)
    set_teams(cur, new, teams, by=by)
    return new


def set_teams(cur: Cursor, id: int, teams: Iterable[int], *, by: int | None = None) -> None:
    """The teams of a person, all of them: those not named are left."""
    wanted = sorted(set(teams))
    left = cur.execute(
        "DELETE FROM staff_membership WHERE staff_id = %s AND NOT team_id = ANY(%s)", [id, wanted]
    ).rowcount
    entered = cur.execute(
        "INSERT INTO staff_membership (staff_id, team_id) SELECT %s, unnest(%s::bigint[]) "
        "ON CONFLICT DO NOTHING",
        [id, wanted],
    ).rowcount
    if left or entered:
        _tell(cur, "teams", id, by, to=[public("tem", team) for team in wanted])


def set_role(cur: Cursor, id: int, role: str, *, by: int | None = None) -> None:
    """Make somebody administrator, supervisor or agent. One administrator always remains."""
    _check_role(role)
    if role != "admin":
        _keep_an_administrator(cur, id)
    cur.execute(
        "UPDATE staff_staff SET role = %(role)s WHERE id = %(id)s AND role <> %(role)s",
        {"role": role, "id": id},
    )
    if cur.rowcount:
        _tell(cur, "role", id, by, to=role)


def rename(cur: Cursor, id: int, name: str, *, by: int | None = None) -> None:
    cur.execute(
        "UPDATE staff_staff SET name = %(name)s WHERE id = %(id)s AND name <> %(name)s",
        {"name": name.strip(), "id": id},
    )
    if cur.rowcount:
        _tell(cur, "name", id, by)


def let_answer_in_public(cur: Cursor, id: int, *, allowed: bool, by: int | None = None) -> None:
    """Whether this person may write what everyone can read, wherever they work."""
    cur.execute(
        "UPDATE staff_staff SET answers_in_public = %(allowed)s"
        " WHERE id = %(id)s AND answers_in_public <> %(allowed)s",
        {"allowed": allowed, "id": id},
    )
    if cur.rowcount:
        _tell(cur, "public_answers", id, by, to=allowed)


def let_team_answer_in_public(
    cur: Cursor, team: int, *, allowed: bool, by: int | None = None
) -> None:
    """Whether all of a team may, in the cases of the team."""
    cur.execute(
        "UPDATE staff_team SET answers_in_public = %(allowed)s"
        " WHERE id = %(id)s AND answers_in_public <> %(allowed)s",
        {"allowed": allowed, "id": team},
    )
    if cur.rowcount:
        _tell_of_team(cur, "public_answers", team, by, to=allowed)


def switch_off(cur: Cursor, id: int, *, by: int | None = None) -> None:
    """They may not come in any more: their sessions and tokens die with this transaction."""
    _keep_an_administrator(cur, id)
    cur.execute(
        "UPDATE staff_staff SET is_active = false, generation = generation + 1 WHERE id = %s", [id]
    )
    cur.execute(
        "UPDATE staff_token SET revoked_at = now() WHERE staff_id = %s AND revoked_at IS NULL", [id]
    )
    cur.execute("SELECT pg_notify(%s, %s)", [ENDED, str(id)])
    _tell(cur, "off", id, by)


def switch_on(cur: Cursor, id: int, *, by: int | None = None) -> None:
    """They may come in again, with a new login: what was open before stays dead."""
    cur.execute("UPDATE staff_staff SET is_active = true WHERE id = %s", [id])
    _tell(cur, "on", id, by)


def end_sessions(cur: Cursor, id: int) -> None:
    """Log a person out everywhere."""
    cur.execute("UPDATE staff_staff SET generation = generation + 1 WHERE id = %s", [id])
    cur.execute("SELECT pg_notify(%s, %s)", [ENDED, str(id)])


def set_wishes(cur: Cursor, id: int, *, language: str, wishes: dict[str, object]) -> None:
    """How a person wants the desk: language, theme, keys. Wishes not named stay."""
    cur.execute(
        "UPDATE staff_staff SET language = %s, settings = settings || %s WHERE id = %s",
        [language, Jsonb(wishes), id],
    )


def set_password(cur: Cursor, id: int, password: str) -> None:
    """A new password ends every session that the old one opened."""
    cur.execute("UPDATE staff_staff SET password = %s WHERE id = %s", [_hashed(password), id])
    _tell(cur, "password", id, id)


def forget_second_factors(cur: Cursor, id: int, *, by: int | None = None) -> None:
    """For who lost phone and codes: passkeys, app and recovery codes go; every session ends."""
    cur.execute("DELETE FROM mfa_authenticator WHERE user_id = %s", [id])
    end_sessions(cur, id)
    _tell(cur, "second_factors_gone", id, by)


# --- teams -------------------------------------------------------------------


def create_team(cur: Cursor, name: str, *, by: int | None = None) -> int:
    """Add a team. Two teams of one name would be told apart by nobody."""
    wanted = name.strip()
    if not wanted:
        raise Refused("name", "A team needs a name.")
    _refuse_twin(cur, wanted, but=0)
    cur.execute(
        "INSERT INTO staff_team (name, slug) VALUES (%s, %s) RETURNING id",
        [wanted, _slug(wanted)],
    )
    new = _number(cur)
    _tell_of_team(cur, "made", new, by)
    return new


def rename_team(cur: Cursor, id: int, name: str, *, by: int | None = None) -> None:
    wanted = name.strip()
    if not wanted:
        raise Refused("name", "A team needs a name.")
    _refuse_twin(cur, wanted, but=id)
    cur.execute("SELECT name FROM staff_team WHERE id = %s FOR UPDATE", [id])
    if (row := cur.fetchone()) is None:
        raise NoSuchTeam(public("tem", id))
    if row[0] != wanted:
        cur.execute("UPDATE staff_team SET name = %s WHERE id = %s", [wanted, id])
        _tell_of_team(cur, "name", id, by)


def first_team(cur: Cursor) -> int:
    """The oldest team: where things go that name none. The house's first one is made here."""
    cur.execute("SELECT id FROM staff_team ORDER BY id LIMIT 1")
    row = cur.fetchone()
    return int(row[0]) if row else create_team(cur, FIRST_TEAM)


def _refuse_twin(cur: Cursor, name: str, *, but: int) -> None:
    cur.execute("SELECT 1 FROM staff_team WHERE lower(name) = lower(%s) AND id <> %s", [name, but])
    if cur.fetchone():
        raise Refused("name", "There is a team %(name)s already.", name=name)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join([*re.findall(r"[a-z0-9]+", plain), secrets.token_hex(2)])[-50:]


# --- tokens ------------------------------------------------------------------


def create_token(cur: Cursor, email: str, name: str = "") -> str:
    """A bearer token of the API for one person. It is told once: only its digest is kept."""
    cur.execute(
        "SELECT id FROM staff_staff WHERE lower(email) = lower(%s) AND is_active", [email.strip()]
    )
    if (row := cur.fetchone()) is None:
        raise NoSuchPerson(f"Nobody with the address {email} works here.")
    token = "filo_" + secrets.token_urlsafe(32)
    cur.execute(
        "INSERT INTO staff_token (staff_id, name, digest) VALUES (%s, %s, %s)",
        [row[0], name, queries.digest(token)],
    )
    _tell(cur, "token_made", row[0], None)
    return token


def revoke_token(cur: Cursor, token: str) -> None:
    cur.execute(
        "UPDATE staff_token SET revoked_at = now() WHERE digest = %s AND revoked_at IS NULL "
        "RETURNING staff_id",
        [queries.digest(token)],
    )
    if row := cur.fetchone():
        _tell(cur, "token_gone", row[0], None)


# --- one-time links ----------------------------------------------------------


def invitation(cur: Cursor, id: int, *, by: int | None = None) -> str:
    """The path by which a person chooses a password. It works once, and for three days."""
    _tell(cur, "link_made", id, by)
    until = clock.now() + LINK_LASTS
    return f"/account/welcome/{vault.sign('invitation', _bond(cur, id), expires=until)}"


def invited(cur: Cursor, token: str) -> Person | None:
    """Whom this invitation is for; None when it is old, used, or not ours."""
    try:
        bond = vault.unsign("invitation", token, at=clock.now())
        guest = int(bond.partition(":")[0])
        return queries.person(cur, guest) if bond == _bond(cur, guest) else None
    except (vault.Tampered, NoSuchPerson):
        return None


def _bond(cur: Cursor, id: int) -> str:
    """What an invitation is tied to: a new password, or a switch, and it fits no more."""
    cur.execute("SELECT password, generation FROM staff_staff WHERE id = %s AND is_active", [id])
    if (row := cur.fetchone()) is None:
        raise NoSuchPerson(str(id))
    return f"{id}:{row[1]}:{queries.digest(row[0]).hex()[:16]}"


def first_run_link(cur: Cursor) -> str | None:
    """The path that makes the first administrator; None as soon as there is one."""
    if queries.other_administrators(cur, 0):
        return None
    until = clock.now() + LINK_LASTS
    return f"/account/first/{vault.sign('first administrator', '', expires=until)}"


def is_first_run(cur: Cursor, token: str) -> bool:
    """May this link make the first administrator?"""
    try:
        vault.unsign("first administrator", token, at=clock.now())
    except vault.Tampered:
        return False
    return not queries.other_administrators(cur, 0)


def found(cur: Cursor, *, email: str, name: str, language: str, password: str) -> int:
    """Make the first administrator. Of two who try at once, one succeeds."""
    cur.execute("SELECT pg_advisory_xact_lock(hashtext('filo: the first administrator'))")
    if queries.other_administrators(cur, 0):
        raise Refused("email", "This installation has an administrator already.")
    team = first_team(cur)
    return create_staff(
        cur,
        email=email,
        name=name,
        role="admin",
        teams=[team],
        language=language,
        password=password,
    )


# --- small parts -------------------------------------------------------------


def _tell(cur: Cursor, what: str, person: int, by: int | None, **more: object) -> None:
    body = {"person": public("stf", person), "what": what, **more}
    emit(cur, [Happening("staff_changed", body=body | _author(by))])
    ring(cur)


def _tell_of_team(cur: Cursor, what: str, team: int, by: int | None, **more: object) -> None:
    body = {"team": public("tem", team), "what": what, **more}
    emit(cur, [Happening("team_changed", body=body | _author(by))])
    ring(cur)


def _author(by: int | None) -> dict[str, object]:
    return {"by": public("stf", by)} if by else {}


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise Refused("role", f"A role is one of: {', '.join(ROLES)}.")


def _address(email: str) -> str:
    address = email.strip().lower()
    before, at, after = address.rpartition("@")
    if not (before and at and after) or any(letter.isspace() for letter in address):
        raise Refused("email", "Write an e-mail address, such as ada@example.com.")
    return address


def _keep_an_administrator(cur: Cursor, id: int) -> None:
    cur.execute("SELECT role FROM staff_staff WHERE id = %s FOR UPDATE", [id])
    row = cur.fetchone()
    if row and row[0] == "admin" and not queries.other_administrators(cur, id):
        raise Refused("role", "The last administrator must stay. Name another one first.")


def _hashed(password: str | None) -> str:
    if password is None:
        return NO_PASSWORD + secrets.token_hex(20)
    # Passwords are made in the web and the command line only: the hot processes never load Django.
    from django.contrib.auth.hashers import make_password

    return make_password(password)


def _number(cur: Cursor) -> int:
    row = cur.fetchone()
    assert row is not None, "RETURNING gives the row"
    return int(row[0])
