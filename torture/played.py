"""Every provider that is played takes part: people act on their devices, the player calls us.

Where there is a public side, people write there too, each kind by its own act. Google calls nobody
and is asked every five minutes: here somebody brings us each new review, signed, as its guide says.
What a person wrote is known by its words: each provider makes ids of its own. A word that was not
taken is said again in other words, since it may have arrived all the same.
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
import sys
from collections import Counter
from collections.abc import Mapping

import httpx
import msgspec
import uvicorn

from filo.channels import registry
from filo.channels.kit import signature
from filo.core.db import Connection
from filo.core.ids import public
from filo.emulators.accounts import Account, Deed, Opens
from filo.emulators.players import players
from filo.emulators.server import Emulators
from filo.emulators.web import Refused
from filo.emulators.world import World
from filo.project.sample import played as sample

CHATS = ("webchat", "app", "counter")  # all speak as our own panel does: visitors use them here
AT_ONCE = 6
PEOPLE = 40
PATIENT = 50  # tries before it is said aloud
WHIMS = ("429:1", "500", "503", "lose")
TROUBLED = 0.06  # share of the providers' calls that meet a whim
# A limit of a quarter of an hour ends no run: the rule stays, its clock goes faster.
HURRIED: dict[str, object] = {"quarter": 20}
# How people write in public, and what X wants in such words for us to hear of them.
IN_PUBLIC = {"facebook_page": "comment", "instagram": "comment", "reviews": "review", "x": "post"}
NAMED = {"x": "@brezza "}
ANSWERED = re.compile(r"risposta a [\w.:|=+/@-]+")
STORED = """
SELECT parts->0->>'text', min(provider_id), count(*) FROM conversations_message
WHERE direction = 'in' AND channel_id = ANY(%s) GROUP BY 1
"""
NEW = """
SELECT id, provider_id, parts->0->>'text' FROM conversations_message
WHERE direction = 'in' AND channel_id = ANY(%s) AND id > %s ORDER BY id
"""
SENT = """
SELECT d.id, m.parts->0->>'text' FROM conversations_delivery AS d
JOIN conversations_message AS m ON m.id = d.message_id WHERE d.channel_id = ANY(%s)
"""


class _Told(msgspec.Struct):
    """What a player answers to a person's act."""

    hook: int = 0
    id: str = ""


class Channel(msgspec.Struct, frozen=True):
    """A connected channel of a played kind: its number in the database and its settings."""

    id: int
    kind: str
    settings: dict[str, str]

    @property
    def ways(self) -> list[Way]:
        """In private and in public, as far as there is both."""
        act = IN_PUBLIC.get(self.kind, "")
        only = registry.card_of(self.kind, self.settings).can.public
        return [Way(self)] * (not only) + [Way(self, act)] * bool(act)


class Way(msgspec.Struct, frozen=True):
    """How people reach a channel: in private, or by the act that the public side takes."""

    channel: Channel
    act: str = ""

    @property
    def name(self) -> str:
        return f"{self.channel.kind} {self.act}".strip()

    def deed(self, person: str, text: str) -> Deed:
        name = f"Persona {person}"
        return Deed(name, act=self.act, values={"text": text}) if self.act else Deed(name, text)


class Count(msgspec.Struct, frozen=True):
    """`lost`: thanked but not there. `doubled`: one act, there more than once."""

    accepted: int
    stored: int
    lost: int
    doubled: int


class Played:
    """The town of a run. `accepted` are the words for which a hook said 200."""

    def __init__(self, *, seed: int) -> None:
        self.world = World()
        self.chance = random.Random(f"played:{seed}")  # noqa: S311 -- a reproducible run
        self.channels: list[Channel] = []
        self.ways: list[Way] = []
        self.left: asyncio.Queue[int] = asyncio.Queue()
        self.under_way: dict[int, str] = {}  # number -> what is being said
        self.accepted: set[str] = set()
        self.by_kind: Counter[str] = Counter()
        self.repeats = 0
        self.url = ""
        self._last = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(
            uvicorn.Config(Emulators(self.world), log_level="error", timeout_graceful_shutdown=0)
        )
        self._serving: asyncio.Task[None] | None = None

    # --- before -----------------------------------------------------------

    async def open(self) -> None:
        self._serving = asyncio.create_task(self._server._serve([self._listener]))
        while not self._server.started:  # noqa: ASYNC110 -- uvicorn rings no bell
            await asyncio.sleep(0.01)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def settings(self) -> dict[str, dict[str, str]]:
        """What the channels of a run are connected with, by their kinds."""
        keys: dict[str, str] = {}
        # Devices that must be looked at stay out: nobody holds a phone here.
        held = [kind for kind in sample.kinds() if not isinstance(players()[kind], Opens)]
        return {kind: sample.settings(kind, town=self.url, keys=keys) for kind in held}

    def register(self, channels: list[Channel], hooks: str) -> None:
        """Tell each provider where it calls us."""
        self.channels = channels
        self.ways = [way for channel in channels for way in channel.ways]
        for channel in channels:
            name = sample.account(channel.kind, channel.settings)
            account = Account(channel.kind, name, channel.settings)
            account.hook = f"{hooks}/{public('chn', channel.id)}"
            account.options = dict(sample.row(channel.kind).options) | HURRIED
            self.world.accounts.of(channel.kind)[name] = account

    def expect(self, numbers: list[int]) -> None:
        for number in numbers:
            self.left.put_nowait(number)

    # --- meanwhile --------------------------------------------------------

    def undone(self) -> list[str]:
        """What people still want to say, and to whom it does not get through."""
        waiting = self.left.qsize() + len(self.under_way)
        return [f"acts {waiting}: {sorted(self.under_way.values())}"] if waiting else []

    async def write(self) -> None:
        """Several people at once, until cancelled."""
        await asyncio.gather(*[self._act() for _ in range(AT_ONCE)])

    async def _act(self) -> None:
        while True:
            number = await self.left.get()
            way = self.chance.choice(self.ways)
            self.under_way[number] = way.name
            await self._until_thanked(number, way)
            del self.under_way[number]

    async def _until_thanked(self, number: int, way: Way) -> None:
        words = f"{NAMED.get(way.channel.kind, '') if way.act else ''}messaggio {number}"
        for attempt in range(10_000):
            text = words + (f".{attempt}" if attempt else "")
            if await self._is_thanked(way, f"39333{number % PEOPLE:07}", text):
                self.accepted.add(text)
                self.by_kind[way.name] += 1
                return
            self.repeats += 1
            if attempt == PATIENT:
                print(f"{way.name} does not get through: {text}", file=sys.stderr)  # noqa: T201
            await asyncio.sleep(0.1 + self.chance.random() * 0.4)

    async def _is_thanked(self, way: Way, person: str, text: str) -> bool:
        account = next(iter(self.world.accounts.of(way.channel.kind).values()))
        if self.chance.random() < TROUBLED:
            account.next.append(self.chance.choice(WHIMS))
        deed = way.deed(person, text)
        try:
            told = await players()[account.kind].act(self.world, account, person, deed)
        except Refused as refused:
            told = refused.answer
        answer = msgspec.json.decode(told.body or b"{}", type=_Told)
        if registry.connector(account.kind).card.feeds_every:
            return await self._is_brought(account, answer.id)
        return answer.hook == 200

    async def _is_brought(self, account: Account, id_: str) -> bool:
        """What the provider keeps of it, signed by whoever brings it."""
        page = {"reviews": [account.state["reviews"][id_]]}
        body = msgspec.json.encode(page)
        signed = signature(key=account.settings["push_secret"], body=body)
        headers = {"x-filo-signature": signed}
        try:
            reply = await self.world.web.post(account.hook, content=body, headers=headers)
        except httpx.TransportError:
            return False
        return reply.status_code == 200

    def calm(self) -> None:
        """No more whims: what is left is finished."""
        self.chance.random = lambda: 1.0  # type: ignore[method-assign]
        for kind in self.world.accounts.accounts.values():
            for account in kind.values():
                account.next.clear()

    def news(self, connection: Connection) -> list[str]:
        """The provider's ids of what came since."""
        rows = connection.execute(NEW, [self.ids, self._last]).fetchall()
        if rows:
            self._last = rows[-1][0]
        return [str(id_) for _, id_, text in rows if text in self.accepted]

    # --- after ------------------------------------------------------------

    async def close(self) -> None:
        await self.world.close()
        self._server.should_exit = True
        if self._serving:
            await self._serving
        self._listener.close()

    def count(self, connection: Connection) -> Count:
        rows = connection.execute(STORED, [self.ids]).fetchall()
        stored = {str(text): int(many) for text, _, many in rows}
        return Count(
            accepted=len(self.accepted),
            stored=len({text.partition(".")[0] for text in stored}),
            lost=len(self.accepted - set(stored)),
            doubled=sum(many - 1 for many in stored.values()),
        )

    def visible(self, connection: Connection) -> Counter[str]:
        """How often each delivery stands on a device."""
        shown = self._shown()
        rows = connection.execute(SENT, [self.ids]).fetchall()
        return Counter({public("dlv", id_): shown[text] for id_, text in rows if shown[text]})

    def shown_by_kind(self) -> dict[str, int]:
        """Answers that stand on devices, and in public."""
        talks = self.world.accounts.talks.items()
        shown = ((kind, bubble) for (kind, _, _), talk in talks for bubble in talk.bubbles)
        found = ((kind, bubble) for kind, bubble in shown if _answers(bubble.content))
        return dict(Counter(f"{kind} in public" * one.public or kind for kind, one in found))

    def _shown(self) -> Counter[str]:
        talks = self.world.accounts.talks.values()
        bubbles = (bubble for talk in talks for bubble in talk.bubbles if bubble.out)
        return Counter(found for bubble in bubbles for found in _answers(bubble.content))

    @property
    def ids(self) -> list[int]:
        return [channel.id for channel in self.channels]


def _answers(content: Mapping[str, object]) -> list[str]:
    return ANSWERED.findall(msgspec.json.encode(content).decode())
