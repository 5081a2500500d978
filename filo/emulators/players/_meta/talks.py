"""What a customer can do in a private thread of Messenger or Instagram, and how Meta writes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.players._meta import desk
from filo.emulators.players._meta.desk import INSTAGRAM, messaging
from filo.emulators.players._meta.drawing import MEDIA
from filo.emulators.players.parcels import sent_file, shown
from filo.emulators.web import Answer, Refused
from filo.emulators.world import World, moment

THUMB = 369239263222822
REACTIONS = {"❤️": "love", "😂": "smile", "😮": "wow", "😢": "sad", "😡": "angry", "👍": "like"}
Act = Callable[[World, Account, str, Deed], Awaitable[Answer]]


async def act(world: World, account: Account, person: str, deed: Deed) -> Answer:
    if not person:
        raise cannot("a private thread is somebody's")
    desk.scoped(account, person, deed.name)
    if deed.act in ACTS:
        return await ACTS[deed.act](world, account, person, deed)
    if deed.tap:
        return await _tapped(world, account, person, deed)
    if deed.react:
        return await _reacted(world, account, person, deed)
    message, kind, content = _message(world, account, deed)
    return await said(world, account, person, message, kind, content, about=deed.about)


def cannot(why: str) -> Refused:
    return Refused(Answer.json({"error": why}, status=400))


async def said(
    world: World,
    account: Account,
    person: str,
    message: dict[str, Any],
    kind: str,
    content: dict[str, Any],
    *,
    about: str = "",
) -> Answer:
    """A message by the customer, on the screen and to us."""
    bubble = Bubble(_mid(world, account), False, moment(), kind, content, answers=about)
    world.accounts.talk(account, person).bubbles.append(bubble)
    whole: dict[str, Any] = {"mid": bubble.id, **message}
    if about:
        whole["reply_to"] = {"mid": about}
    return await _told(world, account, person, {"message": whole}, bubble.id)


async def _told(
    world: World, account: Account, person: str, event: dict[str, Any], id_: str
) -> Answer:
    status = await messaging(world, account, desk.scoped(account, person), event)
    return Answer.json({"hook": status, "id": id_})


def _mid(world: World, account: Account) -> str:
    return world.new_id("aWdfZAG1" if account.kind == INSTAGRAM else "m_")


def _message(
    world: World, account: Account, deed: Deed
) -> tuple[dict[str, Any], str, dict[str, Any]]:
    if deed.media:
        return _file(world, account, deed)
    if deed.location:
        where = {"lat": deed.location.get("latitude"), "long": deed.location.get("longitude")}
        place = {"type": "location", "payload": {"coordinates": where}}
        return {"attachments": [place]}, "location", dict(deed.location)
    if not deed.text:
        raise cannot("nothing to say")
    return {"text": deed.text}, "text", {"text": deed.text}


def _file(world: World, account: Account, deed: Deed) -> tuple[dict[str, Any], str, dict[str, Any]]:
    file = sent_file(world, deed.media, mark="f")
    kind = file.mime.partition("/")[0]
    kind = kind if kind in {"image", "video", "audio"} else "file"
    here = str(account.state.get("origin", ""))
    attachment = {"type": kind, "payload": {"url": f"{here}{MEDIA}/{file.id}"}}
    caption = deed.media.get("caption", "")
    message = {"attachments": [attachment]} | ({"text": caption} if caption else {})
    return message, kind, shown(file, MEDIA, caption)


# --- taps and reactions ---------------------------------------------------


async def _tapped(world: World, account: Account, person: str, deed: Deed) -> Answer:
    """A quick answer is a message of theirs; a button of a card tells its payload alone."""
    bubble = world.accounts.bubble(account, deed.about)
    content = bubble.content if bubble else {}
    places = [content, *content.get("cards", [])]
    buttons = [one for place in places for one in place.get("buttons", []) if not one.get("url")]
    found = next((one for one in buttons if one["id"] == deed.tap), None)
    if found is None:
        raise cannot("no such button")
    if content.get("style") == "quick":
        message = {"text": found["label"], "quick_reply": {"payload": found["id"]}}
        return await said(world, account, person, message, "text", {"text": found["label"]})
    mid = _mid(world, account)
    shown_as = Bubble(mid, False, moment(), "text", {"text": found["label"]})
    world.accounts.talk(account, person).bubbles.append(shown_as)
    postback = {"mid": mid, "title": found["label"], "payload": found["id"]}
    return await _told(world, account, person, {"postback": postback}, mid)


async def _reacted(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = _about(world, account, deed)
    bubble.reaction = deed.react
    name = REACTIONS.get(deed.react, "other")
    told = {"mid": bubble.id, "action": "react", "reaction": name, "emoji": deed.react}
    return await _told(world, account, person, {"reaction": told}, bubble.id)


async def _unreacted(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = _about(world, account, deed)
    bubble.reaction = ""
    told = {"mid": bubble.id, "action": "unreact"}
    return await _told(world, account, person, {"reaction": told}, bubble.id)


def _about(world: World, account: Account, deed: Deed) -> Bubble:
    found = world.accounts.bubble(account, deed.about)
    if found is None:
        raise cannot("no such message")
    return found


# --- the other acts -------------------------------------------------------


async def _edited(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = _about(world, account, deed)
    if bubble.out:
        raise cannot("people edit their own words")
    text = str(deed.values.get("text", ""))
    bubble.content, bubble.edited = {"text": text}, True
    edits = account.state.setdefault("edits", {})
    edits[bubble.id] = int(edits.get(bubble.id, 0)) + 1
    number = str(edits[bubble.id]) if account.options.get("strings") else edits[bubble.id]
    told = {"mid": bubble.id, "text": text, "num_edit": number}
    return await _told(world, account, person, {"message_edit": told}, bubble.id)


async def _deleted(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = _about(world, account, deed)
    bubble.withdrawn = True
    told = {"message": {"mid": bubble.id, "is_deleted": True}}
    return await _told(world, account, person, told, bubble.id)


async def _blocked(world: World, account: Account, person: str, deed: Deed) -> Answer:
    """Meta tells nobody: we learn it from the next refusal."""
    world.accounts.talk(account, person).blocked = deed.act == "block"
    return Answer.json({"hook": 0, "id": person})


async def _referred(world: World, account: Account, person: str, deed: Deed) -> Answer:
    """They came by a link of ours, `m.me/page?ref=…` or `ig.me/…`."""
    ref = {"ref": str(deed.values.get("ref", "")), "source": "SHORTLINK", "type": "OPEN_THREAD"}
    return await _told(world, account, person, {"referral": ref}, ref["ref"])


async def _owner(world: World, account: Account, person: str, deed: Deed) -> Answer:
    """Somebody of the company answers in Meta's own inbox: an echo without an app."""
    text = str(deed.values.get("text", ""))
    bubble = Bubble(_mid(world, account), True, moment(), "text", {"text": text}, state="sent")
    world.accounts.talk(account, person).bubbles.append(bubble)
    message = {"mid": bubble.id, "is_echo": True, "text": text}
    status = await desk.echo(world, account, desk.scoped(account, person), message)
    return Answer.json({"hook": status, "id": bubble.id})


async def _sticker(world: World, account: Account, person: str, deed: Deed) -> Answer:
    """Until August 2026 a sticker came as an image too: one thing, told twice."""
    payload = {"url": "https://cdn.invalid/s.png", "sticker_id": THUMB}
    kinds = ("image", "sticker") if account.options.get("both_stickers") else ("sticker",)
    message = {"attachments": [{"type": kind, "payload": payload} for kind in kinds]}
    content = {"url": "", "mime": "image/png", "name": "👍", "caption": ""}
    return await said(world, account, person, message, "sticker", content)


async def _knocked(world: World, account: Account, person: str, deed: Deed) -> Answer:
    """Meta tries our address, as when it is typed into the app's settings."""
    return Answer.json({"hook": await desk.knock(world, account), "id": "knock"})


ACTS: dict[str, Act] = {
    "edit": _edited,
    "delete": _deleted,
    "unreact": _unreacted,
    "block": _blocked,
    "unblock": _blocked,
    "referral": _referred,
    "owner": _owner,
    "sticker": _sticker,
    "knock": _knocked,
}


async def read(world: World, account: Account, person: str) -> None:
    """Messenger tells until when everything is read, Instagram which message was the last."""
    ours = [one for one in world.accounts.talk(account, person).bubbles if one.out]
    unread = [one for one in ours if one.state != "read"]
    if not unread:
        return
    for bubble in unread:
        bubble.state = "read"
    mark: dict[str, Any] = {"watermark": int(moment() * 1000)}
    if account.kind == INSTAGRAM:
        mark = {"mid": unread[-1].id}
    await messaging(world, account, desk.scoped(account, person), {"read": mark})
