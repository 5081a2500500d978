"""A small world at the desk: the shared one, and browsers of those who work in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from filo.core.ids import public
from filo.staff.types import Scope
from tests.world import World

PATCHES = {"Filo-Patches": "1"}


class Browser:
    """One person's browser without scripts; `patched` is what the scripts would ask."""

    def __init__(self, person: Scope) -> None:
        self.client = Client()
        self.client.force_login(get_user_model().objects.get(pk=person.staff))

    def get(self, path: str, **asked: str) -> HttpResponse:
        return self.client.get(path, asked)  # type: ignore[return-value]

    def post(self, path: str, **said: Any) -> HttpResponse:
        return self.client.post(path, said)  # type: ignore[return-value]

    def patched(self, path: str, **said: Any) -> HttpResponse:
        return self.client.post(path, said, headers=PATCHES)  # type: ignore[return-value]


def case_path(number: int, step: str = "") -> str:
    return f"/desk/cases/{public('cas', number)}/{step}"


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def words_of(answer: HttpResponse) -> str:
    """What a person reads: the page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(answer)).split())


class Counted:
    def __init__(self) -> None:
        self.statements: list[str] = []


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    """Every statement, also those of plain psycopg cursors."""
    counted, execute = Counted(), psycopg.Cursor.execute

    def counting_execute(self: Any, query: Any, *args: Any, **more: Any) -> Any:
        counted.statements.append(str(query))
        return execute(self, query, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", counting_execute)
        yield counted


def languages(world: World, language: str) -> None:
    world.connection.execute("UPDATE staff_staff SET language = %s", [language])
