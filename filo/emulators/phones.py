"""The customers' phones: what they say, press, react to and read, and what stands on the screen.

`POST /play/whatsapp/{number}/{phone}/messages` takes one of `text`, `media`, `location`, `contact`,
`reaction`, `edit`, `revoke`, `press`; with `reply_to`, `name` and `identity`
(`both`, `phone`, `bsuid`, `in_from`). It answers `{"id", "hook": <HTTP status of our webhook>}`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from filo.emulators import reports
from filo.emulators.sayings import Play, content_of, options_of, sender
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.webhooks import contact, deliver, envelope
from filo.emulators.world import Line, Number, Person, World, moment

router = Router()


@router.on("POST", "/play/whatsapp/{number}/{phone}/messages")
async def say(call: Call, world: World) -> Answer:
    number, play = _number(call, world), call.read(Play)
    person = world.person(call.places["phone"], name=play.name)
    content = content_of(play, number, world)
    line = Line(
        id=world.new_id("wamid.IN"),
        out=False,
        at=moment(),
        type=content["type"],
        content=_object(content),
        answers=content.get("context", {}).get("id", ""),
    )
    _show(line, number, person, world)
    message = {
        **sender(person, play.identity),
        "id": line.id,
        "timestamp": str(int(line.at)),
        **content,
    }
    value = {"contacts": [contact(person, identity=play.identity)], "messages": [message]}
    status = await deliver(world, number, envelope(number, value))
    return Answer.json({"id": line.id, "hook": status}, status=201)


@router.on("GET", "/play/whatsapp/{number}/{phone}/messages")
async def screen(call: Call, world: World) -> Answer:
    number = _number(call, world)
    person = world.person(call.places["phone"])
    phone = world.phone(number.phone_number_id, person)
    return Answer.json(
        {
            "person": person,
            "typing": phone.typing_until > moment(),
            "messages": [_shown(line) for line in phone.lines],
        }
    )


@router.on("POST", "/play/whatsapp/{number}/{phone}/read")
async def read(call: Call, world: World) -> Answer:
    """The customer looks at the screen: everything the business wrote is read."""
    number = _number(call, world)
    person = world.person(call.places["phone"])
    lines = [
        line
        for line in world.phone(number.phone_number_id, person).lines
        if line.out and line.state in ("accepted", "sent", "delivered")
    ]
    for line in lines:
        await reports.report(line, "read", person, number, world)
    return Answer.json({"read": len(lines)})


@router.on("POST", "/play/whatsapp/{number}/{phone}/changes")
async def change(call: Call, world: World) -> Answer:
    """News about the person: `{"preference": "stop"|"resume"}` or `{"new_phone": "39…"}`."""
    number, news = _number(call, world), call.read(dict[str, str])
    person = world.person(call.places["phone"])
    if new := news.get("new_phone"):
        return Answer.json({"hook": await _move(number, person, new, world)})
    wish = {
        "wa_id": person.phone,
        "user_id": person.bsuid,
        "detail": "as the customer wished",
        "category": "marketing_messages",
        "value": news.get("preference", "stop"),
        "timestamp": int(moment()),
    }
    told = envelope(number, {"user_preferences": [wish]}, field="user_preferences")
    return Answer.json({"hook": await deliver(world, number, told)})


@router.on("POST", "/play/whatsapp/{number}/news")
async def news(call: Call, world: World) -> Answer:
    """What Meta says of the account: `{"field": "account_update", "value": {…}}`, as it is."""
    number, told = _number(call, world), call.read(dict[str, Any])
    change = {"field": told["field"], "value": told["value"]}
    entry = {"id": number.waba_id, "time": int(moment()), "changes": [change]}
    whole = {"object": "whatsapp_business_account", "entry": [entry]}
    return Answer.json({"hook": await deliver(world, number, whole)})


@router.on("POST", "/play/whatsapp/{number}/{phone}/calls")
async def ring(call: Call, world: World) -> Answer:
    """The customer rings, and hangs up: nobody can pick up."""
    number = _number(call, world)
    person = world.person(call.places["phone"])
    ringing = {
        **sender(person, "both"),
        "id": world.new_id("wacid."),
        "to": number.display,
        "event": "connect",
        "direction": "USER_INITIATED",
        "timestamp": str(int(moment())),
        "session": {"sdp_type": "offer", "sdp": "v=0"},
    }
    value = {"contacts": [contact(person)], "calls": [ringing]}
    status = await deliver(world, number, envelope(number, value, field="calls"))
    ended = {**ringing, "event": "terminate", "status": "FAILED"}
    await deliver(world, number, envelope(number, {"calls": [ended]}, field="calls"))
    return Answer.json({"id": ringing["id"], "hook": status})


@router.on("GET", "/play/whatsapp/{number}/files/{file}")
async def file(call: Call, world: World) -> Answer:
    """A file that the business uploaded, for the screen of the phone."""
    _number(call, world)
    found = world.files.get(call.places["file"])
    if found is None:
        raise Refused(Answer(404))
    headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}
    return Answer(200, found.body, found.mime, headers)


# --- what the screen shows ------------------------------------------------


def _show(line: Line, number: Number, person: Person, world: World) -> None:
    phone = world.phone(number.phone_number_id, person)
    about = next((each for each in phone.lines if each.id == _subject(line)), None)
    if line.type == "reaction" and about:
        about.reaction = line.content.get("emoji", "")
    elif line.type == "edit" and about:
        about.content = line.content["message"]["text"]
    elif line.type == "revoke" and about:
        about.withdrawn = True
    else:
        phone.lines.append(line)


def _subject(line: Line) -> str:
    return str(line.content.get("message_id") or line.content.get("original_message_id") or "")


def _object(content: dict[str, Any]) -> dict[str, Any]:
    said = content[content["type"]]
    return said if isinstance(said, dict) else {"cards": said}


def _shown(line: Line) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(line)
    if line.type in {"interactive", "template"} and line.out:
        shown["options"] = [option for _, option in options_of(line.content) if "id" in option]
    return shown


async def _move(number: Number, person: Person, new: str, world: World) -> int:
    """A new phone number: the same person, with a new business-scoped id."""
    moved = world.person(new, name=person.name)
    system = {
        "body": f"{person.name} changed from {person.phone} to {moved.phone}",
        "type": "user_changed_number",
        "wa_id": moved.phone,
        "user_id": moved.bsuid,
    }
    message = {
        "from": person.phone,
        "from_user_id": person.bsuid,
        "id": world.new_id("wamid.IN"),
        "timestamp": str(int(moment())),
        "type": "system",
        "system": system,
    }
    return await deliver(world, number, envelope(number, {"messages": [message]}))


def _number(call: Call, world: World) -> Number:
    number = world.numbers.get(call.places["number"])
    if number is None:
        raise Refused(Answer.json({"error": "no such number: register it first"}, status=404))
    return number
