"""Log some people in as Django would, and print the name of each session."""

from __future__ import annotations

import sys

import django


def main(*people: str) -> None:
    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from filo.staff.models import Staff

    for person in Staff.objects.filter(pk__in=people).order_by("pk"):
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        print(session.session_key)  # noqa: T201 -- the result


if __name__ == "__main__":
    main(*sys.argv[1:])
