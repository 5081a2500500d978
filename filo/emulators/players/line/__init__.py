"""LINE: an official account, its retry keys, reply tokens and monthly quota.

Options of an account: `redelivery` (the console's switch: refused events come again), `duplicates`,
`standby` (another module answers), `quota` (messages a month), `slow_files` (how often a file is
not ready yet), `off` (use of webhooks is off). `next` takes, besides the common whims, the names
in `desk.NOES`.

Acts: `follow`, `unfollow`, `block`, `unblock`, `delete` (unsend), `edit` {text}, `sticker`
{keywords}, `link` {nonce}, `verify` (the console's button).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.players.line import desk
from filo.emulators.players.line.api import router as api
from filo.emulators.players.line.desk import KIND, event, tell
from filo.emulators.players.parcels import sent_file, shown
from filo.emulators.web import Answer, Refused, Router
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MEDIA = "/line-media"
Told = tuple[str, dict[str, Any], dict[str, Any]]  # how it is drawn, and LINE's message


class Line:
    kind = KIND
    router: Router = api

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        if deed.name:
            account.state.setdefault("names", {})[person] = deed.name
        if deed.tap:
            return await _tapped(world, account, person, deed)
        if deed.act in ACTS:
            return await ACTS[deed.act](world, account, person, deed)
        return await _said(world, account, person, _told(world, account, deed), deed.about)

    async def read(self, world: World, account: Account, person: str) -> None:
        """LINE tells nobody what was read."""


player = Line()


# --- words ----------------------------------------------------------------


def _told(world: World, account: Account, deed: Deed) -> Told:
    if deed.media:
        return _file(world, account, deed)
    if deed.location:
        where = {name: deed.location.get(name, 0) for name in ("latitude", "longitude")}
        names = {"title": deed.location.get("name"), "address": deed.location.get("address")}
        named = {name: value for name, value in names.items() if value}
        return "location", dict(deed.location), {"type": "location", **where, **named}
    if deed.act == "sticker":
        words = [str(one) for one in deed.values.get("keywords", ["thanks"])]
        ids = {"packageId": "446", "stickerId": "1988", "stickerResourceType": "STATIC"}
        drawn = {"url": "", "mime": "image/png", "name": ", ".join(words), "caption": ""}
        return "sticker", drawn, {"type": "sticker", **ids, "keywords": words}
    text = deed.text or deed.react  # there are no reactions: people write the sign
    if not text:
        raise _cannot("nothing to say")
    return "text", {"text": text}, {"type": "text", "text": text}


def _file(world: World, account: Account, deed: Deed) -> Told:
    file = sent_file(world, deed.media, mark="f")
    kind = file.mime.partition("/")[0]
    kind = kind if kind in {"image", "video", "audio"} else "file"
    message: dict[str, Any] = {"type": kind}
    if kind == "file":
        message |= {"fileName": file.name or "file", "fileSize": len(file.body)}
    else:
        message["contentProvider"] = {"type": "line"}
        message |= {"duration": 3000} if kind in {"video", "audio"} else {}
    account.state["last_file"] = file.id
    return kind, shown(file, MEDIA), message


async def _said(world: World, account: Account, person: str, told: Told, about: str) -> Answer:
    kind, content, message = told
    id_ = desk.next_id(account)
    if file := account.state.pop("last_file", ""):
        account.state.setdefault("files", {})[id_] = file
    bubble = Bubble(id_, False, moment(), kind, content, answers=about)
    world.accounts.talk(account, person).bubbles.append(bubble)
    whole = {"id": id_, **message, "markAsReadToken": f"30yh:{person}"}
    if kind in {"text", "sticker", "image", "video"}:
        whole["quoteToken"] = f"q3Plx{id_}"
    if about:
        whole["quotedMessageId"] = about
    happened = event(world, account, person, "message", message=whole)
    return Answer.json({"hook": await tell(world, account, happened), "id": id_})


async def _tapped(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = world.accounts.bubble(account, deed.about)
    content = bubble.content if bubble else {}
    cards = [content, *content.get("cards", [])]
    buttons = [one for card in cards for one in card.get("buttons", [])]
    found = next((one for one in buttons if one["id"] == deed.tap and not one.get("url")), None)
    if found is None:
        raise _cannot("no such button")
    kind, _, words = found["id"].partition(":")
    if kind == "message":
        said: Told = ("text", {"text": words}, {"type": "text", "text": words})
        return await _said(world, account, person, said, "")
    if found.get("hint"):  # what the tap says in the customer's name
        shown_as = Bubble(desk.next_id(account), False, moment(), "text", {"text": found["hint"]})
        world.accounts.talk(account, person).bubbles.append(shown_as)
    postback: dict[str, Any] = {"data": found["id"]}
    if deed.values.get("datetime"):
        postback["params"] = {"datetime": deed.values["datetime"]}
    happened = event(world, account, person, "postback", postback=postback)
    status = await tell(world, account, happened)
    return Answer.json({"hook": status, "id": happened["webhookEventId"]})


# --- the other acts -------------------------------------------------------


def _theirs(world: World, account: Account, person: str, deed: Deed) -> Bubble:
    bubbles = world.accounts.talk(account, person).bubbles
    found = next((one for one in bubbles if one.id == deed.about and not one.out), None)
    if found is None:
        raise _cannot("no such message of theirs")
    return found


async def _unsent(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = _theirs(world, account, person, deed)
    bubble.withdrawn = True
    happened = event(world, account, person, "unsend", unsend={"messageId": bubble.id})
    return Answer.json({"hook": await tell(world, account, happened), "id": bubble.id})


async def _edited(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = _theirs(world, account, person, deed)
    bubble.content = {"text": str(deed.values.get("text", ""))}
    bubble.edited = True
    message = {"type": "text", "id": bubble.id, "text": bubble.content["text"]}
    happened = event(world, account, person, "messageEdited", message=message)
    return Answer.json({"hook": await tell(world, account, happened), "id": bubble.id})


async def _friend(world: World, account: Account, person: str, deed: Deed) -> Answer:
    gone = deed.act in {"unfollow", "block"}
    talk = world.accounts.talk(account, person)
    again = talk.blocked and not gone
    talk.blocked = gone
    more = {} if gone else {"follow": {"isUnblocked": again}}
    happened = event(world, account, person, "unfollow" if gone else "follow", **more)
    return Answer.json({"hook": await tell(world, account, happened), "id": ""})


async def _linked(world: World, account: Account, person: str, deed: Deed) -> Answer:
    link = {"result": "ok", "nonce": str(deed.values.get("nonce", ""))}
    happened = event(world, account, person, "accountLink", link=link)
    return Answer.json({"hook": await tell(world, account, happened), "id": ""})


async def _verified(world: World, account: Account, person: str, deed: Deed) -> Answer:
    return Answer.json({"hook": await desk.post(world, account), "id": ""})


ACTS: dict[str, Callable[[World, Account, str, Deed], Awaitable[Answer]]] = {
    "delete": _unsent,
    "edit": _edited,
    "follow": _friend,
    "unfollow": _friend,
    "block": _friend,
    "unblock": _friend,
    "link": _linked,
    "verify": _verified,
}


def _cannot(why: str) -> Refused:
    return Refused(Answer.json({"error": why}, status=400))
