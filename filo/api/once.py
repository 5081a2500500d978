"""`Idempotency-Key`: a write repeated with the same key is told the same, and happens once.

The key, the deed and its answer are one transaction. A deed that was refused leaves no trace, so it
may be tried again with the same key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from filo.api.calls import actor, opened
from filo.api.problems import stop, wrong
from filo.core.db import Cursor
from filo.core.sql import statements

sql = statements("filo.api")
LONGEST = 255


def written(request: HttpRequest, deed: Callable[[Cursor], HttpResponse]) -> HttpResponse:
    """Do it in one transaction; with a key, at most once in 24 hours."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= LONGEST:
        raise wrong("Idempotency-Key", f"It has 1 to {LONGEST} characters.")
    with opened() as cur:
        if key is None:
            return deed(cur)
        return _once(cur, request, key, deed)


def _once(
    cur: Cursor, request: HttpRequest, key: str, deed: Callable[[Cursor], HttpResponse]
) -> HttpResponse:
    staff = actor(request).staff
    digest = _digest(request)
    _alone(cur, f"{staff}:{key}")
    if (before := _before(cur, staff, key, digest)) is not None:
        return before
    answer = deed(cur)
    cur.execute(sql("sweep"))
    cur.execute(
        "INSERT INTO api_idempotencykey (staff_id, key, digest, status, answer) "
        "VALUES (%s, %s, %s, %s, %s)",
        [staff, key, digest, answer.status_code, answer.content],
    )
    return answer


def _digest(request: HttpRequest) -> bytes:
    asked = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(asked + request.body).digest()


def _alone(cur: Cursor, name: str) -> None:
    """Nobody else has this key until this transaction ends. Whoever has it is not waited for."""
    cur.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"filo:once:{name}"])
    row = cur.fetchone()
    if row is None or not row[0]:
        told = "A call with this key is under way. Ask again when it has ended."
        raise stop(409, "in_progress", told, retry_after="1")


def _before(cur: Cursor, staff: int, key: str, digest: bytes) -> HttpResponse | None:
    """What this key was told within the last day."""
    cur.execute(
        "DELETE FROM api_idempotencykey "
        "WHERE staff_id = %s AND key = %s AND at < now() - interval '24 hours'",
        [staff, key],
    )
    cur.execute(
        "SELECT digest, status, answer FROM api_idempotencykey WHERE staff_id = %s AND key = %s",
        [staff, key],
    )
    if (row := cur.fetchone()) is None:
        return None
    if bytes(row[0]) != digest:
        raise stop(422, "key_reused", "This key came with another call before. Make a new one.")
    return HttpResponse(
        bytes(row[2]),
        status=row[1],
        content_type="application/json",
        headers={"Idempotent-Replayed": "true"},
    )
