"""Meta's approved templates: listed, changed, and what is refused in a message that uses one."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from filo.emulators import errors
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.webhooks import deliver
from filo.emulators.world import Number, World, moment

router = Router()
PAGE = 25
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
REFUSED = {"PAUSED": "132015", "DISABLED": "132016"}


class Sample(msgspec.Struct, frozen=True):
    """What every new number has: enough to answer outside the window."""

    name: str
    language: str
    category: str
    body: str
    footer: str = ""
    header: str = ""
    buttons: tuple[str, ...] = ()
    status: str = "APPROVED"


SAMPLES = (
    Sample(
        "answer_ready",
        "it",
        "UTILITY",
        "La tua risposta è pronta. Scrivici una parola qualsiasi e te la mandiamo subito.",
        buttons=("Leggi la risposta",),
    ),
    Sample(
        "answer_ready",
        "en",
        "UTILITY",
        "Your answer is ready. Send us any word and we send it at once.",
        buttons=("Read the answer",),
    ),
    Sample(
        "flight_change",
        "it",
        "UTILITY",
        "Ciao {{1}}, il volo {{2}} ora parte alle {{3}}. Rispondi qui se ti serve aiuto.",
        header="Il tuo volo è cambiato",
        footer="Brezza",
    ),
    Sample(
        "winter_offer",
        "it",
        "MARKETING",
        "Ciao {{name}}, quest'inverno Olbia costa la metà per te.",
    ),
    Sample("delayed_bag", "it", "UTILITY", "La valigia di {{1}} è arrivata.", status="PAUSED"),
)


def samples() -> list[dict[str, Any]]:
    return [_as_listed(one, n) for n, one in enumerate(SAMPLES, start=1)]


def _as_listed(one: Sample, n: int) -> dict[str, Any]:
    components: list[dict[str, Any]] = [{"type": "BODY", "text": one.body}]
    if one.header:
        components.insert(0, {"type": "HEADER", "format": "TEXT", "text": one.header})
    if one.footer:
        components.append({"type": "FOOTER", "text": one.footer})
    if one.buttons:
        quick = [{"type": "QUICK_REPLY", "text": words} for words in one.buttons]
        components.append({"type": "BUTTONS", "buttons": quick})
    return {
        "id": str(7000 + n),
        "name": one.name,
        "language": one.language,
        "status": one.status,
        "category": one.category,
        "components": components,
    }


@router.on("GET", r"/v\d+\.\d+/{waba}/message_templates")
async def listed(call: Call, world: World) -> Answer:
    number = _number(call, world)
    after = int(call.query.get("after") or 0)
    limit = min(int(call.query.get("limit") or PAGE), 100)
    found = number.templates[after : after + limit]
    paging: dict[str, Any] = {"cursors": {"before": str(after), "after": str(after + limit)}}
    if after + limit < len(number.templates):
        paging["next"] = f"{call.origin}{call.path}?after={after + limit}"
    return Answer.json({"data": found, "paging": paging})


@router.on("POST", "/control/whatsapp/{number}/templates")
async def changed(call: Call, world: World) -> Answer:
    """Meta pauses or approves one: `{name, language, status, reason?}`. The webhook follows."""
    number = world.numbers.get(call.places["number"])
    if number is None:
        raise Refused(Answer(404))
    wish = call.read(dict[str, str])
    meant = [t for t in number.templates if (t["name"], t["language"]) == _key(wish)]
    for template in meant:
        template["status"] = wish["status"]
    status = [await _announce(template, wish, number, world) for template in meant]
    return Answer.json({"hook": status[0] if status else 0})


async def _announce(
    template: dict[str, Any], wish: dict[str, str], number: Number, world: World
) -> int:
    value = {
        "event": wish["status"],
        "message_template_id": int(template["id"]),
        "message_template_name": template["name"],
        "message_template_language": template["language"],
        "reason": wish.get("reason", "NONE"),
    }
    change = {"field": "message_template_status_update", "value": value}
    entry = {"id": number.waba_id, "time": int(moment()), "changes": [change]}
    return await deliver(world, number, {"object": "whatsapp_business_account", "entry": [entry]})


def refused(body: dict[str, Any], number: Number) -> Answer | None:
    """Meta's refusal of this use of a template; None when it is fine."""
    said = body["template"]
    key = (str(said.get("name", "")), str(said.get("language", {}).get("code", "")))
    known = next((t for t in number.templates if (t["name"], t["language"]) == key), None)
    if known is None or known["status"] not in {"APPROVED", *REFUSED}:
        details = f"template name ({key[0]}) does not exist in {key[1]}"
        return errors.refusal("132001", details)
    if known["status"] in REFUSED:
        return errors.refusal(REFUSED[known["status"]])
    for where in ("header", "body"):
        if problem := _miscounted(where, _parameters(where, said), known):
            return problem
    return None


def _miscounted(where: str, given: list[dict[str, Any]], known: dict[str, Any]) -> Answer | None:
    wanted = list(dict.fromkeys(_PLACE.findall(_text(where, known))))
    if len(given) != len(wanted):
        details = f"{where}: number of localizable_params ({len(given)}) does not match the"
        return errors.refusal("132000", f"{details} expected number of params ({len(wanted)})")
    named = [name for name in wanted if not name.isdigit()]
    if named and {one.get("parameter_name") for one in given} != set(named):
        return errors.refusal("132012", f"{where}: parameter_name does not match the template")
    if not all(one.get("text") for one in given):
        return errors.refusal("132012", f"{where}: a parameter is empty")
    return None


def reading(said: dict[str, Any], number: Number) -> str:
    """The words that the customer's phone shows."""
    key = (said["name"], said["language"]["code"])
    known = next(t for t in number.templates if (t["name"], t["language"]) == key)
    pieces = (_said(where, said, known) for where in ("header", "body"))
    return "\n".join(piece for piece in (*pieces, _text("footer", known)) if piece)


def buttons(said: dict[str, Any], number: Number) -> list[str]:
    key = (said["name"], said["language"]["code"])
    known = next(t for t in number.templates if (t["name"], t["language"]) == key)
    rows = [c for c in known["components"] if c["type"] == "BUTTONS"]
    return [str(button["text"]) for row in rows for button in row["buttons"]]


def _said(where: str, said: dict[str, Any], known: dict[str, Any]) -> str:
    given = _parameters(where, said)
    named = {str(one["parameter_name"]): one["text"] for one in given if "parameter_name" in one}
    counted = {str(n): one["text"] for n, one in enumerate(given, start=1)}
    values = counted | named
    return _PLACE.sub(lambda found: str(values.get(found[1], found[0])), _text(where, known))


def _parameters(where: str, said: dict[str, Any]) -> list[dict[str, Any]]:
    components = [c for c in said.get("components", []) if str(c.get("type")).lower() == where]
    return [one for c in components for one in c.get("parameters", []) if one.get("type") == "text"]


def _text(where: str, known: dict[str, Any]) -> str:
    found = [c for c in known["components"] if c["type"] == where.upper()]
    return str(found[0].get("text", "")) if found else ""


def _key(wish: dict[str, str]) -> tuple[str, str]:
    return wish.get("name", ""), wish.get("language", "")


def _number(call: Call, world: World) -> Number:
    bearer = call.headers.get("authorization", "")
    for number in world.numbers.values():
        if number.waba_id == call.places["waba"] and bearer == f"Bearer {number.access_token}":
            return number
    raise Refused(errors.refusal("190"))
