"""Who calls: a bearer token stands for one member of staff, and may call only so fast."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from filo.api.problems import stop
from filo.core import rates
from filo.core.db import Cursor, raw_cursor
from filo.staff import queries
from filo.staff.types import Scope

RATE = 300.0  # calls a second, for ever
SIZE = 3000.0  # calls at once, after a rest


class Bearer(HttpBearer):
    """`Authorization: Bearer <token>`, made by `filo token create --staff EMAIL`."""

    def authenticate(self, request: HttpRequest, token: str) -> Scope | None:
        cur = raw_cursor()
        scope = queries.scope_of_token(cur, token)
        if scope and not may_call(cur, queries.digest(token)):
            raise stop(429, "too_fast", f"At most {RATE:.0f} calls a second.", retry_after="1")
        return scope


def may_call(cur: Cursor, token: bytes, *, rate: float = RATE, size: float = SIZE) -> bool:
    """Take one call from the token's bucket, if one is left."""
    return rates.may(cur, f"api:{token.hex()}", rate=rate, size=size)
