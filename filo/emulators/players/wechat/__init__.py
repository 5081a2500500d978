"""WeChat official accounts: sealed calls to us, the customer-service API, its two windows.

Options of an account: `mode` (safe, compatible or plain), `union`, `duplicates`, `token_life`,
`message_window` and `action_window` (seconds), `ip_refused`, `templates`. `next` takes WeChat's
error numbers besides the common whims.

Acts: `follow` and `scan` {scene}, `unfollow`, `block`, `unblock`, `menu` {key}, `view` {url},
`scan_menu` {key, result}, `enter` {from} (of a mini program), `notice` {template, accept},
`knock` (the check of our address), `renew` (older tokens end now).
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.players.wechat import followers, pushes
from filo.emulators.players.wechat.api import KIND, event, gh_of
from filo.emulators.players.wechat.api import router as api
from filo.emulators.web import Answer, Refused, Router
from filo.emulators.world import File, World, moment

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES = {"image": "image", "audio": "voice", "video": "video"}
SHOWN = {"image": "image", "voice": "audio", "video": "video"}


class WeChat:
    kind = KIND
    router: Router = api

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        if deed.act == "knock":
            status, word = await pushes.knock(world, account)
            return Answer.json({"hook": status, "id": word})
        id_ = followers.openid(account, person)
        if deed.act in ("block", "unblock", "renew"):
            return _silently(account, id_, deed.act)
        if deed.act:
            return await self._acted(world, account, person, deed)
        return await self._said(world, account, person, deed)

    async def _said(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        fields, shown = _message(world, account, deed)
        id_ = followers.openid(account, person)
        account.state["count"] = account.state.get("count", 0) + 1
        number = int(moment()) * 10**7 + account.state["count"]
        common = {
            "ToUserName": gh_of(account),
            "FromUserName": id_,
            "CreateTime": int(moment()),
            **fields,
            "MsgId": number,
        }
        bubble = Bubble(str(number), False, moment(), shown[0], shown[1], answers=deed.about)
        world.accounts.talk(account, person).bubbles.append(bubble)
        followers.acted(account, id_, message=True)
        return Answer.json(
            {"hook": await pushes.push(world, account, person, common), "id": str(number)}
        )

    async def _acted(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        id_ = followers.openid(account, person)
        told = _event(account, id_, deed)
        if deed.act == "unfollow":
            account.state.setdefault("unfollowed", {})[id_] = True
        elif deed.act not in ("view", "notice"):
            account.state.setdefault("unfollowed", {}).pop(id_, None)
            followers.acted(account, id_, message=False, entered=deed.act == "enter")
        return Answer.json({"hook": await pushes.push(world, account, person, told), "id": id_})

    async def read(self, world: World, account: Account, person: str) -> None:
        """WeChat tells nobody what was read."""


def _silently(account: Account, id_: str, act: str) -> Answer:
    if act == "renew":
        account.state["tokens"] = dict.fromkeys(account.state.get("tokens", {}), 0.0)
    elif act == "block":
        account.state.setdefault("blocked", {})[id_] = True
    else:
        account.state.setdefault("blocked", {}).pop(id_, None)
    return Answer.json({"hook": 0, "id": id_})


# --- events ------------------------------------------------------------------


def _event(account: Account, id_: str, deed: Deed) -> dict[str, Any]:
    scene = str(deed.values.get("scene", ""))
    ticket = {"Ticket": f"gQ{scene}"} if scene else {}
    known: dict[str, tuple[str, dict[str, Any]]] = {
        "follow": (
            "subscribe",
            {"EventKey": f"qrscene_{scene}" if scene else ""} | ticket,
        ),
        "unfollow": ("unsubscribe", {"EventKey": ""}),
        "scan": ("SCAN", {"EventKey": scene} | ticket),
        "menu": ("CLICK", {"EventKey": str(deed.values.get("key", ""))}),
        "view": ("VIEW", {"EventKey": str(deed.values.get("url", ""))}),
        "enter": ("user_enter_tempsession", {"SessionFrom": str(deed.values.get("from", ""))}),
        "scan_menu": ("scancode_waitmsg", _scanned(deed)),
        "notice": ("subscribe_msg_popup_event", _ticked(account, id_, deed)),
    }
    if deed.act not in known:
        raise _cannot(f"nobody can {deed.act} on WeChat")
    name, more = known[deed.act]
    return event(account, id_, name) | more


def _scanned(deed: Deed) -> dict[str, Any]:
    """The menu opens the phone's scanner; what it read comes with the tap."""
    code = {"ScanType": "qrcode", "ScanResult": str(deed.values.get("result", ""))}
    return {"EventKey": str(deed.values.get("key", "")), "ScanCodeInfo": code}


def _ticked(account: Account, id_: str, deed: Deed) -> dict[str, Any]:
    """They accept or refuse a notice; without a tick none is taken."""
    template, accepts = str(deed.values.get("template", "")), bool(deed.values.get("accept", True))
    if deed.act == "notice":
        account.state.setdefault("ticked", {})[f"{id_}:{template}"] = accepts
    status = "accept" if accepts else "reject"
    one = {"TemplateId": template, "SubscribeStatusString": status, "PopupScene": "0"}
    return {"SubscribeMsgPopupEvent": {"List": one}}


# --- messages ----------------------------------------------------------------

Told = tuple[dict[str, Any], tuple[str, dict[str, Any]]]


def _message(world: World, account: Account, deed: Deed) -> Told:
    ways: tuple[tuple[object, Callable[[], Told]], ...] = (
        (deed.tap, lambda: _tapped(world, account, deed)),
        (deed.media, lambda: _file(world, deed)),
        (deed.location, lambda: _place(deed)),
        (deed.react, lambda: _text(deed.react)),  # there are none: people write the sign
        (deed.text, lambda: _text(deed.text)),
    )
    for given, way in ways:
        if given:
            return way()
    raise _cannot("nothing to say")


def _text(text: str) -> Told:
    return {"MsgType": "text", "Content": text}, ("text", {"text": text})


def _tapped(world: World, account: Account, deed: Deed) -> Told:
    bubble = world.accounts.bubble(account, deed.about)
    for one in bubble.content.get("buttons", []) if bubble else []:
        if one["id"] == deed.tap and not one.get("url"):
            fields, shown = _text(one["label"])
            return fields | {"bizmsgmenuid": one["id"]}, shown
    raise _cannot("no such button")


def _file(world: World, deed: Deed) -> Told:
    try:
        body = base64.b64decode(deed.media.get("base64", ""), validate=True)
    except binascii.Error as why:
        raise _cannot("media.base64 is not base64") from why
    mime = deed.media.get("mime", "")
    kind = TYPES.get(mime.partition("/")[0])
    if kind is None:
        raise _cannot("WeChat sends pictures, voices and videos")
    file = File(world.new_id("media"), mime, body, deed.media.get("name", ""), said_at=moment())
    world.files[file.id] = file
    fields: dict[str, Any] = {"MsgType": kind, "MediaId": file.id}
    fields |= {"PicUrl": f"http://mmbiz.qpic.cn/{file.id}"} if kind == "image" else {}
    fields |= {"Format": "amr"} if kind == "voice" else {}
    fields |= {"ThumbMediaId": file.id} if kind == "video" else {}
    told = {"url": f"/wechat-media/{file.id}", "mime": mime, "name": file.name, "caption": ""}
    return fields, (SHOWN[kind], told)


def _place(deed: Deed) -> Told:
    where = deed.location
    fields = {
        "MsgType": "location",
        "Location_X": where.get("latitude", 0),
        "Location_Y": where.get("longitude", 0),
        "Scale": 16,
        "Label": where.get("address") or where.get("name", ""),
    }
    return fields, ("location", dict(where))


def _cannot(why: str) -> Refused:
    return Refused(Answer.json({"error": why}, status=400))


player = WeChat()
