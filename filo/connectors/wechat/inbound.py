"""From an opened push of WeChat to facts: what somebody sent, did, or what became of a notice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from filo.channels.contract import (
    Fact,
    Handle,
    Location,
    Media,
    Native,
    OptedOut,
    Part,
    Reason,
    Reported,
    Request,
    Said,
    State,
    Text,
    Unknown,
)
from filo.channels.kit import from_epoch
from filo.connectors.wechat.wire import Words, pairs, words

SCENE = "qrscene_"
FOLLOW, SCAN, MENU, ENTER = "follow", "scan", "menu", "enter"
# What we hear and need not act on: where they are all the time, which page they opened, agents of
# WeChat's own console, steps before a message that comes anyway.
SILENT = frozenset(
    {
        "location", "view", "view_miniprogram",
        "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select",
        "masssendjobfinish", "kf_create_session", "kf_close_session", "kf_switch_session",
    }
)  # fmt: skip
VOICE = {"amr": "audio/amr", "speex": "audio/speex", "mp3": "audio/mpeg"}


class Push:
    """One push: who, to whom, when, and everything else by its name."""

    def __init__(self, request: Request) -> None:
        self.body = request.body
        self.words: Words = words(request.body)
        self.app = request.settings.get("app_id", "")
        self.at = self._moment(request.at)
        own = self.words.get("ToUserName", "")
        self.to = "" if request.settings.get("original_id", "") in ("", own) else own
        self.event = self.words.get("Event", "").lower()

    def __getitem__(self, name: str) -> str:
        return self.words.get(name, "")

    @property
    def by(self) -> Handle:
        return Handle(space_of(self.app), self["FromUserName"])

    @property
    def id(self) -> str:
        """Events have no id: who, when and what stand for it."""
        told = (self["FromUserName"], self["CreateTime"], self.event, self["EventKey"])
        return self["MsgId"] or ":".join(filter(None, told))

    def _moment(self, came: datetime) -> datetime:
        try:
            return from_epoch(self["CreateTime"])
        except (ValueError, OverflowError, OSError):
            return came.astimezone(UTC)


def space_of(app: str) -> str:
    """An OpenID is worth something with one account alone."""
    return f"wechat:{app}"


def facts(request: Request) -> Sequence[Fact]:
    push = Push(request)
    if not push["FromUserName"]:
        key = hashlib.sha256(request.body).hexdigest()[:32]
        return [Unknown("a push of WeChat that cannot be read", key)]
    return _happened(push) if push["MsgType"] == "event" else [_said(push)]


# --- messages -------------------------------------------------------------


def _said(push: Push) -> Fact:
    read = PARTS.get(push["MsgType"])
    part = read(push) if read else None
    if part is None:
        return Unknown(f"a message of type {push['MsgType'] or '?'}", push.id, push.to)
    chosen = push["bizmsgmenuid"]
    context = {"choice": chosen} if chosen else {}
    return Said(push.id, push.at, push.by, (part,), to=push.to, context=context)


def _text(push: Push) -> Part | None:
    return Text(push["Content"]) if push["Content"] else None


def _media(mime: str) -> Callable[[Push], Part | None]:
    return lambda push: Media(mime, ref=push["MediaId"]) if push["MediaId"] else None


def _voice(push: Push) -> Part | None:
    mime = VOICE.get(push["Format"].lower(), "audio/amr")
    ref = push["MediaId"]
    return Media(mime, ref=ref, caption=push["Recognition"], voice=True) if ref else None


def _location(push: Push) -> Part | None:
    try:
        latitude, longitude = float(push["Location_X"]), float(push["Location_Y"])
    except ValueError:
        return None
    known = abs(latitude) <= 90 and abs(longitude) <= 180
    return Location(latitude, longitude, address=push["Label"]) if known else None


def _link(push: Push) -> Part | None:
    lines = "\n".join(filter(None, [push["Title"], push["Description"], push["Url"]]))
    return Text(lines) if lines else None


def _page(push: Push) -> Part | None:
    payload: dict[str, object] = {name: push[name] for name in ("AppId", "PagePath")}
    return Native("miniprogrampage", push["Title"], payload)


PARTS: dict[str, Callable[[Push], Part | None]] = {
    "text": _text,
    "image": _media("image/jpeg"),
    "voice": _voice,
    "video": _media("video/mp4"),
    "shortvideo": _media("video/mp4"),
    "location": _location,
    "link": _link,
    "miniprogrampage": _page,
}


# --- events ---------------------------------------------------------------


def _happened(push: Push) -> Sequence[Fact]:
    read = EVENTS.get(push.event)
    if read:
        return read(push)
    if push.event in SILENT:
        return []
    return [Unknown(f"event {push.event or '?'}", push.id, push.to)]


def _followed(push: Push) -> Sequence[Fact]:
    scene = push["EventKey"].removeprefix(SCENE)
    wish = OptedOut(push.id, push.by, push.at, back=True, to=push.to)
    return [wish, *_acted(push, FOLLOW, referral=scene)]


def _acted(push: Push, act: str, **context: str) -> Sequence[Fact]:
    """An act opens a window like a message, but nobody waits for an answer to following us."""
    told = {name: value for name, value in context.items() if value}
    words = told.get("scanned") or told.get("choice") or told.get("referral", "")
    return [
        Said(
            id=push.id,
            at=push.at,
            by=push.by,
            parts=(Native(act, words),),
            to=push.to,
            context={"act": act, **told},
            automatic=act != MENU,
        )
    ]


def _scanned(push: Push) -> Sequence[Fact]:
    """The menu opened their scanner: a tap, and what the code said."""
    return _acted(push, MENU, choice=push["EventKey"], scanned=push["ScanResult"])


def _finished(push: Push) -> Fact:
    """What became of a template; its id is written `MsgID` here."""
    return _report(push, push["MsgID"], push["Status"], failed=push["Status"] != "success")


def _noticed(push: Push) -> Fact:
    code = push["ErrorCode"]
    return _report(push, push["MsgID"], f"{code} {push['ErrorStatus']}", failed=code != "0")


def _report(push: Push, id_: str, words: str, *, failed: bool) -> Fact:
    if not id_:
        return Unknown(f"event {push.event} without an id", push.id, push.to)
    reason = Reason.BLOCKED if "user" in words else Reason.OTHER
    return Reported(
        message=id_,
        state=State.FAILED if failed else State.DELIVERED,
        at=push.at,
        reason=reason if failed else None,
        detail=words.strip() if failed else "",
        to=push.to,
        recipient=push["FromUserName"],
    )


def _wishes(push: Push) -> Sequence[Fact]:
    """Which notices somebody ticked, and which not: a list of templates."""
    found: list[Fact] = []
    template = ""
    for name, value in pairs(push.body):
        if name == "TemplateId":
            template = value
        elif name == "SubscribeStatusString" and template:
            id_, back = f"{push.id}:{template}", value == "accept"
            wish = OptedOut(id_, push.by, push.at, f"template:{template}", back=back, to=push.to)
            found.append(wish)
    return found or [Unknown(f"event {push.event} without a list", push.id, push.to)]


EVENTS: dict[str, Callable[[Push], Sequence[Fact]]] = {
    "subscribe": _followed,
    "unsubscribe": lambda push: [OptedOut(push.id, push.by, push.at, to=push.to)],
    "scan": lambda push: _acted(push, SCAN, referral=push["EventKey"]),
    "scancode_push": lambda push: _scanned(push),
    "scancode_waitmsg": lambda push: _scanned(push),
    "click": lambda push: _acted(push, MENU, choice=push["EventKey"]),
    "user_enter_tempsession": lambda push: _acted(push, ENTER, referral=push["SessionFrom"]),
    "templatesendjobfinish": lambda push: [_finished(push)],
    "subscribe_msg_popup_event": _wishes,
    "subscribe_msg_change_event": _wishes,
    "subscribe_msg_sent_event": lambda push: [_noticed(push)],
}
