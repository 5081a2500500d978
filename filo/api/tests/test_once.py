from __future__ import annotations

import msgspec
import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from filo.api.calls import told
from filo.api.once import written
from filo.api.problems import Stopped
from filo.core.db import Cursor, connect, raw_cursor
from filo.staff.types import Scope


class Deed:
    """Opens a team, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, cur: Cursor) -> HttpResponse:
        self.times += 1
        cur.execute("INSERT INTO staff_team (name, slug) VALUES ('Voli', %s)", [str(self.times)])
        return told({"time": self.times}, 201)


def call(by: Scope, key: str | None, body: bytes = b"{}") -> HttpRequest:
    headers = {"Idempotency-Key": key} if key is not None else {}
    request = RequestFactory().post(
        "/api/v1/x", body, content_type="application/json", headers=headers
    )
    request.auth = by  # type: ignore[attr-defined]
    return request


def teams() -> int:
    row = raw_cursor().execute("SELECT count(*) FROM staff_team").fetchone()
    assert row
    return int(row[0])


def test_the_same_key_again_is_told_the_same_and_does_nothing(ada: Scope) -> None:
    deed = Deed()

    first, second = (written(call(ada, "k1"), deed) for _ in range(2))

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first.status_code == 201
    assert second.headers["Idempotent-Replayed"] == "true"
    assert (deed.times, teams()) == (1, 1)


def test_without_a_key_every_call_counts(ada: Scope) -> None:
    deed = Deed()

    for _ in range(2):
        written(call(ada, None), deed)

    assert teams() == 2


def test_the_same_key_with_another_body_is_refused(ada: Scope) -> None:
    deed = Deed()
    written(call(ada, "k1", b'{"a":1}'), deed)

    with pytest.raises(Stopped) as refused:
        written(call(ada, "k1", b'{"a":2}'), deed)

    assert refused.value.problem.status == 422
    assert refused.value.problem.code == "key_reused"
    assert deed.times == 1


def test_two_people_may_use_the_same_key(ada: Scope) -> None:
    deed = Deed()
    cur = raw_cursor()
    cur.execute(
        "INSERT INTO staff_staff (email, name, role, language, password, is_active, settings) "
        "VALUES ('enzo@brezza.example', '', 'agent', 'it', '!', true, '{}') RETURNING id"
    )
    row = cur.fetchone()
    assert row

    written(call(ada, "k1"), deed)
    written(call(msgspec.structs.replace(ada, staff=row[0]), "k1"), deed)

    assert deed.times == 2


def test_while_the_first_call_is_under_way_the_second_is_told_to_wait(
    ada: Scope, committed_db: str
) -> None:
    deed = Deed()
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    with connect() as other, other.transaction():
        other.execute(lock, [f"filo:once:{ada.staff}:k1"])

        with pytest.raises(Stopped) as refused:
            written(call(ada, "k1"), deed)

    assert refused.value.problem.status == 409
    assert deed.times == 0
    assert written(call(ada, "k1"), deed).status_code == 201


def test_a_deed_that_failed_may_be_tried_again_with_the_same_key(ada: Scope) -> None:
    def refuse(cur: Cursor) -> HttpResponse:
        Deed()(cur)
        raise KeyError

    with pytest.raises(KeyError):
        written(call(ada, "k1"), refuse)

    assert teams() == 0
    assert written(call(ada, "k1"), Deed()).status_code == 201


def test_a_key_is_forgotten_after_a_day(ada: Scope) -> None:
    deed = Deed()
    written(call(ada, "k1", b'{"a":1}'), deed)
    written(call(ada, "k2"), deed)
    raw_cursor().execute("UPDATE api_idempotencykey SET at = at - interval '25 hours'")

    written(call(ada, "k1", b'{"a":2}'), deed)

    rows = raw_cursor().execute("SELECT key FROM api_idempotencykey").fetchall()
    assert (deed.times, rows) == (3, [("k1",)])


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_a_sensible_length(ada: Scope, key: str) -> None:
    with pytest.raises(Stopped) as refused:
        written(call(ada, key), Deed())

    assert refused.value.problem.status == 422
