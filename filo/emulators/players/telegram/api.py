"""The Bot API: `/bot<token>/<method>`, by GET or POST, in a query, a form, JSON or multipart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from filo.emulators.accounts import Bubble
from filo.emulators.players.parcels import form_of, served
from filo.emulators.players.telegram import desk, drawing
from filo.emulators.players.telegram.desk import KIND, no, whim
from filo.emulators.web import Answer, Call, Router
from filo.emulators.whims import LOSE
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.players.parcels import Parcel
    from filo.emulators.world import World

TYPING = 5
LARGEST_DOWNLOAD = 20 * 1024 * 1024

router = Router()


@dataclass
class Ask:
    """One call of a method."""

    world: World
    account: Account
    fields: dict[str, Any]
    files: dict[str, Parcel] = field(default_factory=dict)


Method = Callable[[Ask], Awaitable[Any]]


async def _called(call: Call, world: World) -> Answer:
    account = _owner(world, call.places["token"])
    name = call.places["method"]
    method = METHODS.get(name) or (_send if name in SENDING else None)
    if method is None:
        raise no("unknown")
    fields, files = _fields(call)
    ask = Ask(world, account, fields | {"method": name}, files)
    wish = "" if name in QUIET else await whim(account)
    told = {"ok": True, "result": await method(ask)}
    return Answer(200, Answer.json(told).body, cut=wish == LOSE)


router.on("GET", "/bot{token}/{method}")(_called)
router.on("POST", "/bot{token}/{method}")(_called)


def _owner(world: World, token: str) -> Account:
    for account in world.accounts.of(KIND).values():
        if account.settings.get("token") == token:
            return account
    raise no("unauthorized" if ":" in token else "unknown")


def _fields(call: Call) -> tuple[dict[str, Any], dict[str, Parcel]]:
    fields: dict[str, Any] = dict(call.query)
    kind = call.headers.get("content-type", "")
    if kind.startswith("multipart/"):
        more, files = form_of(call)
        return fields | more, files
    if kind.startswith("application/x-www-form-urlencoded"):
        return fields | dict(parse_qsl(call.body.decode())), {}
    return fields | (call.read(dict[str, Any]) if call.body else {}), {}


# --- what is said ---------------------------------------------------------


async def _send(ask: Ask) -> dict[str, Any]:
    person = _addressed(ask)
    _in_time(ask, person)
    kind, content = drawing.drawn(ask.world, ask.fields["method"], ask.fields, ask.files)
    bubble = Bubble(_number(ask), True, moment(), kind, content, state="sent")
    bubble.answers = _replied(ask, person)
    talk = ask.world.accounts.talk(ask.account, person)
    talk.bubbles.append(bubble)
    talk.typing_until = 0.0
    return _message(ask, person, bubble)


def _number(ask: Ask) -> str:
    return str(desk.next_number(ask.account, "message"))


def _addressed(ask: Ask) -> str:
    """Whom it is for; nobody who never wrote, and nobody who blocked us."""
    account, through = ask.account, ask.fields.get("business_connection_id")
    person = desk.person_of(account, ask.fields.get("chat_id"))
    if through and (through != desk.CONNECTION or not account.state.get("connected", True)):
        raise no("connection")
    if desk.is_business(account) and not through:
        raise no("initiate")
    if ask.world.accounts.talk(account, person).blocked:
        raise no("blocked")
    last = desk.written_to_us(ask.world, account, person)
    if through and moment() - last > desk.DAY:
        raise no("peer")
    if not last and person not in account.state.get("started", []):
        raise no("initiate")
    return person


def _in_time(ask: Ask, person: str) -> None:
    """About a message a second in one chat, where the account is strict."""
    if not ask.account.options.get("flood"):
        return
    last: dict[str, float] = ask.account.state.setdefault("last_sent", {})
    if moment() - last.get(person, 0.0) < 1:
        raise desk.flood(1)
    last[person] = moment()


def _replied(ask: Ask, person: str) -> str:
    wanted = drawing.parsed(ask.fields.get("reply_parameters")) or {}
    id_ = wanted.get("message_id") or ask.fields.get("reply_to_message_id")
    if not id_:
        return ""
    if desk.in_thread(ask.world, ask.account, person, id_):
        return str(id_)
    if not wanted.get("allow_sending_without_reply"):
        raise no("reply")
    return ""


def _message(ask: Ask, person: str, bubble: Bubble) -> dict[str, Any]:
    told: dict[str, Any] = {
        "message_id": int(bubble.id),
        "date": int(bubble.at),
        "chat": desk.chat(ask.account, person),
        "from": desk.bot(ask.account),
    }
    if through := ask.fields.get("business_connection_id"):
        told |= {"business_connection_id": through, "sender_business_bot": desk.bot(ask.account)}
        told["from"] = desk.owner()
    if "text" in ask.fields:
        told["text"] = ask.fields["text"]
    return told


async def _send_group(ask: Ask) -> list[dict[str, Any]]:
    album = drawing.parsed(ask.fields.get("media")) or []
    if not 2 <= len(album) <= 10:
        raise no("file")
    told = []
    for one in album:
        name = str(one.get("media", "")).removeprefix("attach://")
        files = {one["type"]: ask.files[name]} if name in ask.files else {}
        more = {**ask.fields, **one, one["type"]: one.get("media", "")}
        more["method"] = f"send{str(one['type']).capitalize()}"
        told.append(await _send(Ask(ask.world, ask.account, more, files)))
    return told


# --- what is changed ------------------------------------------------------


async def _edit(ask: Ask) -> dict[str, Any]:
    person = _addressed(ask)
    bubble = desk.in_thread(ask.world, ask.account, person, ask.fields.get("message_id"))
    if bubble is None or not bubble.out:
        raise no("gone")
    before = dict(bubble.content)
    if "text" in ask.fields:
        bubble.content = before | {"text": drawing.words(ask.fields)}
    elif "caption" in ask.fields:
        bubble.content = before | {"caption": drawing.words(ask.fields, name="caption")}
    else:
        buttons, style = drawing.keyboard(ask.fields)
        bubble.content = before | {"buttons": buttons, "style": style}
    if bubble.content == before:
        raise no("not_modified")
    bubble.edited = True
    return _message(ask, person, bubble)


async def _delete(ask: Ask) -> bool:
    ids = drawing.parsed(ask.fields.get("message_ids")) or [ask.fields.get("message_id")]
    person = desk.person_of(ask.account, ask.fields.get("chat_id", _anybody(ask)))
    for id_ in ids:
        bubble = desk.in_thread(ask.world, ask.account, person, id_)
        if bubble is None:
            raise no("gone")
        bubble.withdrawn = True
    return True


def _anybody(ask: Ask) -> str:
    """Messages of a business account are deleted by their numbers alone."""
    return next(iter(desk.people(ask.account)), "")


async def _react(ask: Ask) -> bool:
    person = _addressed(ask)
    bubble = desk.in_thread(ask.world, ask.account, person, ask.fields.get("message_id"))
    if bubble is None:
        raise no("gone")
    wanted = drawing.parsed(ask.fields.get("reaction")) or []
    bubble.reaction = str(wanted[0].get("emoji", "")) if wanted else ""
    return True


async def _action(ask: Ask) -> bool:
    person = _addressed(ask)
    ask.world.accounts.talk(ask.account, person).typing_until = moment() + TYPING
    return True


async def _answer_tap(ask: Ask) -> bool:
    if len(str(ask.fields.get("text", ""))) > 200:
        raise no("long")
    if desk.tapped(ask.account).pop(str(ask.fields.get("callback_query_id")), None) is None:
        raise no("file")
    return True


async def _read(ask: Ask) -> bool:
    person = _addressed(ask)
    bubble = desk.in_thread(ask.world, ask.account, person, ask.fields.get("message_id"))
    if bubble is None or bubble.out:
        raise no("gone")
    bubble.state = "read"
    return True


# --- who and where --------------------------------------------------------


async def _me(ask: Ask) -> dict[str, Any]:
    can = {"can_join_groups": True, "can_read_all_group_messages": False}
    return desk.bot(ask.account) | can | {"can_connect_to_business": desk.is_business(ask.account)}


async def _chat(ask: Ask) -> dict[str, Any]:
    return desk.chat(ask.account, desk.person_of(ask.account, ask.fields.get("chat_id")))


async def _photos(ask: Ask) -> dict[str, Any]:
    return {"total_count": 0, "photos": []}


async def _connection(ask: Ask) -> dict[str, Any]:
    if ask.fields.get("business_connection_id") != desk.CONNECTION:
        raise no("connection")
    return desk.connection(ask.account)


async def _file(ask: Ask) -> dict[str, Any]:
    file = ask.world.files.get(str(ask.fields.get("file_id", "")))
    if file is None:
        raise no("file")
    if len(file.body) > LARGEST_DOWNLOAD:
        raise no("big")
    path = f"documents/{file.id}"
    told = {"file_id": file.id, "file_unique_id": f"u{file.id[-8:]}", "file_path": path}
    return told | {"file_size": len(file.body)}


# --- the webhook ----------------------------------------------------------


async def _set_hook(ask: Ask) -> bool:
    wanted = drawing.parsed(ask.fields.get("allowed_updates"))
    hook = {"url": ask.fields.get("url", ""), "secret_token": ask.fields.get("secret_token", "")}
    before = ask.account.state.get("webhook", {}).get("allowed_updates")
    ask.account.state["webhook"] = hook | {"allowed_updates": before if wanted is None else wanted}
    if str(ask.fields.get("drop_pending_updates", "")).lower() == "true":
        ask.account.state["waiting"] = []
    return True


async def _drop_hook(ask: Ask) -> bool:
    ask.account.state["webhook"] = {}
    return True


async def _hook(ask: Ask) -> dict[str, Any]:
    hook = ask.account.state.get("webhook", {})
    waiting = len(ask.account.state.get("waiting", []))
    told = {"url": hook.get("url", ""), "has_custom_certificate": False}
    told |= {"pending_update_count": waiting, "max_connections": 40}
    if hook.get("allowed_updates") is not None:
        told["allowed_updates"] = hook["allowed_updates"]
    if error := ask.account.state.get("last_error"):
        told |= {"last_error_date": int(moment()), "last_error_message": error}
    return told


async def _updates(ask: Ask) -> list[Any]:
    if ask.account.state.get("webhook", {}).get("url"):
        raise no("conflict")
    offset, limit = int(ask.fields.get("offset") or 0), int(ask.fields.get("limit") or 100)
    waiting = ask.account.state.get("waiting", [])
    ask.account.state["waiting"] = [one for one in waiting if one["update_id"] >= offset]
    return list(ask.account.state["waiting"][:limit])


SENDING = {
    f"send{''.join(word.capitalize() for word in kind.split('_'))}"
    for kind in (*drawing.KINDS, "message", "location", "venue", "contact")
}
METHODS: dict[str, Method] = {
    "sendMediaGroup": _send_group,
    "editMessageText": _edit,
    "editMessageCaption": _edit,
    "editMessageReplyMarkup": _edit,
    "deleteMessage": _delete,
    "deleteMessages": _delete,
    "deleteBusinessMessages": _delete,
    "setMessageReaction": _react,
    "sendChatAction": _action,
    "answerCallbackQuery": _answer_tap,
    "readBusinessMessage": _read,
    "getMe": _me,
    "getChat": _chat,
    "getUserProfilePhotos": _photos,
    "getBusinessConnection": _connection,
    "getFile": _file,
    "setWebhook": _set_hook,
    "deleteWebhook": _drop_hook,
    "getWebhookInfo": _hook,
    "getUpdates": _updates,
}
QUIET = {"getUpdates", "getWebhookInfo", "setWebhook", "deleteWebhook", "answerCallbackQuery"}


# --- files ----------------------------------------------------------------


@router.on("GET", "/file/bot{token}/{folder}/{file}")
async def download(call: Call, world: World) -> Answer:
    _owner(world, call.places["token"])
    return served(world, call.places["file"])


@router.on("GET", "/telegram-media/{file}")
async def media(call: Call, world: World) -> Answer:
    return served(world, call.places["file"])
