"""What the emulated providers know: numbers, phones, files, peers. In memory; one file may keep
the registrations, so that a restart of the emulators forgets no channel."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
from msgspec import Struct, field

from filo.core import clock
from filo.emulators.accounts import Account, Accounts

if TYPE_CHECKING:
    from filo.emulators.mail_office import PostOffice


class Options(Struct):
    """How unruly Meta is about one number."""

    duplicates: int = 0  # how often each webhook is sent again
    out_of_order: bool = False  # reports come in reverse
    skip_delivered: bool = False
    reads: bool = False  # the customer reads at once
    conversation: bool = False  # as before v24: statuses name a conversation
    pair_burst: int = 0  # how many messages in a row one person may get (Meta: 45); 0: any
    window: bool = False  # refuse after 24 hours without a word of the customer


class Number(Struct):
    """A business's number at Meta, and where its webhooks go."""

    phone_number_id: str
    access_token: str
    app_secret: str
    waba_id: str = "1"
    hook: str = ""
    display: str = "390200000000"
    options: Options = field(default_factory=Options)
    next: list[str] = []  # what goes wrong with the next sends: an error code or a whim
    templates: list[dict[str, Any]] = []  # as Meta lists them
    subscribed: bool = True  # is the account told of anything at all?


class Person(Struct):
    """A customer with a phone."""

    phone: str  # digits, as Meta writes them
    name: str = ""
    username: str = ""
    bsuid: str = ""
    email: str = ""


class Line(Struct):
    """One message in a phone's thread; `content` is Meta's object for its type."""

    id: str
    out: bool  # written by the business
    at: float
    type: str
    content: dict[str, Any]
    answers: str = ""
    ref: str = ""  # the business's own reference
    state: str = ""  # of what the business wrote: accepted, sent, delivered, read, failed
    seen: bool = False  # the business has read it
    reaction: str = ""
    withdrawn: bool = False


class Phone(Struct):
    """One customer's thread with one number."""

    lines: list[Line] = []
    typing_until: float = 0.0


class File(Struct):
    id: str
    mime: str
    body: bytes
    name: str = ""
    said_at: float = 0.0

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


class Parcel(Struct):
    """One delivery to the http peer: `arrivals` counts repeats of the same webhook-id."""

    id: str
    webhook_id: str
    body: dict[str, Any]
    at: float
    arrivals: int = 1


class Peer(Struct):
    """A system attached by the `http` connector."""

    name: str
    secret: str
    hook: str = ""
    next: list[str] = []
    parcels: list[Parcel] = []
    forged: int = 0


class Shop(Struct):
    """A web shop whose pages carry the widget of one `webchat` channel."""

    channel: str
    house: str  # where the widget comes from
    jwt_secret: str = ""  # with it the shop's server says who is logged in


class Kept(Struct):
    """What survives a restart."""

    numbers: list[Number] = []
    people: list[Person] = []
    peers: list[Peer] = []
    shops: list[Shop] = []
    accounts: list[Account] = []


class World:
    """Everything there is. One process, one thread: no locks."""

    def __init__(self, keep_in: Path | None = None) -> None:
        self.numbers: dict[str, Number] = {}
        self.people: dict[str, Person] = {}
        self.phones: dict[tuple[str, str], Phone] = {}
        self.files: dict[str, File] = {}
        self.peers: dict[str, Peer] = {}
        self.shops: dict[str, Shop] = {}
        self.accounts = Accounts()
        self.rooms: dict[tuple[str, str], Any] = {}  # what a player keeps running: kind, account
        self.post: PostOffice | None = None
        self._keep_in = keep_in
        self._count = 0
        self._web: httpx.AsyncClient | None = None
        self._errands: set[asyncio.Task[None]] = set()
        self._load()

    # --- people and their phones ------------------------------------------

    def person(self, phone: str, *, name: str = "") -> Person:
        """The person of this number; made up when nobody has it yet."""
        digits = phone.removeprefix("+")
        if digits not in self.people:
            self.people[digits] = Person(digits, name or f"+{digits}", bsuid=bsuid_of(digits))
            self.keep()
        known = self.people[digits]
        if name and known.name != name:
            known.name = name
            self.keep()
        return known

    def addressed(self, *, to: str, recipient: str) -> Person | None:
        """Whom a business means, by number or by business-scoped id."""
        if to:
            return self.person(to)
        return next((each for each in self.people.values() if each.bsuid == recipient), None)

    def phone(self, number: str, person: Person) -> Phone:
        return self.phones.setdefault((number, person.phone), Phone())

    def line(self, number: str, id: str) -> Line | None:
        """A message by its id, in any phone of this number."""
        phones = (phone for (of, _), phone in self.phones.items() if of == number)
        return next((line for phone in phones for line in phone.lines if line.id == id), None)

    def new_id(self, mark: str) -> str:
        self._count += 1
        return f"{mark}{int(moment() * 1e6):x}{self._count:04x}"

    # --- errands: what happens by itself, a little later ------------------

    def later(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def settle(self) -> None:
        """Wait until nothing more is under way."""
        while self._errands:
            await asyncio.gather(*self._errands, return_exceptions=True)

    @property
    def web(self) -> httpx.AsyncClient:
        """The pool through which the providers call their customers' webhooks."""
        if self._web is None:
            self._web = httpx.AsyncClient(timeout=20, trust_env=False)
        return self._web

    async def close(self) -> None:
        for errand in self._errands:
            errand.cancel()
        if self._web is not None:
            await self._web.aclose()

    # --- memory -----------------------------------------------------------

    def keep(self) -> None:
        if self._keep_in is None:
            return
        peers = [msgspec.structs.replace(each, parcels=[]) for each in self.peers.values()]
        shops = list(self.shops.values())
        accounts = [one for kind in self.accounts.accounts.values() for one in kind.values()]
        people = list(self.people.values())
        kept = Kept(list(self.numbers.values()), people, peers, shops, accounts)
        draft = self._keep_in.with_suffix(".new")
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_bytes(msgspec.json.encode(kept))
        draft.replace(self._keep_in)

    def _load(self) -> None:
        if self._keep_in is None or not self._keep_in.exists():
            return
        kept = msgspec.json.decode(self._keep_in.read_bytes(), type=Kept)
        self.numbers = {each.phone_number_id: each for each in kept.numbers}
        self.people = {each.phone: each for each in kept.people}
        self.peers = {each.name: each for each in kept.peers}
        self.shops = {each.channel: each for each in kept.shops}
        for account in kept.accounts:
            self.accounts.of(account.kind)[account.name] = account


def bsuid_of(phone: str) -> str:
    """A made-up business-scoped id, the same for the same phone."""
    return f"IT.{int(hashlib.sha256(phone.encode()).hexdigest()[:16], 16)}"


def moment() -> float:
    return clock.now().timestamp()
