"""Apple Messages for Business: the gateway, and the customers' Messages.

Options of an account: `device` (new, old or mac: what it can), `language` (en or it: the words of
tapbacks), `old_names` (files by their older names), `old_picker` (times as older devices answer),
`by_reference` (answers to pickers as a reference that ends in two seconds), `duplicates`, `plain`
(no gzip), `suffix` (what Apple puts behind the hook, `/message` unless told otherwise).
`next` takes the common whims.

Acts: `open` {intent, group, text} (by a link or a code), `typing`, `close` (the thread is deleted:
nothing more arrives until they write again), `form` {one value for each field's name}.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

import httpx

from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.players import parcels
from filo.emulators.players.apple import gateway, keys, store
from filo.emulators.players.apple.desk import (
    KIND,
    abilities,
    business_of,
    opaque,
    secret_of,
    state,
)
from filo.emulators.players.apple.screens import HOLE
from filo.emulators.web import Answer, Refused, Router
from filo.emulators.world import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from filo.emulators.world import World

PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
PATIENCE = 10.0
TAPBACKS = {
    "en": {"❤️": "Loved", "👍": "Liked", "👎": "Disliked", "😂": "Laughed at", "‼️": "Emphasized",
           "❓": "Questioned"},
    "it": {"❤️": "Ha adorato", "👍": "Ha messo Mi piace a", "👎": "Non ha gradito",
           "😂": "Ha riso per", "‼️": "Ha sottolineato", "❓": "Ha messo in dubbio"},
}  # fmt: skip
OTHER = {"en": "Reacted {} to", "it": "Ha reagito con {} a"}


class Apple:
    kind = KIND
    router: Router = gateway.router

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        talk = world.accounts.talk(account, person)
        if deed.act == "close":
            talk.bubbles.clear()
            state(account, "closed")[person] = True
            return await _told(world, account, person, {"type": "close"})
        if deed.act == "typing":
            return await _told(world, account, person, {"type": "typing_start"})
        fields, bubble = _said(world, account, person, deed)
        if not talk.bubbles:
            await _told(world, account, person, {"type": "typing_start"})
        state(account, "closed").pop(person, None)
        talk.bubbles.append(bubble)
        return await _told(world, account, person, fields, id_=bubble.id)

    async def read(self, world: World, account: Account, person: str) -> None:
        """Apple tells nobody what was read."""


player = Apple()


# --- what customers say -----------------------------------------------------


def _said(world: World, account: Account, person: str, deed: Deed) -> tuple[dict[str, Any], Bubble]:
    id_ = str(uuid.uuid4())
    if deed.media:
        return _picture(world, account, deed, id_)
    if deed.tap or deed.act == "form":
        return _answered(world, account, deed, id_)
    if deed.location:
        raise _cannot("Messages sends a place as a file (.loc.vcf), which this phone does not")
    if deed.react:
        about = world.accounts.bubble(account, deed.about)
        if about is None:
            raise _cannot("no such message")
        about.reaction = deed.react
        words = _tapback(account, deed.react, about)
        return {"type": "text", "body": words}, Bubble(
            id_, False, moment(), "notice", {"text": words}
        )
    words = deed.text or str(deed.values.get("text", ""))
    came = {name: deed.values[name] for name in ("intent", "group") if deed.values.get(name)}
    quoted = {"replyToMessageId": deed.about} if deed.about else {}
    shown = Bubble(id_, False, moment(), "text", {"text": words}, answers=deed.about)
    return {"type": "text", "body": words, **came, **quoted}, shown


def _tapback(account: Account, emoji: str, about: Bubble) -> str:
    language = str(account.options.get("language", "en"))
    known = TAPBACKS.get(language, TAPBACKS["en"])
    verb = known.get(emoji) or OTHER.get(language, OTHER["en"]).format(emoji)
    quoted = about.content.get("text")
    return f"{verb} “{quoted}”" if quoted else f"{verb} an image"


def _picture(world: World, account: Account, deed: Deed, id_: str) -> tuple[dict[str, Any], Bubble]:
    file = parcels.sent_file(world, deed.media, mark="ap")
    mime_name = "mime-type" if account.options.get("old_names") else "mimeType"
    named = store.sealed(world, account, file.body)
    one = {"name": file.name, mime_name: file.mime, "size": str(len(file.body)), **named}
    caption = deed.media.get("caption", "")
    kind = file.mime.partition("/")[0]
    kind = kind if kind in ("image", "video", "audio") else "file"
    shown = Bubble(id_, False, moment(), kind, parcels.shown(file, "/apple-media", caption))
    return {"type": "text", "body": f"{caption} {HOLE}".strip(), "attachments": [one]}, shown


# --- answers to what was asked ----------------------------------------------


def _answered(
    world: World, account: Account, deed: Deed, id_: str
) -> tuple[dict[str, Any], Bubble]:
    asked = state(account, "asked").get(deed.about) or {}
    data = asked.get("data") or {}
    told, title = _form(data, deed) if deed.act == "form" else _picked(account, data, deed.tap)
    answer = {
        "version": "1.0",
        "requestIdentifier": data.get("requestIdentifier", ""),
        **told,
        "replyMessage": {"title": title, "style": "icon"},
    }
    whole = {"bid": asked.get("bid", ""), "data": answer}
    shown = Bubble(id_, False, moment(), "text", {"text": title}, answers=deed.about)
    if account.options.get("by_reference"):
        body = gateway.packed(whole)
        named = store.sealed(world, account, body, life=store.SHORT)
        told = {"bid": whole["bid"], **named, "title": title, "size": len(body)}
        return {"type": "interactive", "interactiveDataRef": told}, shown
    return {"type": "interactive", "interactiveData": whole}, shown


def _picked(account: Account, data: dict[str, Any], tap: str) -> tuple[dict[str, Any], str]:
    quick, picker, event = (data.get(name) or {} for name in ("quick-reply", "listPicker", "event"))
    for n, one in enumerate(quick.get("items", [])):
        if one.get("identifier") == tap:
            return {"quick-reply": {**quick, "selectedIndex": n}}, str(one.get("title", ""))
    for section, one in _rows(picker):
        if one.get("identifier") == tap:
            chosen = {"sections": [{**section, "items": [one]}]}
            return {"listPicker": chosen}, str(one.get("title", ""))
    for slot in event.get("timeslots", []):
        if slot.get("identifier") == tap:
            chosen = {**event, "timeslots": [slot]}
            old = account.options.get("old_picker")
            words = str(slot.get("startTime", ""))
            return ({"timePicker": {"event": chosen}} if old else {"event": chosen}), words
    raise _cannot("there is no such button")


def _rows(picker: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for section in picker.get("sections", []):
        for one in section.get("items", []):
            yield section, one


def _form(data: dict[str, Any], deed: Deed) -> tuple[dict[str, Any], str]:
    dynamic = data.get("dynamic") or {}
    pages = {one.get("pageIdentifier"): one for one in (dynamic.get("data") or {}).get("pages", [])}
    if not pages:
        raise _cannot("there is no such form")
    selections = [
        {
            "title": str(pages.get(name, {}).get("title", name)),
            "pageIdentifier": name,
            "items": [{"title": _title(pages.get(name, {}), str(value)), "value": str(value)}],
        }
        for name, value in deed.values.items()
    ]
    told = {"dynamic": {"template": "messageForms", "selections": selections}}
    return told, ", ".join(str(value) for value in deed.values.values())


def _title(page: dict[str, Any], value: str) -> str:
    known = (
        one for one in page.get("items", []) if value in (one.get("identifier"), one.get("value"))
    )
    found: dict[str, Any] = next(known, {})
    return str(found.get("title") or value)


def _cannot(why: str) -> Refused:
    return Refused(Answer.json({"error": why}, status=400))


# --- how Apple calls us -----------------------------------------------------


async def _told(
    world: World, account: Account, person: str, fields: dict[str, Any], *, id_: str = ""
) -> Answer:
    """Again with the same id while we do not take it."""
    id_ = id_ or str(uuid.uuid4())
    user = opaque(account, person)
    locale = "it_IT" if account.options.get("language") == "it" else "en_US"
    ours = {"v": 1, "id": id_, "sourceId": user, "destinationId": business_of(account)}
    told = {**ours, "locale": locale, **fields}
    status = await _post(world, account, told)
    for _ in range(int(account.options.get("duplicates", 0))):
        await _post(world, account, told)
    if status != httpx.codes.OK:
        world.later(_insist(world, account, told))
    return Answer.json({"hook": status, "id": id_})


async def _insist(world: World, account: Account, told: dict[str, Any]) -> None:
    for pause in PAUSES:
        await asyncio.sleep(pause)
        if await _post(world, account, told) == httpx.codes.OK:
            return


async def _post(world: World, account: Account, told: dict[str, Any]) -> int:
    if not account.hook or not secret_of(account):
        return 0
    claims = {"aud": account.settings.get("msp_id", ""), "iat": int(moment())}
    headers = {
        "content-type": "application/json",
        "authorization": f"Bearer {keys.token(claims, secret=secret_of(account))}",
        "id": told["id"],
        "source-id": told["sourceId"],
        "destination-id": told["destinationId"],
        "capability-list": ",".join(abilities(account)),
        "device-agent": "iPhone",
    }
    body = gateway.packed(told)
    if not account.options.get("plain"):
        headers["content-encoding"], body = "gzip", gateway.zipped(body)
    address = account.hook.rstrip("/") + str(account.options.get("suffix", "/message"))
    try:
        reply = await world.web.post(address, content=body, headers=headers, timeout=PATIENCE)
    except httpx.TransportError:
        return 0
    return reply.status_code
