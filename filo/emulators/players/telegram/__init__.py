"""Telegram: a bot, or a business account that a bot answers for.

Options of an account: `business` (as the setting `use`), `polling` (updates wait to be asked for),
`duplicates`, `flood` (a message a second in a chat). `next` takes, besides the common whims, the
names in `desk.NOES`, `429:<seconds>` and `migrate:<chat>`.

Acts: `start` {payload}, `contact` {phone} (the own number), `edit` {text}, `unreact`, `block`,
`unblock`, `sticker` {emoji}; of a business account `connect`, `disconnect`, `delete`, and `owner`
{text}: its owner answers from the phone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.players.parcels import sent_file, shown
from filo.emulators.players.telegram import desk
from filo.emulators.players.telegram.api import router as api
from filo.emulators.players.telegram.desk import KIND, tell
from filo.emulators.players.telegram.drawing import MEDIA
from filo.emulators.web import Answer, Refused, Router
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SORTS = {"image": "photo", "video": "video", "audio": "voice"}
DRAWN = {"photo": "image", "video": "video", "voice": "audio", "document": "file"}
Told = tuple[str, dict[str, Any], dict[str, Any]]  # how it is drawn, and Telegram's fields


class Telegram:
    kind = KIND
    router: Router = api

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        if deed.name:
            account.state.setdefault("names", {})[person] = deed.name
        if deed.tap:
            return await _tapped(world, account, person, deed)
        if deed.react or deed.act == "unreact":
            return await _reacted(world, account, person, deed)
        if deed.act in ACTS:
            return await ACTS[deed.act](world, account, person, deed)
        return await _said(world, account, person, _told(world, account, person, deed), deed.about)

    async def read(self, world: World, account: Account, person: str) -> None:
        """Telegram tells no bot what was read."""


player = Telegram()


# --- words ----------------------------------------------------------------


def _told(world: World, account: Account, person: str, deed: Deed) -> Told:
    if deed.media:
        return _file(world, deed)
    if deed.location:
        where = {name: deed.location.get(name, 0) for name in ("latitude", "longitude")}
        title = deed.location.get("name", "")
        venue = {"location": where, "title": title, "address": deed.location.get("address", "")}
        fields = {"location": where} | ({"venue": venue} if title else {})
        return "location", dict(deed.location), fields
    if deed.act == "start":
        payload = str(deed.values.get("payload", ""))
        return _text(f"/start {payload}".strip())
    if deed.act == "contact":
        return _own_number(account, person, deed)
    if deed.act == "sticker":
        emoji = str(deed.values.get("emoji", "👍"))
        file = {"file_id": world.new_id("CAAC"), "file_unique_id": "s", "type": "regular"}
        more = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
        return "text", {"text": emoji}, {"sticker": file | more | {"emoji": emoji}}
    if deed.text:
        return _text(deed.text)
    raise _cannot("nothing to say")


def _text(text: str) -> Told:
    return "text", {"text": text}, {"text": text}


def _own_number(account: Account, person: str, deed: Deed) -> Told:
    phone = str(deed.values.get("phone", ""))
    who = desk.user(account, person)
    contact = {"phone_number": phone, "first_name": who["first_name"], "user_id": who["id"]}
    shown_as = {"name": who["first_name"], "phones": [phone], "emails": []}
    return "contact", shown_as, {"contact": contact}


def _file(world: World, deed: Deed) -> Told:
    caption = deed.media.get("caption", "")
    file = sent_file(world, deed.media, mark="AgAC")
    sort = SORTS.get(file.mime.partition("/")[0], "document")
    one: dict[str, Any] = {
        "file_id": file.id,
        "file_unique_id": f"u{file.id[-8:]}",
        "file_size": len(file.body),
    }
    fields: dict[str, Any] = {"caption": caption} if caption else {}
    if sort == "photo":  # several sizes, the last is the largest
        small = one | {"file_id": f"{file.id}s", "width": 90, "height": 60, "file_size": 900}
        fields["photo"] = [small, one | {"width": 1280, "height": 853}]
    elif sort == "document":
        fields["document"] = one | {"file_name": file.name, "mime_type": file.mime}
    elif sort == "voice":
        fields["voice"] = one | {"duration": 3, "mime_type": file.mime}
    else:
        size = {"width": 640, "height": 360, "duration": 3}
        fields["video"] = one | size | {"mime_type": file.mime, "file_name": file.name}
    return DRAWN[sort], shown(file, MEDIA, caption), fields


async def _said(
    world: World, account: Account, person: str, told: Told, about: str, *, out: bool = False
) -> Answer:
    kind, content, fields = told
    id_ = str(desk.next_number(account, "message"))
    bubble = Bubble(id_, out, moment(), kind, content, answers=about)
    world.accounts.talk(account, person).bubbles.append(bubble)
    message = _message(account, person, bubble) | fields
    if out:
        message["from"] = desk.owner()
    if about and (above := desk.in_thread(world, account, person, about)):
        message["reply_to_message"] = _message(account, person, above)
    event = "business_message" if desk.is_business(account) else "message"
    return Answer.json({"hook": await tell(world, account, event, message), "id": id_})


def _message(account: Account, person: str, bubble: Bubble) -> dict[str, Any]:
    written_by = desk.bot(account) if bubble.out else desk.user(account, person)
    told = {
        "message_id": int(bubble.id),
        "date": int(bubble.at),
        "chat": desk.chat(account, person),
        "from": written_by,
    }
    if desk.is_business(account):
        told["business_connection_id"] = desk.CONNECTION
    if "text" in bubble.content:
        told["text"] = bubble.content["text"]
    return told


# --- taps and reactions ---------------------------------------------------


async def _tapped(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = world.accounts.bubble(account, deed.about)
    buttons = bubble.content.get("buttons", []) if bubble else []
    found = next((one for one in buttons if one["id"] == deed.tap and not one.get("url")), None)
    if bubble is None or found is None:
        raise _cannot("no such button")
    if bubble.content.get("style") == "quick":
        told = _text(found["label"])
        if found["id"] == "share_phone":
            told = _own_number(account, person, deed)
        return await _said(world, account, person, told, "")
    query = world.new_id("4")
    desk.tapped(account)[query] = bubble.id
    body = {
        "id": query,
        "from": desk.user(account, person),
        "message": _message(account, person, bubble),
        "chat_instance": "-1",
        "data": found["id"],
    }
    return Answer.json({"hook": await tell(world, account, "callback_query", body), "id": query})


async def _reacted(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = desk.in_thread(world, account, person, deed.about)
    if bubble is None:
        raise _cannot("no such message")
    before, bubble.reaction = bubble.reaction, deed.react
    body = {
        "chat": desk.chat(account, person),
        "message_id": int(bubble.id),
        "user": desk.user(account, person),
        "date": int(moment()),
        "old_reaction": _reactions(before),
        "new_reaction": _reactions(deed.react),
    }
    return Answer.json({"hook": await tell(world, account, "message_reaction", body), "id": ""})


def _reactions(emoji: str) -> list[dict[str, str]]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


# --- the other acts -------------------------------------------------------


async def _edited(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = desk.in_thread(world, account, person, deed.about)
    if bubble is None or bubble.out:
        raise _cannot("no such message of theirs")
    bubble.content = {"text": str(deed.values.get("text", ""))}
    bubble.edited = True
    message = _message(account, person, bubble) | {"edit_date": int(moment())}
    event = "edited_business_message" if desk.is_business(account) else "edited_message"
    return Answer.json({"hook": await tell(world, account, event, message), "id": bubble.id})


async def _deleted(world: World, account: Account, person: str, deed: Deed) -> Answer:
    """Told of business accounts only."""
    bubble = desk.in_thread(world, account, person, deed.about)
    if bubble is None:
        raise _cannot("no such message")
    bubble.withdrawn = True
    if not desk.is_business(account):
        return Answer.json({"hook": 0, "id": bubble.id})
    body = {
        "business_connection_id": desk.CONNECTION,
        "chat": desk.chat(account, person),
        "message_ids": [int(bubble.id)],
    }
    status = await tell(world, account, "deleted_business_messages", body)
    return Answer.json({"hook": status, "id": bubble.id})


async def _blocked(world: World, account: Account, person: str, deed: Deed) -> Answer:
    gone = deed.act == "block"
    world.accounts.talk(account, person).blocked = gone
    states = ("member", "kicked") if gone else ("kicked", "member")
    old, new = ({"user": desk.bot(account), "status": state} for state in states)
    body = {
        "chat": desk.chat(account, person),
        "from": desk.user(account, person),
        "date": int(moment()),
        "old_chat_member": old,
        "new_chat_member": new | ({"until_date": 0} if gone else {}),
    }
    return Answer.json({"hook": await tell(world, account, "my_chat_member", body), "id": ""})


async def _connected(world: World, account: Account, person: str, deed: Deed) -> Answer:
    account.state["connected"] = deed.act == "connect"
    body = desk.connection(account)
    status = await tell(world, account, "business_connection", body)
    return Answer.json({"hook": status, "id": desk.CONNECTION})


async def _owner(world: World, account: Account, person: str, deed: Deed) -> Answer:
    told = _text(str(deed.values.get("text", "")))
    return await _said(world, account, person, told, "", out=True)


ACTS: dict[str, Callable[[World, Account, str, Deed], Awaitable[Answer]]] = {
    "edit": _edited,
    "delete": _deleted,
    "block": _blocked,
    "unblock": _blocked,
    "connect": _connected,
    "disconnect": _connected,
    "owner": _owner,
}


def _cannot(why: str) -> Refused:
    return Refused(Answer.json({"error": why}, status=400))
