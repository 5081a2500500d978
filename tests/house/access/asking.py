"""How each address is asked so that who may do it succeeds: bodies, and what must be so before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http.cookie import SimpleCookie
from django.test import Client

from filo.core.db import raw_cursor
from filo.core.ids import number
from tests.house.access.scene import PASSWORD, Scene
from tests.house.access.table import Row

HOLE = re.compile(r"\{(\w+)\}")
NAME = {"name": "Nome", "role": "agent", "language": "it", "password": PASSWORD}
SAID = [{"type": "text", "text": "Ciao"}]
# What is sent to an address: a form to a page, JSON to the API. Holes are filled as in paths.
BODIES: dict[str, dict[str, Any]] = {
    "POST /desk/wishes": {"theme": "dark"},
    "POST /desk/cases/{case}/replies": {"text": "Ciao"},
    "POST /desk/cases/{case}/public-replies": {"text": "Ciao", "road": "::public"},
    "POST /desk/messages/{spoken}/moderations": {"action": "hide"},
    "POST /desk/cases/{case}/notes": {"text": "Ciao"},
    "POST /desk/cases/{case}/draft": {"text": "Ciao"},
    "POST /desk/cases/{case}/fit": {"text": "Ciao"},
    "POST /desk/cases/{case}/inserts": {"kind": "survey", "step": "look", "text": "Ciao?"},
    "POST /desk/cases/{case}/owner": {"to": "me"},
    "POST /desk/cases/{case}/closure": {"solved": "1"},
    "POST /desk/cases/{case}/snooze": {"until": "2030-01-01T10:00"},
    "POST /desk/cases/{case}/team": {"team": "{team}"},
    "POST /desk/counter/customers/{customer}/agreement": {"shop": "{counter}", "text": "Ciao"},
    "POST /desk/deliveries/{delivery}/verdict": {"sent": "1"},
    "POST /desk/settings/me": NAME,
    "POST /desk/settings/people/": NAME | {"email": "nuova@brezza.example"},
    "POST /desk/settings/people/{person}/": NAME,
    "POST /desk/settings/people/{person}/access": {"access": "off"},
    "POST /desk/settings/teams/": {"name": "Nuova"},
    "POST /desk/settings/teams/{team}": {"name": "Altro nome"},
    "POST /desk/settings/channels/{channel}/": {"name": "Nome"},
    "POST /desk/settings/channels/{channel}/access": {"access": "off"},
    "POST /account/welcome/{welcome}": NAME,
    "POST /account/login/": {"login": "x@brezza.example", "password": "no"},
    "POST /account/reauthenticate/": {"password": PASSWORD},
    "POST /api/v1/cases/{case}/replies": {"parts": SAID, "client_id": "k"},
    "POST /api/v1/cases/{case}/public-replies": {"parts": SAID, "client_id": "k"},
    "POST /api/v1/cases/{case}/continuations": {
        "parts": SAID,
        "client_id": "k",
        "about": "{spoken}",
    },
    "POST /api/v1/messages/{spoken}/moderations": {"action": "hide"},
    "POST /api/v1/cases/{case}/notes": {"text": "Ciao", "client_id": "k"},
    "POST /api/v1/channels": {"kind": "http", "name": "n", "settings": {}},
    "POST /live/hints": {"case": "{case}"},
}
# What makes it possible, in the transaction that is undone after the cell.
BEFORE = {
    "POST /api/v1/cases/{case}/take": "UPDATE conversations_case SET owner_type = 'queue',"
    " owner_id = NULL WHERE id = %(case)s",
    "POST /desk/cases/{case}/owner": "UPDATE conversations_case SET owner_type = 'queue',"
    " owner_id = NULL WHERE id = %(case)s",
    "POST /desk/cases/{case}/reading": "UPDATE conversations_case SET unread = 1"
    " WHERE id = %(case)s",
    "POST /desk/messages/{message}/recall": "UPDATE conversations_delivery SET state = 'pending',"
    " reason = 'undo', due_at = now() + interval '1 minute' WHERE message_id = %(message)s",
    "POST /desk/deliveries/{delivery}/retry": "UPDATE conversations_delivery SET state = 'failed'"
    " WHERE id = %(delivery)s",
    "POST /desk/deliveries/{delivery}/verdict": "UPDATE conversations_delivery"
    " SET state = 'uncertain' WHERE id = %(delivery)s",
    "POST /api/v1/cases/{case}/reopen": "UPDATE conversations_case SET status = 'solved'"
    " WHERE id = %(case)s",
}
FILES = {"POST /desk/cases/{case}/files"}


def address(path: str, ids: dict[str, str]) -> str:
    return HOLE.sub(lambda hole: quote(ids.get(hole[1], "x"), safe="/%.~_-"), path)


def body(row: Row, ids: dict[str, str]) -> dict[str, Any]:
    plain = f"{row.method} {row.path.partition('?')[0]}"
    return {
        name: HOLE.sub(lambda hole: ids.get(hole[1], "x"), value)
        if isinstance(value, str)
        else value
        for name, value in BODIES.get(plain, {}).items()
    }


def cell(scene: Scene, row: Row, caller: str, thing: str) -> str:
    """One cell at one of Django's addresses: what it came to. Nothing of it stays."""
    ids = scene.things[thing]
    cache.clear()  # no cell uses up another's tries
    with undone():
        _prepare(row, ids)
        answer = _ask(scene, row, caller, ids)
        said = b"".join(answer) if answer.streaming else answer.content
        came_to = verdict(answer.status_code, answer.headers.get("location", ""), said, row, ids)
        return guessed(answer.headers, said) or came_to


def guessed(headers: Mapping[str, str], said: bytes) -> str:
    """What a browser would have to guess of an answer's bytes; empty when nothing is."""
    kind = headers.get("content-type", "")
    if not said:
        return ""
    if not kind or headers.get("x-content-type-options") != "nosniff":
        return f"guessed: {kind or 'no type'} without nosniff"
    sort, _, letters = kind.partition(";")
    saved = headers.get("content-disposition", "").startswith("attachment")
    if sort.startswith("text/") and not saved and "charset=" not in letters:
        return f"guessed: {kind} without its letters"
    return ""


def other_method(scene: Scene, row: Row, method: str) -> int:
    """The status when an administrator asks by a method that nobody meant."""
    by = row.door if row.door in {"session", "token"} else "session"
    headers = dict(scene.headers(f"administrator by {by}"))
    client = Client(raise_request_exception=False)
    client.cookies = SimpleCookie(headers.pop("cookie", ""))
    with undone():
        path = address(row.path, scene.things["own"])
        answer = client.generic(method, path, b"{}", "application/json", headers=headers)
    return answer.status_code


def from_another_site(scene: Scene, row: Row) -> int:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies = SimpleCookie(scene.headers("administrator by session")["cookie"])
    with undone():
        ids = scene.things["own"]
        answer = client.post(
            address(row.path, ids), body(row, ids), headers={"origin": "https://evil.example"}
        )
    return answer.status_code


def leaves_a_row(scene: Scene, row: Row) -> bool:
    """Does the write, done by somebody who may, add to the log?"""
    role = "agent" if row.rule.cells["agent", "own"] == "y" else "administrator"
    ids, count = scene.things["own"], "SELECT count(*) FROM core_event"
    with undone():
        _prepare(row, ids)
        before = raw_cursor().execute(count).fetchone()
        answer = _ask(scene, row, f"{role} by {row.door}", ids)
        assert answer.status_code < 400, (row.endpoint, answer.status_code)
        return raw_cursor().execute(count).fetchone() != before


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _prepare(row: Row, ids: dict[str, str]) -> None:
    if row.endpoint not in BEFORE:
        return
    kinds = {"case": "cas", "message": "msg", "delivery": "dlv"}
    raw_cursor().execute(
        BEFORE[row.endpoint], {name: number(kind, ids[name]) for name, kind in kinds.items()}
    )


def _ask(scene: Scene, row: Row, caller: str, ids: dict[str, str]) -> Any:
    headers = dict(scene.headers(caller))
    client = Client(raise_request_exception=False)
    client.cookies = SimpleCookie(headers.pop("cookie", ""))
    path, said = address(row.path, ids), body(row, ids)
    if row.method == "GET":
        return client.get(path, headers=headers)
    if row.endpoint in FILES:
        said = {"file": SimpleUploadedFile("uno.txt", b"uno", "text/plain")}
    if row.path.startswith(("/api/", "/w/")):
        sent: Any = {"data": said, "content_type": "application/json"}
    else:
        sent = {"data": said} if row.method == "POST" else {}
    if row.method == "OPTIONS":
        return client.options(path, headers=headers)
    return client.post(path, headers=headers, **sent)


def verdict(status: int, where: str, said: bytes, row: Row, ids: dict[str, str]) -> str:
    """`y`, `h`, `r`, `s` for the shut door, or what is none of them."""
    if status == 401 or (status == 302 and where.startswith("/account/login/?next")):
        return "s"
    if status == 403 and row.door == "provider":
        return "s"
    if status in {404, 403}:
        return {404: "h", 403: "r"}[status]
    if status >= 400 or "/reauthenticate/?next" in where:
        return f"{status} {where} {said[:200]!r}"
    if row.mark:
        wanted = HOLE.sub(lambda hole: ids.get(hole[1], "x"), row.mark)
        return "y" if wanted.lower().encode() in said.lower() else "h"
    return "y"
