"""Viber: a bot, its subscribers, its session and its hundred messages an hour.

Options of an account: `duplicates`, `sig` (the signature stands in the address), `api_version`
(how new people's Viber is), `free_messages` (outside a session), `no_reports`, `early` (reports
before our answer). `next` takes, besides the common whims, `status:<number>` and `failed`.

Acts: `open` {context} (the chat is opened, by a link too), `follow`, `unfollow`, `block`,
`unblock`, `sticker` {id}, `contact` {phone}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.players.parcels import sent_file, shown
from filo.emulators.players.viber import desk, drawing
from filo.emulators.players.viber.api import router as api
from filo.emulators.players.viber.desk import KIND, event, tell
from filo.emulators.web import Answer, Refused, Router
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MEDIA = "/viber-media"
SORTS = {"image": "picture", "video": "video"}
Told = tuple[str, dict[str, Any], dict[str, Any]]  # how it is drawn, and Viber's message


class Viber:
    kind = KIND
    router: Router = api

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        if deed.name:
            account.state.setdefault("names", {})[person] = deed.name
        if deed.act in ACTS:
            return await ACTS[deed.act](world, account, person, deed)
        told = _told(world, account, person, deed)
        return await _said(world, account, person, told)

    async def read(self, world: World, account: Account, person: str) -> None:
        """Each message is told to be seen, by its own token."""
        if account.options.get("no_reports"):
            return
        for bubble in world.accounts.talk(account, person).bubbles:
            if not bubble.out or bubble.state not in {"sent", "delivered"}:
                continue
            bubble.state = "read"
            who = desk.id_of(account, person)
            seen = event(account, "seen", token=int(bubble.id), user_id=who)
            await tell(world, account, seen)


player = Viber()


# --- words ----------------------------------------------------------------


def _told(world: World, account: Account, person: str, deed: Deed) -> Told:
    if deed.tap:
        return _tapped(world, account, person, deed)
    if deed.media:
        return _file(world, account, deed)
    if deed.location:
        where = {
            "lat": deed.location.get("latitude", 0),
            "lon": deed.location.get("longitude", 0),
        }
        return "location", dict(deed.location), {"type": "location", "location": where}
    if deed.act == "contact":
        return _number(account, person, str(deed.values.get("phone", "")))
    if deed.act == "sticker":
        id_ = int(deed.values.get("id", 46105))
        drawn = {"url": "", "mime": "image/png", "name": str(id_), "caption": ""}
        return "sticker", drawn, {"type": "sticker", "sticker_id": id_}
    text = deed.text or deed.react  # there are no reactions: people write the sign
    if not text:
        raise _cannot("nothing to say")
    return _text(text)


def _text(text: str) -> Told:
    return "text", {"text": text}, {"type": "text", "text": text}


def _number(account: Account, person: str, phone: str) -> Told:
    name = desk.user(account, person)["name"]
    contact = {"name": name, "phone_number": phone}
    shown_as = {"name": name, "phones": [phone], "emails": []}
    return "contact", shown_as, {"type": "contact", "contact": contact}


def _file(world: World, account: Account, deed: Deed) -> Told:
    file, caption = sent_file(world, deed.media, mark="v"), deed.media.get("caption", "")
    sort = SORTS.get(file.mime.partition("/")[0], "file")
    message: dict[str, Any] = {"type": sort, "media": _address(account, file.id), "text": caption}
    if sort != "picture":
        message |= {"size": len(file.body), "file_name": file.name or "file"}
    message |= {"duration": 3000} if sort == "video" else {}
    kinds = {"picture": "image", "video": "video", "file": "file"}
    return kinds[sort], shown(file, MEDIA, caption), message


def _address(account: Account, file: str) -> str:
    """Viber hands out an address, without any token, for about an hour."""
    base = account.settings.get("api_base") or account.options.get("base", "")
    return f"{base or 'https://dl-media.viber.com'}{MEDIA}/{file}"


def _tapped(world: World, account: Account, person: str, deed: Deed) -> Told:
    bubble = world.accounts.bubble(account, deed.about)
    content = bubble.content if bubble else {}
    cards = [content, *content.get("cards", [])]
    buttons = [one for card in cards for one in card.get("buttons", [])]
    found = next((one for one in buttons if one["id"] == deed.tap and not one.get("url")), None)
    if found is None:
        raise _cannot("no such button")
    if found["id"] == "share-phone":
        return _number(account, person, str(deed.values.get("phone", "393331234567")))
    return _text(found["id"])


async def _said(world: World, account: Account, person: str, told: Told) -> Answer:
    kind, content, message = told
    token = desk.next_token(account)
    bubble = Bubble(str(token), False, moment(), kind, content)
    world.accounts.talk(account, person).bubbles.append(bubble)
    world.accounts.talk(account, person).blocked = False  # who writes is a subscriber again
    tracking = account.state.get("tracking", {}).get(person, "")
    happened = event(
        account,
        "message",
        token=token,
        sender=desk.user(account, person),
        message={**message, "tracking_data": tracking},
        silent=False,
    )
    status, _ = await tell(world, account, happened)
    return Answer.json({"hook": status, "id": str(token)})


# --- the other acts -------------------------------------------------------


async def _opened(world: World, account: Account, person: str, deed: Deed) -> Answer:
    """Our 200 may carry one message of welcome."""
    talk = world.accounts.talk(account, person)
    happened = event(
        account,
        "conversation_started",
        type="open",
        context=str(deed.values.get("context", "")),
        user=desk.user(account, person),
        subscribed=bool(talk.bubbles) and not talk.blocked,
    )
    status, words = await tell(world, account, happened)
    if welcome := _welcome(words):
        kind, content = drawing.drawn(welcome)
        id_ = str(desk.next_token(account))
        talk.bubbles.append(Bubble(id_, True, moment(), kind, content, state="delivered"))
    return Answer.json({"hook": status, "id": str(happened["message_token"])})


def _welcome(words: bytes) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(words or b"{}", type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
    return said if said.get("type") else {}


async def _subscribed(world: World, account: Account, person: str, deed: Deed) -> Answer:
    world.accounts.talk(account, person).blocked = False
    happened = event(account, "subscribed", user=desk.user(account, person))
    return Answer.json({"hook": (await tell(world, account, happened))[0], "id": ""})


async def _unsubscribed(world: World, account: Account, person: str, deed: Deed) -> Answer:
    world.accounts.talk(account, person).blocked = True
    happened = event(account, "unsubscribed", user_id=desk.id_of(account, person))
    return Answer.json({"hook": (await tell(world, account, happened))[0], "id": ""})


ACTS: dict[str, Callable[[World, Account, str, Deed], Awaitable[Answer]]] = {
    "open": _opened,
    "follow": _subscribed,
    "unblock": _subscribed,
    "unfollow": _unsubscribed,
    "block": _unsubscribed,
}


def _cannot(why: str) -> Refused:
    return Refused(Answer.json({"error": why}, status=400))
