"""Meta's Graph API for WhatsApp, as far as a business needs it to answer its customers."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx

from filo.emulators import errors, graph_templates, reports
from filo.emulators.checks import wrong_with
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.whims import LOSE, indulge
from filo.emulators.world import File, Line, Number, Person, World, moment

TYPING_SECONDS = 25
URL_SECONDS = 300
PAIR_SECONDS = 6
CHALLENGE = "1158201444"
WINDOW_SECONDS = 24 * 3600

router = Router()


@router.on("POST", r"/v\d+\.\d+/{number}/messages")
async def messages(call: Call, world: World) -> Answer:
    number = _owner(call, world)
    body = call.read(dict[str, Any])
    if body.get("status") == "read":
        return _mark_read(body, number, world)
    wish = await indulge(number.next)
    if problem := wrong_with(body):
        raise Refused(errors.refusal("131009", problem))
    person = world.addressed(to=body.get("to", ""), recipient=body.get("recipient", ""))
    if person is None:
        raise Refused(errors.refusal("131009", "no such recipient"))
    outside = body["type"] == "template"
    if outside and (answer := graph_templates.refused(body, number)):
        raise Refused(answer)
    code = wish if wish in errors.ERRORS else errors.wished_by(person.phone)
    if number.options.window and not outside and not _in_window(number, person, world):
        code = "131047"
    if code and not errors.comes_late(code):
        raise Refused(errors.refusal(code))
    _within_pace(number, person, world)
    line = _take(body, person, number, world)
    world.later(reports.follow(line, person, number, world, code=code))
    return Answer(200, reports.receipt(line, person), cut=wish == LOSE)


def _owner(call: Call, world: World, id_: str = "") -> Number:
    number = world.numbers.get(id_ or call.places["number"])
    if number is None:
        raise Refused(errors.refusal("100", "Object with this ID does not exist"))
    if call.headers.get("authorization") != f"Bearer {number.access_token}":
        raise Refused(errors.refusal("190"))
    return number


def _mark_read(body: dict[str, Any], number: Number, world: World) -> Answer:
    line = world.line(number.phone_number_id, str(body.get("message_id", "")))
    if line is None or line.out:
        raise Refused(errors.refusal("131009", "no such message of a customer"))
    for (of, _), phone in world.phones.items():
        if of != number.phone_number_id or line not in phone.lines:
            continue
        for earlier in phone.lines[: phone.lines.index(line) + 1]:
            earlier.seen = earlier.seen or not earlier.out
        if "typing_indicator" in body:
            phone.typing_until = moment() + TYPING_SECONDS
    return Answer.json({"success": True})


def _in_window(number: Number, person: Person, world: World) -> bool:
    heard = [line.at for line in world.phone(number.phone_number_id, person).lines if not line.out]
    return bool(heard) and moment() - heard[-1] < WINDOW_SECONDS


def _within_pace(number: Number, person: Person, world: World) -> None:
    """One message in six seconds to the same person, a few of them borrowed from what comes."""
    if not number.options.pair_burst:
        return
    sent = [line.at for line in world.phone(number.phone_number_id, person).lines if line.out]
    begun = moment() - PAIR_SECONDS * number.options.pair_burst
    if len([at for at in sent if at > begun]) >= number.options.pair_burst:
        raise Refused(errors.refusal("131056"))


def _take(body: dict[str, Any], person: Person, number: Number, world: World) -> Line:
    line = Line(
        id=world.new_id("wamid.OUT"),
        out=True,
        at=moment(),
        type=body["type"],
        content=_content(body, number),
        answers=body.get("context", {}).get("message_id", ""),
        ref=body.get("biz_opaque_callback_data", ""),
        state="accepted",
    )
    phone = world.phone(number.phone_number_id, person)
    phone.lines.append(line)
    phone.typing_until = 0.0
    return line


def _content(body: dict[str, Any], number: Number) -> dict[str, Any]:
    said: Any = body[body["type"]]
    if body["type"] == "template":
        words = graph_templates.reading(said, number)
        return {**said, "words": words, "pressed": graph_templates.buttons(said, number)}
    return said if isinstance(said, dict) else {"cards": said}


# --- files ----------------------------------------------------------------


@router.on("POST", r"/v\d+\.\d+/{number}/media")
async def upload(call: Call, world: World) -> Answer:
    _owner(call, world)
    fields = _form(call)
    if "file" not in fields:
        raise Refused(errors.refusal("100", "a file is required"))
    name, mime, body = fields["file"]
    file = File(world.new_id("9"), fields.get("type", ("", "", mime.encode()))[2].decode(), body)
    file.name = name
    world.files[file.id] = file
    return Answer.json({"id": file.id})


@router.on("GET", r"/v\d+\.\d+/{file}")
async def place(call: Call, world: World) -> Answer:
    if call.places["file"] in world.numbers:
        return _shown(_owner(call, world, call.places["file"]))
    file = world.files.get(call.places["file"])
    _any_token(call, world)
    if file is None:
        raise Refused(errors.refusal("100", "no such media"))
    file.said_at = moment()
    told = {
        "url": f"{call.origin}/whatsapp_business/attachments/?mid={file.id}",
        "mime_type": file.mime,
        "sha256": file.sha256,
        "file_size": len(file.body),
        "id": file.id,
        "messaging_product": "whatsapp",
    }
    return Answer.json(told)


@router.on("GET", "/whatsapp_business/attachments/")
async def download(call: Call, world: World) -> Answer:
    _any_token(call, world)
    file = world.files.get(call.query.get("mid", ""))
    if file is None or moment() - file.said_at > URL_SECONDS:
        raise Refused(Answer(404))
    return Answer(200, file.body, file.mime)


def _shown(number: Number) -> Answer:
    told = {
        "id": number.phone_number_id,
        "display_phone_number": f"+{number.display}",
        "verified_name": "Brezza",
        "quality_rating": "GREEN",
    }
    return Answer.json(told)


@router.on("GET", r"/v\d+\.\d+/{waba}/subscribed_apps")
async def subscribed(call: Call, world: World) -> Answer:
    app = {"whatsapp_business_api_data": {"id": "670843887433847", "name": "Filo"}}
    return Answer.json({"data": [app] if _of_account(call, world).subscribed else []})


@router.on("POST", r"/v\d+\.\d+/{waba}/subscribed_apps")
async def subscribe(call: Call, world: World) -> Answer:
    """An address of its own is knocked at before it is taken."""
    number = _of_account(call, world)
    wish = call.read(dict[str, Any]) if call.body else {}
    if hook := str(wish.get("override_callback_uri", "")):
        await _knock(world, hook, str(wish.get("verify_token", "")))
        number.hook = hook
    number.subscribed = True
    return Answer.json({"success": True})


async def _knock(world: World, hook: str, token: str) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": CHALLENGE}
    try:
        reply = await world.web.get(hook, params=query)
    except httpx.TransportError:
        reply = None
    if reply is None or reply.status_code != httpx.codes.OK or reply.text != CHALLENGE:
        raise Refused(errors.refusal("100", "The callback URL could not be verified"))


def _of_account(call: Call, world: World) -> Number:
    _any_token(call, world)
    for number in world.numbers.values():
        if number.waba_id == call.places["waba"]:
            return number
    raise Refused(errors.refusal("100", "Object with this ID does not exist"))


def _any_token(call: Call, world: World) -> None:
    given = call.headers.get("authorization", "")
    if given not in {f"Bearer {number.access_token}" for number in world.numbers.values()}:
        raise Refused(errors.refusal("190"))


def _form(call: Call) -> dict[str, tuple[str, str, bytes]]:
    """The fields of a multipart form: file name, type, bytes."""
    head = f"content-type: {call.headers.get('content-type', '')}\r\n\r\n".encode()
    found = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + call.body).iter_parts():
        name = part.get_param("name", header="content-disposition")
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        found[str(name)] = (part.get_filename() or "", part.get_content_type(), body)
    return found
