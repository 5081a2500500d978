"""The customers' mail programs: what they write, and what stands in their inbox.

`POST /play/mail/{address}` takes `to`, `text`, `subject`, `name`, `answers` (the `uid` of a letter)
and `files` (`[{"name", "mime", "base64"}]`); `GET /play/mail/{address}` shows the newest letters,
`GET /play/mail/{address}/{uid}/files/{number}` one file, `GET /play/mail` the ports.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import smtplib
from email.message import EmailMessage

import msgspec

from filo.emulators.accounts import TakesMail
from filo.emulators.mail_dovecot import NoDovecot
from filo.emulators.mail_office import Letter, PostOffice
from filo.emulators.players import players
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.world import World

log = logging.getLogger("filo.emulators")
router = Router()


class Enclosure(msgspec.Struct):
    name: str
    mime: str
    base64: str


class Writing(msgspec.Struct):
    to: str
    text: str
    subject: str = ""
    name: str = ""
    answers: int = 0
    files: list[Enclosure] = []


async def startup(world: World) -> None:
    """In this thread on purpose: dovecot must end when the thread that started it does."""
    if world.post is None:
        return
    try:
        world.post.start()
        world.post.keep()
    except (NoDovecot, OSError) as why:
        world.post.trouble = str(why)
    if world.post.trouble:
        log.warning(world.post.trouble)


async def shutdown(world: World) -> None:
    if world.post is not None:
        world.post.stop()


@router.on("GET", "/play/mail")
async def office(call: Call, world: World) -> Answer:
    post = world.post
    if post is None:
        return Answer.json({"trouble": "no post office here"})
    return Answer.json({"trouble": post.trouble, "smtp": post.smtp_port, "imap": post.imap_port})


@router.on("GET", "/play/mail/{address}")
async def inbox(call: Call, world: World) -> Answer:
    return Answer.json({"letters": await _letters(call, world)})


@router.on("POST", "/play/mail/{address}")
async def write(call: Call, world: World) -> Answer:
    writing, sender = call.read(Writing), call.places["address"]
    answers = await _letter(call, world, writing.answers) if writing.answers else None
    post = _post(world)
    try:
        mail = post.compose(
            sender,
            writing.to,
            writing.text,
            subject=writing.subject,
            name=writing.name,
            answers=answers,
            files={file.name: (file.mime, _bytes(file)) for file in writing.files},
        )
        if not await _brought(world, writing.to, mail):
            await asyncio.to_thread(post.send, sender, writing.to, mail.as_bytes())
    except (smtplib.SMTPException, OSError, ValueError) as why:
        raise Refused(Answer.json({"error": str(why)}, status=422)) from why
    return Answer.json({"id": str(mail["Message-ID"])}, status=201)


@router.on("GET", "/play/mail/{address}/{uid}/files/{number}")
async def file(call: Call, world: World) -> Answer:
    try:
        uid, number = int(call.places["uid"]), int(call.places["number"])
        mime, body = await asyncio.to_thread(_post(world).file, call.places["address"], uid, number)
    except (ValueError, LookupError) as why:
        raise Refused(Answer.json({"error": "there is no such file"}, status=404)) from why
    headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}
    return Answer(200, body, mime, headers)


async def _brought(world: World, to: str, mail: EmailMessage) -> bool:
    """By a played provider, where the address is a customer's of theirs; else by our own post."""
    takers = [one for one in players().values() if isinstance(one, TakesMail)]
    return any([await one.bring(world, to, mail) for one in takers])


def _post(world: World) -> PostOffice:
    if world.post is None or world.post.trouble:
        why = world.post.trouble if world.post else "no post office here"
        raise Refused(Answer.json({"error": why}, status=503))
    return world.post


async def _letters(call: Call, world: World) -> list[Letter]:
    return await asyncio.to_thread(_post(world).inbox, call.places["address"])


async def _letter(call: Call, world: World, uid: int) -> Letter:
    for letter in await _letters(call, world):
        if letter.uid == uid:
            return letter
    raise Refused(Answer.json({"error": "there is no such letter"}, status=404))


def _bytes(file: Enclosure) -> bytes:
    try:
        return base64.b64decode(file.base64, validate=True)
    except binascii.Error as why:
        raise Refused(Answer.json({"error": f"{file.name}: {why}"}, status=400)) from why
