"""How WeChat calls us: XML, signed and sealed, three tries of five seconds, then an apology."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import httpx

from filo.emulators.accounts import Bubble
from filo.emulators.players.wechat.sealing import mark, opened, sealed
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

TRIES = 3
PATIENCE = 5.0
SORRY = "该公众号提供的服务出现故障"
SAFE, COMPATIBLE, PLAIN = "safe", "compatible", "plain"
NUMBERS = ("CreateTime", "MsgId", "Location_X", "Location_Y", "Scale", "MsgID")


def xml(fields: dict[str, Any]) -> str:
    """Words in CDATA, numbers bare, as WeChat writes them; `dict`s and lists nest."""
    return "<xml>" + "".join(_field(name, value) for name, value in fields.items()) + "</xml>"


def _field(name: str, value: Any) -> str:
    if isinstance(value, dict):
        inner = "".join(_field(each, one) for each, one in value.items())
    elif name in NUMBERS:
        inner = str(value)
    else:
        inner = "<![CDATA[" + str(value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return f"<{name}>{inner}</{name}>"


def mode_of(account: Account) -> str:
    return str(account.options.get("mode") or SAFE)


async def knock(world: World, account: Account) -> tuple[int, str]:
    """Is the address ours? They send a word and want it back."""
    word = secrets.token_hex(8)
    query = _signed(account) | {"echostr": word}
    reply = await world.web.get(_with(account.hook, query))
    return reply.status_code, "ok" if reply.text == word else "not the word we sent"


async def push(world: World, account: Account, person: str, fields: dict[str, Any]) -> int:
    """The HTTP status of the last try, 0 when nobody answered; then the customer reads why."""
    status, body = 0, ""
    for _ in range(TRIES):
        status, body = await _try(world, account, fields)
        if status == httpx.codes.OK:
            break
    for _ in range(int(account.options.get("duplicates", 0))):
        await _try(world, account, fields)
    talk = world.accounts.talk(account, person)
    if status != httpx.codes.OK:
        talk.bubbles.append(Bubble(world.new_id("e"), True, moment(), "notice", {"text": SORRY}))
    elif said := _passive(account, body):
        talk.bubbles.append(Bubble(world.new_id("p"), True, moment(), "text", {"text": said}))
    return status


async def _try(world: World, account: Account, fields: dict[str, Any]) -> tuple[int, str]:
    if not account.hook:
        return 0, ""
    query, body = dressed(account, fields)
    headers = {"content-type": "text/xml", "user-agent": "Mozilla/4.0"}
    address = _with(account.hook, query)
    try:
        reply = await world.web.post(
            address, content=body.encode(), headers=headers, timeout=PATIENCE
        )
    except httpx.TransportError:
        return 0, ""
    return reply.status_code, reply.text


def dressed(account: Account, fields: dict[str, Any]) -> tuple[dict[str, str], str]:
    """The query and the body: plain, sealed, or both in one."""
    query = _signed(account) | {"openid": str(fields.get("FromUserName", ""))}
    mode = mode_of(account)
    if mode == PLAIN:
        return query, xml(fields)
    kept = account.settings
    box = sealed(xml(fields), aes_key=kept["encoding_aes_key"], app_id=kept["app_id"])
    words = mark(kept["token"], query["timestamp"], query["nonce"], box)
    query |= {"encrypt_type": "aes", "msg_signature": words}
    shown = fields if mode == COMPATIBLE else {"ToUserName": fields["ToUserName"]}
    return query, xml(shown | {"Encrypt": box})


def _signed(account: Account) -> dict[str, str]:
    stamp, nonce = str(int(moment())), str(secrets.randbelow(10**10))
    return {
        "signature": mark(account.settings.get("token", ""), stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
    }


def _with(address: str, query: dict[str, str]) -> str:
    return address + ("&" if urlsplit(address).query else "?") + urlencode(query)


def _passive(account: Account, body: str) -> str:
    """What the business said in its 200; `success` and nothing show nothing."""
    if body.strip() in ("", "success"):
        return ""
    if box := _inside("Encrypt", body):
        kept = account.settings
        try:
            body = opened(box, aes_key=kept["encoding_aes_key"], app_id=kept["app_id"])
        except ValueError:
            return SORRY  # that is what WeChat itself shows for an answer it cannot read
    return _inside("Content", body)


def _inside(name: str, body: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", body, re.DOTALL)
    return found.group(1) if found else ""
