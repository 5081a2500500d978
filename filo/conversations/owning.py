"""Who has a case, and where it stands: take, release, assign, solve, re-open, snooze, move."""

from __future__ import annotations

from datetime import datetime

from filo.conversations.held import HOUSE, hold_to_read, hold_to_work, told
from filo.conversations.keeping import give_up
from filo.conversations.queues import case as case_view
from filo.conversations.scoping import limits
from filo.conversations.types import CannotSend, CaseView, NotFound
from filo.core.db import Cursor
from filo.core.ids import public
from filo.staff.types import NotAllowed, Scope


def take(cur: Cursor, actor: Scope, case: int) -> CaseView:
    """The actor becomes the one owner. A colleague's case is taken only by who leads."""
    held = hold_to_work(cur, actor, case)
    if held.owner == actor.staff:
        return case_view(cur, actor, case)
    if held.owner is not None and not actor.leads:
        raise NotAllowed("A colleague has this case. Ask them, or your supervisor.")
    _own(cur, case, actor.staff)
    told(cur, held, actor, "taken")
    return case_view(cur, actor, case)


def release(cur: Cursor, actor: Scope, case: int) -> CaseView:
    """Back to the team's queue."""
    held = hold_to_work(cur, actor, case)
    if held.owner is None:
        return case_view(cur, actor, case)
    if held.owner != actor.staff and not actor.leads:
        raise NotAllowed("A colleague has this case. Ask them, or your supervisor.")
    _own(cur, case, None)
    told(cur, held, actor, "released")
    return case_view(cur, actor, case)


def assign(cur: Cursor, actor: Scope, case: int, to: int) -> CaseView:
    """Give it to a colleague of its team."""
    held = hold_to_work(cur, actor, case)
    if to != actor.staff and not actor.leads and held.owner != actor.staff:
        raise NotAllowed("Supervisors assign cases of others. Take it first, then hand it over.")
    row = cur.execute(
        "SELECT s.name FROM staff_staff AS s WHERE s.id = %s AND s.is_active AND (s.role = 'admin'"
        " OR EXISTS (SELECT 1 FROM staff_membership WHERE staff_id = s.id AND team_id = %s))",
        [to, held.team],
    ).fetchone()
    if row is None:
        raise NotAllowed("This person is not in the case's team. Move the case to theirs first.")
    _own(cur, case, to)
    told(cur, held, actor, "assigned", to=public("stf", to), to_name=row[0])
    return case_view(cur, actor, case)


def solve(cur: Cursor, actor: Scope, case: int) -> CaseView:
    """The matter is concluded. A customer's word within 72 hours re-opens it."""
    held = hold_to_work(cur, actor, case)
    if held.status != "solved":
        cur.execute(
            "UPDATE conversations_case SET status = 'solved', solved_at = now(), due_at = NULL,"
            " snoozed_until = NULL, unread = 0 WHERE id = %s",
            [case],
        )
        give_up(cur, case, "solved")
        told(cur, held, actor, "solved")
    return case_view(cur, actor, case)


def reopen(cur: Cursor, actor: Scope, case: int) -> CaseView:
    """Open it again; not while another case of the same matter is open."""
    held = hold_to_work(cur, actor, case)
    if held.status in {"open", "waiting"}:
        return case_view(cur, actor, case)
    if held.status == "solved" and not actor.leads:
        raise NotAllowed("Supervisors re-open solved cases. A new word of the customer does too.")
    twin = cur.execute(
        "SELECT id FROM conversations_case WHERE customer_id = %s AND matter = %s AND id <> %s"
        " AND status <> 'solved'",
        [held.customer, held.matter, case],
    ).fetchone()
    if twin:
        raise CannotSend(
            "another_is_open", f"The customer has an open case already: {public('cas', twin[0])}."
        )
    cur.execute(
        "UPDATE conversations_case SET status = 'open', solved_at = NULL, snoozed_until = NULL"
        " WHERE id = %s",
        [case],
    )
    told(cur, held, actor, "reopened")
    return case_view(cur, actor, case)


def snooze(cur: Cursor, actor: Scope, case: int, until: datetime) -> CaseView:
    """Out of sight until a time, or until the customer writes."""
    held = hold_to_work(cur, actor, case)
    if held.status == "solved":
        raise CannotSend("solved", "This case is solved. Re-open it first.")
    cur.execute(
        "UPDATE conversations_case SET status = 'snoozed', snoozed_until = %s WHERE id = %s",
        [until, case],
    )
    told(cur, held, actor, "snoozed", until=until.isoformat())
    return case_view(cur, actor, case)


def wake(cur: Cursor, *, at: datetime) -> int:
    """Bring back every case whose time has come; returns how many. Safe to run twice."""
    rows = cur.execute(
        "SELECT id, customer_id FROM conversations_case WHERE status = 'snoozed'"
        " AND snoozed_until <= %s ORDER BY customer_id LIMIT 200",
        [at],
    ).fetchall()
    for case, _ in rows:
        held = hold_to_read(cur, HOUSE, case)
        if held.status == "snoozed":
            cur.execute(
                "UPDATE conversations_case SET status = 'open', snoozed_until = NULL WHERE id = %s",
                [case],
            )
            told(cur, held, HOUSE, "woken")
    return len(rows)


def release_absent(cur: Cursor) -> int:
    """Cases of people who were switched off go back to their queues. Safe to run twice."""
    rows = cur.execute(
        "SELECT c.id FROM conversations_case AS c JOIN staff_staff AS s ON s.id = c.owner_id"
        " WHERE NOT s.is_active AND c.status <> 'solved' ORDER BY c.customer_id LIMIT 200"
    ).fetchall()
    for (case,) in rows:
        held = hold_to_read(cur, HOUSE, case)
        _own(cur, case, None)
        told(cur, held, HOUSE, "released")
    return len(rows)


def move(cur: Cursor, actor: Scope, case: int, team: int) -> CaseView:
    """To another team's queue: they read the whole thread from then on."""
    held = hold_to_work(cur, actor, case)
    row = cur.execute("SELECT name FROM staff_team WHERE id = %s", [team]).fetchone()
    if row is None:
        raise NotFound("There is no such team.")
    cur.execute(
        "UPDATE conversations_case SET team_id = %s, owner_type = 'queue', owner_id = NULL"
        " WHERE id = %s",
        [team, case],
    )
    cur.execute(
        "UPDATE customers_customer SET teams = ARRAY("
        "SELECT DISTINCT team_id FROM conversations_case WHERE customer_id = %(customer)s)"
        " WHERE id = %(customer)s",
        {"customer": held.customer},
    )
    was = {"from": public("tem", held.team)}
    told(cur, held, actor, "moved", to=public("tem", team), to_name=row[0], **was)
    return case_view(cur, HOUSE, case)


def mark_read(cur: Cursor, actor: Scope, case: int) -> None:
    """The actor has looked: nothing of it is unread, and being named there is seen."""
    held = hold_to_read(cur, actor, case)
    cur.execute(
        "UPDATE conversations_mention AS n SET seen_at = now() FROM conversations_message AS m"
        " WHERE m.id = n.message_id AND m.case_id = %(case)s AND n.staff_id = %(staff)s"
        " AND n.seen_at IS NULL",
        limits(actor, case=case),
    )
    if held.owner not in {None, actor.staff}:
        return
    changed = cur.execute(
        "UPDATE conversations_case SET unread = 0 WHERE id = %s AND unread > 0", [case]
    )
    if changed.rowcount:
        told(cur, held, actor, "read")


def _own(cur: Cursor, case: int, staff: int | None) -> None:
    cur.execute(
        "UPDATE conversations_case SET owner_type = %s, owner_id = %s WHERE id = %s",
        ["queue" if staff is None else "person", staff, case],
    )
