"""The town's pages and what they ask: who lives here, and the pass of whoever logs in at the shop.

`GET /` is the town, `GET /shop/{channel}` the page that carries the widget. All that customers do
goes by the same `/play` addresses that tests use.
"""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import Annotated

import msgspec

from filo.core import home, passes
from filo.emulators.town.words import LANGUAGES, words
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.world import Shop, World, moment

router = Router()
STATIC = files("filo.emulators.town") / "static"
KINDS = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
PASS_LASTS = 3000  # seconds
SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
TOWN_MAY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob: {house} {files}; media-src 'self' blob: {house} {files}; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SHOP_MAY = (
    "default-src 'none'; script-src 'self' {house}; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' {house}; frame-src {house}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


class Newcomer(msgspec.Struct):
    phone: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{7,15}$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    email: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9.]+@[a-z.]+$", max_length=100)]


@router.on("GET", "/")
async def town(call: Call, world: World) -> Answer:
    """What the company sends lies at its own house, as a provider would fetch it there."""
    may = TOWN_MAY.format(house=home.origin(), files=home.files_origin())
    return _page("town.html", call, may, house=home.origin())


@router.on("GET", "/shop/{channel}")
async def shop(call: Call, world: World) -> Answer:
    """A page of Brezza's own site, with one line for the widget, as any site would have it."""
    found = _shop(call, world)
    may = SHOP_MAY.format(house=found.house)
    return _page("shop.html", call, may, house=found.house, channel=found.channel)


@router.on("GET", r"/town/{file}")
async def file(call: Call, world: World) -> Answer:
    name = call.places["file"]
    source = STATIC / name
    kind = KINDS.get(name.rpartition(".")[2])
    if kind is None or not source.is_file():
        raise Refused(Answer(404))
    return Answer(200, source.read_bytes(), f"{kind}; charset=utf-8", SAFE)


@router.on("GET", "/play/town")
async def who_lives_here(call: Call, world: World) -> Answer:
    """Everything that the page draws its devices from; no secrets."""
    post = world.post
    return Answer.json(
        {
            "house": home.origin(),
            "people": list(world.people.values()),
            "numbers": [each.phone_number_id for each in world.numbers.values()],
            "peers": list(world.peers),
            "shops": [{"channel": each.channel} for each in world.shops.values()],
            "mail": {"trouble": post.trouble if post else "no post office here"},
        }
    )


@router.on("POST", "/play/town/people")
async def move_in(call: Call, world: World) -> Answer:
    """Somebody new: known from now on, with a phone and a mailbox."""
    newcomer = call.read(Newcomer)
    person = world.person(newcomer.phone, name=newcomer.name)
    person.email = newcomer.email
    world.keep()
    return Answer.json(person, status=201)


@router.on("GET", "/play/webchat/{channel}/pass")
async def log_in(call: Call, world: World) -> Answer:
    """What the shop's own server would sign for a customer who has logged in there."""
    found, person = _shop(call, world), world.people.get(call.query.get("phone", ""))
    if person is None or not found.jwt_secret:
        raise Refused(Answer.json({"error": "nobody to log in, or no key"}, status=404))
    claims = passes.Claims(
        sub=f"brezza-{person.phone}",
        exp=int(moment()) + PASS_LASTS,
        aud=found.channel,
        name=person.name,
        email=person.email,
        phone=f"+{person.phone}",
    )
    return Answer.json({"token": passes.word_for(claims, key=found.jwt_secret)})


def _shop(call: Call, world: World) -> Shop:
    found = world.shops.get(call.places["channel"])
    if found is None:
        raise Refused(Answer.json({"error": "no such shop: register it first"}, status=404))
    return found


# --- pages ----------------------------------------------------------------


def _page(name: str, call: Call, may: str, **values: str) -> Answer:
    language = _language(call)
    told = words(language)
    text = Template((STATIC / name).read_text("utf-8")).substitute(
        {key: _escaped(value) for key, value in {**told, **values}.items()},
        language=language,
        other=next(each for each in LANGUAGES if each != language),
        words=_for_script(told),
    )
    headers = {**SAFE, "content-security-policy": may, "vary": "accept-language"}
    return Answer(200, text.encode(), "text/html; charset=utf-8", headers)


def _language(call: Call) -> str:
    """As the address says, else as the browser prefers."""
    asked = call.query.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return "it" if call.headers.get("accept-language", "").lower().startswith("it") else "en"


def _escaped(text: str) -> str:
    for mark, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(mark, written)
    return text


def _for_script(told: dict[str, str]) -> str:
    """JSON that cannot end the script element it stands in."""
    return msgspec.json.encode(told).decode().replace("<", "\\u003c")
