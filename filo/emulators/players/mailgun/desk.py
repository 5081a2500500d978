"""Mailgun's side of the hook: signatures, events, routes, and how a mail looks on a screen."""

from __future__ import annotations

import asyncio
import hmac
import json
from email import message_from_bytes, policy
from email.message import EmailMessage
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from filo.emulators.players.parcels import kept, shown
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account

KIND = "mailgun"
MEDIA = "/mailgun-media"
PAUSES = (0.2, 0.5, 1, 2, 5, 10)  # Mailgun's own go on for eight hours
MIME = "application/x-www-form-urlencoded"


def signature(account: Account) -> dict[str, str]:
    """Over a time and a token, never over what is said."""
    stamp, token = str(int(moment())), token_hex(25)
    key = account.settings.get("hook_key", "").encode()
    proof = hmac.digest(key, f"{stamp}{token}".encode(), "sha256").hex()
    return {"timestamp": stamp, "token": token, "signature": proof}


def event(world: World, name: str, message: str, person: str, **more: Any) -> dict[str, Any]:
    return {
        "event": name,
        "id": world.new_id("ev."),
        "timestamp": moment(),
        "recipient": person,
        "message": {"headers": {"message-id": message, "to": person}},
        **more,
    }


async def tell(world: World, account: Account, told: dict[str, Any]) -> int:
    """An event, signed anew for each try."""
    account.state.setdefault("log", []).append(told)
    if account.options.get("silent") or not account.hook:
        return 0

    async def call() -> int:
        body = json.dumps({"signature": signature(account), "event-data": told}).encode()
        return await _post(world, account.hook, body, "application/json")

    return await _until_taken(world, account, call)


async def forward(world: World, account: Account, mail: EmailMessage, sender: str) -> int:
    """What the route does with a mail: as it is, or taken apart."""
    recipient = str(mail["To"].addresses[0].addr_spec)
    parsed = bool(account.options.get("parsed"))

    async def call() -> int:
        fields = {"sender": sender, "recipient": recipient, **signature(account)}
        fields |= _apart(mail) if parsed else {"body-mime": _checked(mail).decode()}
        address = account.hook if parsed else f"{account.hook}/mime"
        return await _post(world, address, urlencode(fields).encode(), MIME)

    return await _until_taken(world, account, call) if account.hook else 0


def _checked(mail: EmailMessage) -> bytes:
    return b"X-Mailgun-Incoming: Yes\r\n" + mail.as_bytes()


def _apart(mail: EmailMessage) -> dict[str, str]:
    words = mail.get_body(("plain", "html"))
    headers = [[name, str(value)] for name, value in mail.items()]
    text = str(words.get_content()) if words else ""
    return {"message-headers": json.dumps(headers), "body-plain": text}


async def _until_taken(world: World, account: Account, call: Any) -> int:
    status: int = await call()
    for _ in range(int(account.options.get("duplicates", 0))):
        await call()
    if status != httpx.codes.OK:
        world.later(_insist(call))
    return status


async def _insist(call: Any) -> None:
    for pause in PAUSES:
        await asyncio.sleep(pause)
        if await call() in {httpx.codes.OK, httpx.codes.NOT_ACCEPTABLE}:
            return


async def _post(world: World, address: str, body: bytes, mime: str) -> int:
    try:
        reply = await world.web.post(address, content=body, headers={"content-type": mime})
    except httpx.TransportError:
        return 0
    return reply.status_code


# --- on the screen --------------------------------------------------------------


def drawn(world: World, raw: bytes) -> list[tuple[str, dict[str, Any]]]:
    """What a mail program shows of it: the words, then the files."""
    mail = message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain", "html"))
    text = str(body.get_content()).replace("\r\n", "\n").strip() if body else ""
    return [("text", {"text": text}), *(_file(world, part) for part in mail.iter_attachments())]


def _file(world: World, part: Any) -> tuple[str, dict[str, Any]]:
    payload = part.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    file = kept(world, (part.get_filename() or "", part.get_content_type(), body), mark="m")
    return "file", shown(file, MEDIA)
