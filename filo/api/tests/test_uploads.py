"""A program's file goes with its reply, and nobody else's does."""

from __future__ import annotations

from filo.api.tests.conftest import House
from filo.conversations.queries import of_staff, ticket_of
from filo.core import clock


def test_a_ticket_is_for_files_of_whoever_asked(house: House) -> None:
    answer = house.agent.post("/uploads")

    assert answer.status_code == 201
    token = answer.json()["url"].rpartition("/")[2]
    assert ticket_of(token, at=clock.now()).owner == of_staff(house.agent.staff)
