"""Brezza, the sample airline: its people, its channels and a week of its threads.

Everything goes by the real roads: the guests' words as calls into the journal, read by the
pipeline; the answers by the same operations as the desk's. Then the week is moved into
the past.
"""

from __future__ import annotations

from filo.core import db, home
from filo.project.sample.company import connect_played, open_company
from filo.project.sample.town import register
from filo.project.sample.week import live_through

__all__ = ["load"]


def load() -> bool:
    """Fill an empty installation. Not in production: its people share a password."""
    if home.production():
        return False
    with db.connect(name="filo sample") as connection:
        company = open_company(connection)
        connect_played(connection, company)
        register(company)
        live_through(connection, company)
    return True
