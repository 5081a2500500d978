"""Whose browser is this?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest

from filo.core.db import raw_cursor
from filo.live.door import Asked
from filo.staff.queries import scope
from filo.staff.types import NoSuchPerson, Scope


def session_of(asked: Asked) -> str:
    return asked.cookies.get(settings.SESSION_COOKIE_NAME, "")


def reader(session: str) -> Scope | None:
    """The person behind a login, by Django's own rules; None when it is no longer good."""
    if not session:
        return None
    request = HttpRequest()
    request.session = SessionStore(session)
    try:
        user = get_user(request)
        return scope(raw_cursor(), user.pk) if user.is_authenticated else None
    except NoSuchPerson:
        return None
    finally:
        connection.close()  # this thread is the pool's: it keeps nothing
