"""The company's own app: its phones, and the three services that wake them (APNs, FCM, web push).

A phone opens the thread by a token that the company signs for whoever is logged in, listens while
somebody looks at it (`GET /play/app/{account}/{person}?front=1`), and is woken by a push when not.

Options of an account: `platform` (apns, fcm or web for everybody; else by the telephone number).
`next` befalls the push services: besides the common whims Apple's reasons (`Unregistered`,
`BadDeviceToken`, `TooManyRequests`, `ServiceUnavailable`, …) and Google's (`UNREGISTERED`,
`QUOTA_EXCEEDED`, `UNAVAILABLE`, …).

Acts: `typing`, `close` (the app goes to the back), `log_out`, `uninstall`, `form` {its fields}.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.players.app import apple, browsers, google
from filo.emulators.players.app.phone import (
    KIND,
    Phone,
    asked,
    closed,
    opened,
    phone,
    show,
    unread,
    written,
)
from filo.emulators.web import Answer, Call, Refused, Route, Router
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Doors(Router):
    """The three services. Google has one address for all tokens: a refreshed one is not ours."""

    def find(self, call: Call) -> tuple[Route, dict[str, str]] | None:
        found = super().find(call)
        ours = found is None or found[0] is not google.exchange
        return found if ours or b"grant_type=refresh_token" not in call.body else None


router = Doors()
for part in (apple, google, browsers):
    router.also(part.router)


class App:
    kind = KIND
    router = router

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        found = phone(world, account, person)
        found.name = deed.name or found.name
        if deed.act in ACTS:
            await ACTS[deed.act](world, account, found)
            return Answer.json({"hook": 200, "id": ""})
        await opened(world, account, found)
        command = await _command(world, account, found, deed)
        written(found, command)
        await asked(world, account, found, lambda: found.client.command(**command))
        show(world, account, found)
        return Answer.json({"hook": 200, "id": command["client_id"]})

    async def read(self, world: World, account: Account, person: str) -> None:
        """Each answer is told to be read, by its own reference."""
        found = phone(world, account, person)
        refs = list(unread(found))
        if refs:
            await asked(world, account, found, lambda: found.client.command(cmd="read", refs=refs))
        for line in found.lines.values():
            line["state"] = line["state"] if line["mine"] else "read"
        show(world, account, found)

    async def look(
        self, world: World, account: Account, person: str, *, front: bool
    ) -> dict[str, Any]:
        """In front the app listens; else its notices are what there is to see."""
        found = phone(world, account, person)
        if front:
            await opened(world, account, found)
        return {"notices": found.notices}


player = App()


async def _command(world: World, account: Account, found: Phone, deed: Deed) -> dict[str, Any]:
    about = world.accounts.bubble(account, deed.about) if deed.about else None
    said: dict[str, Any] = {"cmd": "send", "client_id": uuid4().hex, "at": moment() * 1000}
    if about:
        said["answers"] = about.ref or about.id
    if deed.tap:
        return said | _tapped(about, deed.tap)
    if deed.act == "form":
        return said | _filled(about, deed.values)
    if deed.media:
        return said | await _file(world, account, found, deed.media)
    if deed.location:
        names = ("latitude", "longitude", "name", "address")
        spot = {name: deed.location[name] for name in names if name in deed.location}
        return said | {"parts": [{"type": "location", **spot}]}
    if not (deed.text or deed.react):
        raise _cannot("nothing to say")
    return said | {"text": deed.text or deed.react}


def _tapped(about: Bubble | None, id: str) -> dict[str, Any]:
    content = about.content if about else {}
    cards = [content, *content.get("cards", [])]
    buttons = [one for card in cards for one in card.get("buttons", [])]
    slots = [{"id": one["id"], "label": one["starts"]} for one in content.get("slots", [])]
    found = next((one for one in (*buttons, *slots) if one["id"] == id), None)
    if found is None:
        raise _cannot("no such button")
    return {"text": found["label"], "choice": id}


def _filled(about: Bubble | None, values: dict[str, Any]) -> dict[str, Any]:
    if about is None or about.type != "form":
        raise _cannot("no such form")
    fields = {name: str(told) for name, told in values.items() if str(told).strip()}
    labels = {one["name"]: one["label"] for one in about.content["fields"]}
    text = "\n".join(f"{labels.get(name, name)}: {told}" for name, told in fields.items())
    return {"text": text, "form": about.content["id"], "fields": fields}


async def _file(
    world: World, account: Account, found: Phone, media: dict[str, str]
) -> dict[str, Any]:
    try:
        body = base64.b64decode(media.get("base64", ""), validate=True)
    except binascii.Error as why:
        raise _cannot("media.base64 is not base64") from why
    kept: dict[str, Any] = {}

    async def sent() -> None:
        name, mime = media.get("name", "file"), media.get("mime", "application/octet-stream")
        kept.update(await found.client.upload(body, name=name, mime=mime))

    await asked(world, account, found, sent)
    caption = media.get("caption", "")
    return {"parts": [{**kept, **({"caption": caption} if caption else {})}]}


# --- the other acts -----------------------------------------------------------


async def _types(world: World, account: Account, found: Phone) -> None:
    await asked(world, account, found, lambda: found.client.command(cmd="typing", on=True))


async def _closes(world: World, account: Account, found: Phone) -> None:
    await closed(found)


async def _logs_out(world: World, account: Account, found: Phone) -> None:
    """The device is told to be nobody's, and nothing of the thread stays on it."""
    await closed(found)
    if found.client.token:
        await asked(world, account, found, lambda: found.client.enrol(found.device, forget=True))
        await asked(world, account, found, found.client.sign_out)
    found.lines, found.outbox, found.notices, found.enrolled = {}, {}, [], False
    show(world, account, found)


async def _deletes_the_app(world: World, account: Account, found: Phone) -> None:
    """The house is told nothing: it learns it from the push service."""
    await closed(found)
    found.gone, found.lines, found.outbox, found.notices = True, {}, {}, []
    found.client.token = ""
    show(world, account, found)


ACTS: dict[str, Callable[[World, Account, Phone], Awaitable[None]]] = {
    "typing": _types,
    "close": _closes,
    "log_out": _logs_out,
    "uninstall": _deletes_the_app,
}


def _cannot(why: str) -> Refused:
    return Refused(Answer.json({"error": why}, status=400))
