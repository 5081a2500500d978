from __future__ import annotations

from django.http import HttpRequest

from filo.api.problems import Stopped
from filo.api.tokens import Bearer, may_call
from filo.core.db import raw_cursor
from filo.staff import operations
from filo.staff.types import Scope

TOKEN = b"digest"


def test_a_bucket_gives_what_it_holds_and_then_no_more(committed_db: str) -> None:
    cur = raw_cursor()

    answers = [may_call(cur, TOKEN, rate=0, size=3) for _ in range(5)]

    assert answers == [True, True, True, False, False]


def test_a_bucket_fills_again_with_time_and_never_overflows(committed_db: str) -> None:
    cur = raw_cursor()
    emptied = [may_call(cur, TOKEN, rate=0, size=3) for _ in range(4)]
    cur.execute("UPDATE core_bucket SET at = at - interval '10 days'")

    rested = [may_call(cur, TOKEN, rate=0.0001, size=3) for _ in range(4)]

    assert emptied == rested == [True, True, True, False]


def test_each_token_has_its_own_bucket(committed_db: str) -> None:
    cur = raw_cursor()

    answers = [may_call(cur, token, rate=0, size=1) for token in (b"a", b"a", b"b")]

    assert answers == [True, False, True]


def test_a_token_stands_for_its_person_until_it_is_revoked(ada: Scope) -> None:
    cur = raw_cursor()
    token = operations.create_token(cur, ada.email)

    assert Bearer().authenticate(HttpRequest(), token) == ada
    operations.revoke_token(cur, token)
    assert Bearer().authenticate(HttpRequest(), token) is None


def test_who_calls_too_fast_is_told_when_to_come_back(ada: Scope) -> None:
    cur = raw_cursor()
    token = operations.create_token(cur, ada.email)
    Bearer().authenticate(HttpRequest(), token)
    cur.execute("UPDATE core_bucket SET level = 0, at = now() + interval '1 hour'")

    try:
        Bearer().authenticate(HttpRequest(), token)
    except Stopped as stopped:
        assert stopped.problem.status == 429
        assert stopped.headers["Retry-After"] == "1"
    else:
        raise AssertionError
