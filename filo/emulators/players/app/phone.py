"""A customer's phone with the company's own app: in front it listens, closed it can be woken.

The phone's address at its push service is grown from whose it is, so that a restart of the town
loses nobody.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from filo.core import passes
from filo.emulators.players.app.client import Client, Refused
from filo.emulators.players.app.drawing import bubbles
from filo.emulators.web import Answer
from filo.emulators.web import Refused as Refusal
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from filo.emulators.accounts import Account

KIND = "app"
PLATFORMS = ("apns", "fcm", "web")
PASS_LASTS = 3000  # seconds
CLOSES_AFTER = 60.0  # seconds that nobody looked: the phone is locked
MOST_NOTICES = 3
CURVE = ec.SECP256R1()


@dataclass
class Phone:
    """One person's phone. `gone`: the app was deleted there, and its address is dead."""

    client: Client
    person: str
    platform: str
    address: str
    name: str = ""
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)
    outbox: dict[str, dict[str, Any]] = field(default_factory=dict)  # by client id: not yet there
    notices: list[dict[str, Any]] = field(default_factory=list)
    front_at: float = 0.0
    listening: asyncio.Task[None] | None = None
    enrolled: bool = False
    gone: bool = False

    @property
    def seed(self) -> bytes:
        return hashlib.sha256(f"{KIND} {self.address}".encode()).digest()

    @property
    def private(self) -> ec.EllipticCurvePrivateKey:
        """What a browser keeps for itself of its subscription."""
        return ec.derive_private_key(int.from_bytes(self.seed) >> 1, CURVE)

    @property
    def device(self) -> dict[str, Any]:
        """As it is registered."""
        told: dict[str, Any] = {"platform": self.platform, "address": self.address}
        told |= {"build": "4.2", "language": "it"}
        if self.platform == "web":
            form = (Encoding.X962, PublicFormat.UncompressedPoint)
            point = self.private.public_key().public_bytes(*form)
            told["keys"] = {"p256dh": bare(point), "auth": bare(self.seed[:16])}
        return told


def bare(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


# --- whose phones there are -------------------------------------------------


def phones(world: World, account: Account) -> dict[str, Phone]:
    found: dict[str, Phone] = world.rooms.setdefault((KIND, account.name), {})
    return found


def phone(world: World, account: Account, person: str) -> Phone:
    held = phones(world, account)
    if person not in held:
        house, _, channel = account.hook.partition("/hooks/")
        platform = _platform(account, person)
        address = _address(account, person, platform)
        held[person] = Phone(Client(world.web, house, channel), person, platform, address)
    return held[person]


def _platform(account: Account, person: str) -> str:
    """As the account's options say; else every kind of phone has its owners."""
    wanted = str(account.options.get("platform", ""))
    return wanted or PLATFORMS[int(person[-2:]) % 3 if person.isdigit() else 0]


def _address(account: Account, person: str, platform: str) -> str:
    mark = hashlib.sha256(f"{account.hook} {account.name} {person} {platform}".encode()).hexdigest()
    if platform == "web":
        return f"{account.state.get('origin', '')}/push-service/{mark[:32]}"
    return mark if platform == "apns" else f"{mark[:22]}:APA91b{mark}"


def by_address(world: World, address: str) -> tuple[Account, Phone] | None:
    """Whose phone a push service means; also of somebody whose phone the town has forgotten."""
    for account in world.accounts.of(KIND).values():
        for person in {**dict.fromkeys(phones(world, account)), **dict.fromkeys(world.people)}:
            found = phone(world, account, person)
            if found.address == address:
                return account, found
    return None


def notify(found: Phone, *, tag: str, **notice: Any) -> None:
    """A notice stands on the screen; a newer one of the same tag takes its place."""
    kept = [one for one in found.notices if not tag or one["tag"] != tag]
    found.notices = [*kept, {"tag": tag, "at": moment(), **notice}][-MOST_NOTICES:]


# --- the app in front ---------------------------------------------------------


async def opened(world: World, account: Account, found: Phone) -> None:
    """Somebody looks: the thread is there, and from now on the phone listens."""
    found.front_at = moment()
    found.notices = []
    if found.listening and not found.listening.done():
        return
    await _signed_in(world, account, found)
    await asked(world, account, found, lambda: _taken(world, account, found))
    found.listening = asyncio.get_running_loop().create_task(_listen(world, account, found))


async def closed(found: Phone) -> None:
    """In the pocket: no stream, and nothing but a push wakes it."""
    found.front_at = 0.0
    if found.listening:
        found.listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await found.listening
        found.listening = None


async def asked(
    world: World, account: Account, found: Phone, call: Callable[[], Awaitable[object]]
) -> None:
    """With a fresh pass where the old one is over; what the house refuses is told as it said it."""
    try:
        await _signed_in(world, account, found)
        try:
            await call()
        except Refused as refused:
            if refused.status != httpx.codes.UNAUTHORIZED:
                raise
            found.client.token = ""
            await _signed_in(world, account, found)
            await call()
    except Refused as refused:
        told = {"error": str(refused), "hook": refused.status}
        raise Refusal(Answer.json(told, status=502)) from refused
    except httpx.TransportError as lost:
        told = {"error": f"the house does not answer: {type(lost).__name__}"}
        raise Refusal(Answer.json(told, status=502)) from lost


async def _signed_in(world: World, account: Account, found: Phone) -> None:
    if not found.client.token:
        await found.client.sign_in(_word(world, account, found))
    if not found.enrolled and not found.gone:
        await found.client.enrol(found.device)
        found.enrolled = True


def _word(world: World, account: Account, found: Phone) -> str:
    """What the company's own server signs for whoever is logged in."""
    known = world.people.get(found.person)
    claims = passes.Claims(
        sub=f"brezza-{found.person}",
        exp=int(moment()) + PASS_LASTS,
        aud=found.client.channel,
        name=found.name or (known.name if known else found.person),
        email=known.email if known else None,
        phone=f"+{found.person}" if found.person.isdigit() else None,
    )
    return passes.word_for(claims, key=account.settings.get("jwt_secret", ""))


# --- the thread -----------------------------------------------------------------


async def _listen(world: World, account: Account, found: Phone) -> None:
    """As long as somebody looks. A cut line is taken up again from its cursor."""
    while moment() - found.front_at < CLOSES_AFTER:
        try:
            async with asyncio.timeout(CLOSES_AFTER):
                async for told in found.client.listen():
                    await _heard(world, account, found, told)
        except Refused as refused:
            if refused.status != httpx.codes.UNAUTHORIZED:
                return
            await found.client.sign_in(_word(world, account, found))
        except (httpx.TransportError, TimeoutError):
            await asyncio.sleep(0.2)


async def _heard(world: World, account: Account, found: Phone, told: dict[str, Any]) -> None:
    match told["type"]:
        case "message":
            found.lines[told["line"]["id"]] = told["line"]
            found.outbox.pop(told["line"].get("client_id", ""), None)
        case "read":
            for line in found.lines.values():
                line["state"] = "read" if line["mine"] else line["state"]
        case "hint":
            talk = world.accounts.talk(account, found.person)
            talk.typing_until = moment() + 8 if told.get("on") else 0.0
        case "reset":
            await _taken(world, account, found)
    show(world, account, found)


async def _taken(world: World, account: Account, found: Phone) -> None:
    found.lines = {line["id"]: line for line in await found.client.lines()}
    for line in found.lines.values():
        found.outbox.pop(line.get("client_id", ""), None)
    show(world, account, found)


def show(world: World, account: Account, found: Phone) -> None:
    talk = world.accounts.talk(account, found.person)
    lines = [*(found.lines[id_] for id_ in sorted(found.lines)), *found.outbox.values()]
    talk.bubbles = [one for line in lines for one in bubbles(line)]


def written(found: Phone, command: dict[str, Any]) -> None:
    """What was sent stands there at once."""
    words = [{"type": "text", "text": command["text"]}] if command.get("text") else []
    at = datetime.fromtimestamp(moment(), UTC).isoformat()
    line = {"id": f"~{command['client_id']}", "mine": True, "at": at, "state": "sending"}
    found.outbox[command["client_id"]] = line | {"parts": [*words, *command.get("parts", ())]}


def unread(found: Phone) -> Iterator[str]:
    ours = (line for line in found.lines.values() if not line["mine"] and line["state"] != "read")
    return (ref for line in ours for ref in line["refs"])
