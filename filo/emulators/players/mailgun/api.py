"""The part of Mailgun's API that customer care needs: raw mails, the event log, the webhooks."""

from __future__ import annotations

import asyncio
import base64
import smtplib
from email import message_from_bytes, policy
from typing import Any

from filo.emulators.accounts import Account, Bubble
from filo.emulators.players.mailgun import desk
from filo.emulators.players.mailgun.desk import KIND, MEDIA, event, tell
from filo.emulators.players.parcels import form_of, served
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.whims import LOSE, indulge
from filo.emulators.world import World, moment

router = Router()
UNKNOWN, FULL = "unknown", "full"


@router.on("POST", "/v3/{domain}/messages.mime")
async def send(call: Call, world: World) -> Answer:
    account = _account(call, world)
    wish = await indulge(account.next)
    fields, files = form_of(call)
    person, raw = fields.get("to", ""), files.get("message", ("", "", b""))[2]
    if "@" not in person or not raw:
        raise _no(400, "to parameter is not a valid address. please check documentation")
    id_ = str(message_from_bytes(raw, policy=policy.default)["Message-ID"]).strip("<>")
    _show(world, account, person, id_, raw)
    account.state.setdefault("log", []).append(event(world, "accepted", id_, person))
    if account.options.get("early"):
        await _fate(world, account, person, id_, raw)
    else:
        world.later(_fate(world, account, person, id_, raw))
    told = Answer.json({"id": f"<{id_}>", "message": "Queued. Thank you."})
    return Answer(200, told.body, cut=wish == LOSE)


@router.on("GET", "/v3/{domain}/events")
async def log(call: Call, world: World) -> Answer:
    wanted = call.query.get("message-id", "")
    listed = _account(call, world).state.get("log", [])
    return Answer.json(
        {"items": [one for one in listed if one["message"]["headers"]["message-id"] == wanted]}
    )


@router.on("GET", "/v3/domains/{domain}/webhooks")
async def webhooks(call: Call, world: World) -> Answer:
    account = _account(call, world)
    return Answer.json({"webhooks": {"delivered": {"urls": [account.hook]}}})


@router.on("GET", MEDIA + "/{file}")
async def file(call: Call, world: World) -> Answer:
    return served(world, call.places["file"])


def _account(call: Call, world: World) -> Account:
    account = world.accounts.of(KIND).get(call.places["domain"])
    key = account.settings.get("api_key", "") if account else ""
    wanted = "Basic " + base64.b64encode(f"api:{key}".encode()).decode()
    if call.headers.get("authorization") != wanted or not key:
        raise Refused(Answer(401, b"Forbidden", "text/plain"))
    assert account is not None
    return account


def _show(world: World, account: Account, person: str, id_: str, raw: bytes) -> None:
    bubbles = world.accounts.talk(account, person).bubbles
    for place, (kind, content) in enumerate(desk.drawn(world, raw)):
        mark = f"{id_}/{place}" if place else id_
        bubbles.append(Bubble(mark, True, moment(), kind, content, state="sent"))


async def _fate(world: World, account: Account, person: str, id_: str, raw: bytes) -> None:
    local, gone = person.partition("@")[0], account.state.setdefault("suppressed", [])
    if person in gone:
        why = {"code": 605, "description": "Not delivering to previously bounced address"}
        return await _failed(world, account, person, id_, "suppress-bounce", why)
    if local == UNKNOWN:
        gone.append(person)
        why = {"code": 550, "message": "550 5.1.1 no such user here"}
        return await _failed(world, account, person, id_, "bounce", why)
    if local == FULL:
        why = {"code": 452, "message": "452 4.2.2 the mailbox is full"}
        await _failed(world, account, person, id_, "generic", why, severity="temporary")
    await _deliver(world, account, person, raw)
    _state(world, account, person, id_, "delivered")
    await tell(world, account, event(world, "delivered", id_, person))
    return None


async def _failed(
    world: World,
    account: Account,
    person: str,
    id_: str,
    reason: str,
    status: dict[str, Any],
    *,
    severity: str = "permanent",
) -> None:
    if severity == "permanent":
        _state(world, account, person, id_, "failed")
    more = {"severity": severity, "reason": reason, "delivery-status": status}
    await tell(world, account, event(world, "failed", id_, person, **more))


def _state(world: World, account: Account, person: str, id_: str, state: str) -> None:
    for bubble in world.accounts.talk(account, person).bubbles:
        if bubble.id.partition("/")[0] == id_:
            bubble.state = state


async def _deliver(world: World, account: Account, person: str, raw: bytes) -> None:
    """Into the town's own mailboxes, where it has some: the mail program shows it."""
    if world.post is None or world.post.trouble:
        return
    try:
        sender = account.settings.get("address", "")
        await asyncio.to_thread(world.post.send, sender, person, raw)
    except (smtplib.SMTPException, OSError):
        return


def _no(status: int, message: str) -> Refused:
    return Refused(Answer.json({"message": message}, status=status))
