"""Old state and events give the new state: what a desk shows is never behind what it was told.

Each operation has a trace here, or a line that says why no desk need hear of it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType

import pytest

from filo.channels import operations as channels
from filo.channels import queries, registry
from filo.channels.contract import Announced, Approved, Handle, Moderation, Text, Welcomes
from filo.conversations import late_files, operations
from filo.core import clock, db, media
from filo.core.ids import public
from filo.customers import operations as customers
from filo.live.operations import render_with
from filo.project.wiring import introduce
from filo.staff.operations import let_answer_in_public, switch_off, switch_on
from filo.staff.queries import scope
from filo.staff.types import Scope
from tests.faults.desk import Desk
from tests.world import World

HELLO = [Text("Buongiorno.")]
Trace = Callable[[World, int], Iterator[None]]
TRACES: dict[str, Trace] = {}
SILENT = {
    "draft": "asks",
    "save_draft": "one's own; the page that wrote it shows it",
    "upload": "shown when it is sent",
    "sweep_uploads": "nobody has sent them",
    "forget_early": "nobody was shown them",
    "lock": "changes nothing",
    "move": "how far a mailbox was read",
    "settled": "asks",
    "seal_again": "the same settings under another key",
    "keep_templates": "the picker asks when it is opened; the settings are no live page",
    "not_listed": "the settings say why, and are no live page",
    "enrol": "no page shows devices",
    "dismiss": "no page shows devices",
    "forget_device": "no page shows devices",
    "rouse": "no page shows devices",
    "to_wake": "no page shows devices",
    "wake_later": "no page shows devices",
    "looked_up": "for the log of changes, which is no live page",
    "keep_draft": "the settings are no live page",
    "finish_draft": "the settings are no live page",
    "drop_draft": "the settings are no live page",
    "tick": "the settings are no live page",
    "keep_hops": "the settings are no live page",
    "guard_public_with": "who is asked before; writes nothing",
}
SETTINGS = {"connect", "change", "switch", "mark", "announced", "want_templates", "choose_neutral"}


def trace(named: Trace) -> Trace:
    """Up to its `yield` a trace prepares; what follows is told to a desk that is open by then."""
    TRACES[named.__name__.removesuffix("_")] = named
    return named


@pytest.fixture
def drawn() -> Iterator[None]:
    before = render_with(None)
    introduce()
    yield
    render_with(before)


def told(world: World, type_: str, message: str, **more: object) -> None:
    """The provider reports, or the customer changes something."""
    world.count += 1
    event = {"type": type_, "id": f"x{world.count}", "at": "2026-11-22T12:00:00Z", **more}
    world.events({"from": {"id": "ada"}, "message": message, **event})
    world.read_all()


def answer(world: World, case: int, **more: object) -> tuple[int, str]:
    world.count += 1
    client = f"c{world.count}"
    world.act(operations.reply, world.dora, case, HELLO, client_id=client, **more)
    message, delivery = world.rows(
        "SELECT message_id, id FROM conversations_delivery ORDER BY id DESC LIMIT 1"
    )[0]
    return int(str(message)), public("dlv", int(str(delivery)))


def last(world: World) -> str:
    """The provider's id of Ada's newest words."""
    return f"m{world.count}"


@trace
def take(world: World, case: int) -> Iterator[None]:
    yield
    world.act(operations.take, world.dora, case)


@trace
def release(world: World, case: int) -> Iterator[None]:
    world.act(operations.take, world.dora, case)
    yield
    world.act(operations.release, world.dora, case)


@trace
def assign(world: World, case: int) -> Iterator[None]:
    world.act(operations.take, world.dora, case)
    yield
    world.act(operations.assign, world.dora, case, world.enzo.staff)


@trace
def release_absent(world: World, case: int) -> Iterator[None]:
    world.act(operations.take, world.enzo, case)
    world.act(switch_off, world.enzo.staff)
    yield
    world.act(operations.release_absent)
    world.act(switch_on, world.enzo.staff)


@trace
def snooze(world: World, case: int) -> Iterator[None]:
    yield
    world.act(operations.snooze, world.dora, case, clock.now() + timedelta(hours=1))


@trace
def wake(world: World, case: int) -> Iterator[None]:
    world.act(operations.snooze, world.dora, case, clock.now() + timedelta(hours=1))
    yield
    world.act(operations.wake, at=clock.now() + timedelta(hours=2))


@trace
def solve(world: World, case: int) -> Iterator[None]:
    yield
    world.act(operations.solve, world.dora, case)


@trace
def reopen(world: World, case: int) -> Iterator[None]:
    world.act(operations.snooze, world.dora, case, clock.now() + timedelta(hours=1))
    yield
    world.act(operations.reopen, world.dora, case)


@trace
def move_case(world: World, case: int) -> Iterator[None]:
    yield
    world.act(operations.move, world.dora, case, world.elsewhere)


@trace
def mark_read(world: World, case: int) -> Iterator[None]:
    yield
    world.act(operations.mark_read, world.dora, case)


@trace
def note(world: World, case: int) -> Iterator[None]:
    yield
    world.act(operations.note, world.dora, case, "Attenzione", client_id="note")


@trace
def reply(world: World, case: int) -> Iterator[None]:
    yield
    answer(world, case)


@trace
def recall(world: World, case: int) -> Iterator[None]:
    message, _ = answer(world, case, hold=timedelta(seconds=10))
    yield
    world.act(operations.recall, world.dora, message)


@trace
def retry(world: World, case: int) -> Iterator[None]:
    _, delivery = answer(world, case)
    told(world, "reported", delivery, state="failed", reason="other")
    (number,) = world.rows("SELECT max(id) FROM conversations_delivery")[0]
    yield
    world.act(operations.retry, world.dora, number)


@trace
def settle(world: World, case: int) -> Iterator[None]:
    answer(world, case)
    (number,) = world.rows(
        "UPDATE conversations_delivery SET state = 'uncertain'"
        " WHERE id = (SELECT max(id) FROM conversations_delivery) RETURNING id"
    )[0]
    yield
    world.act(operations.settle, world.dora, number, sent=True)


@trace
def receive(world: World, case: int) -> Iterator[None]:
    yield
    world.writes("ada", "Ci siete?")


@trace
def receive_after_solved(world: World, case: int) -> Iterator[None]:
    world.act(operations.solve, world.dora, case)
    yield
    world.writes("ada", "Ancora io")


@trace
def reports(world: World, case: int) -> Iterator[None]:
    _, delivery = answer(world, case)
    yield
    told(world, "reported", delivery, state="delivered")
    told(world, "reported", delivery, state="read")


@trace
def edited(world: World, case: int) -> Iterator[None]:
    yield
    told(world, "edited", last(world), parts=[{"type": "text", "text": "blu"}])


@trace
def withdrawn(world: World, case: int) -> Iterator[None]:
    yield
    told(world, "withdrew", last(world))


@trace
def reacted(world: World, case: int) -> Iterator[None]:
    yield
    told(world, "reacted", last(world), emoji="👍")


@trace
def ripen(world: World, case: int) -> Iterator[None]:
    told(world, "edited", "never-came", parts=[{"type": "text", "text": "blu"}])
    yield
    world.act(operations.ripen, at=clock.now() + timedelta(minutes=2))


@trace
def completed(world: World, case: int) -> Iterator[None]:
    told(world, "edited", "came-late", parts=[{"type": "text", "text": "blu"}])
    world.act(operations.ripen, at=clock.now() + timedelta(minutes=2))
    yield
    world.events(world.said("came-late", "ada", "nera") | {"answers": "m1"})
    world.read_all()


@trace
def answered_at_last(world: World, case: int) -> Iterator[None]:
    world.events(world.said("answer", "ada", "sì") | {"answers": "question"})
    world.read_all()
    yield
    world.events(world.said("question", "ada", "domanda?"))
    world.read_all()


def commented(world: World) -> tuple[int, int]:
    """Ada says something where everyone reads it, and Dora may answer there: case and message."""
    world.act(channels.change, world.channel, settings={"privately": "604800"})
    world.act(let_answer_in_public, world.dora.staff, allowed=True)
    world.dora = world.ask(scope, world.dora.staff)
    world.count += 1
    post = {"id": "p1", "url": "https://brezza.example/p/1", "text": "Nuovo volo!"}
    said = world.said(f"m{world.count}", "ada", "In coda da due ore")
    world.events(said | {"public": True, "post": post})
    world.read_all()
    found = "SELECT case_id, id FROM conversations_message ORDER BY id DESC LIMIT 1"
    case, message = world.rows(found)[0]
    return int(str(case)), int(str(message))


@trace
def reply_in_public(world: World, case: int) -> Iterator[None]:
    case, _ = commented(world)
    yield
    world.act(operations.reply_in_public, world.dora, case, HELLO, client_id="openly")


@trace
def take_up(world: World, case: int) -> Iterator[None]:
    case, about = commented(world)
    yield
    world.act(operations.take_up, world.dora, case, HELLO, client_id="privately", about=about)


@trace
def take_up_and_recall(world: World, case: int) -> Iterator[None]:
    case, about = commented(world)
    more = {"client_id": "undone", "about": about, "hold": timedelta(seconds=10)}
    world.act(operations.take_up, world.dora, case, HELLO, **more)
    (message,) = world.rows("SELECT max(id) FROM conversations_message")[0]
    yield
    world.act(operations.recall, world.dora, message)


@trace
def moderate(world: World, case: int) -> Iterator[None]:
    _, message = commented(world)
    yield
    world.act(operations.moderate, world.dora, message, Moderation.HIDE)


@trace
def tell(world: World, case: int) -> Iterator[None]:
    (identity,) = world.rows("SELECT id FROM customers_identity WHERE value = 'ada'")[0]
    road = {"identity": identity, "channel": world.channel}
    yield
    world.act(operations.tell, case, HELLO, client_id="notice", **road)


@trace
def agree(world: World, case: int) -> Iterator[None]:
    made = world.act(channels.connect, "counter", "Via Dante", world.team, {"place": "Via Dante"})
    shop = world.ask(queries.one, made)
    counter = registry.connector(shop.kind)
    assert isinstance(counter, Welcomes)
    (who,) = world.rows("SELECT customer_id FROM conversations_case WHERE id = %s", case)[0]
    yield
    world.act(
        operations.agree,
        world.dora,
        who,
        channel=shop,
        visited=lambda them, mark, at: counter.visited(them, shop.settings, id=mark, at=at),
        text="Domani in albergo.",
        client_id="agreed",
    )


@trace
def attachment(world: World, case: int) -> Iterator[None]:
    for name in ("one", "two"):
        said = world.said(f"file-{name}-{case}", "ada", "")
        url = f"https://peer.example/{name}.pdf"
        part = {"type": "media", "mime": "application/pdf", "url": url, "name": f"{name}.pdf"}
        world.events(said | {"parts": [part]})
    world.read_all()
    yield
    with db.connect(name="test fetcher") as own:
        one, two = late_files.take(own.cursor(), most=2, at=clock.now())
        kept = media.Kept("0" * 64, 7, "application/pdf", "one.pdf")
        late_files.settle(world.connection.cursor(), one, kept)
        late_files.refuse(world.connection.cursor(), two, code="too_big")


@trace
def recognise(world: World, case: int) -> Iterator[None]:
    yield
    shown = Handle(world.space, "ada", "Ada", also=(("phone", "+393331234567"),))
    world.act(customers.recognise, [shown])


@trace
def rename(world: World, case: int) -> Iterator[None]:
    (who,) = world.rows("SELECT customer_id FROM conversations_case WHERE id = %s", case)[0]
    yield
    world.act(customers.rename, who, "Ada Lovelace")


@trace
def block(world: World, case: int) -> Iterator[None]:
    (identity,) = world.rows("SELECT id FROM customers_identity WHERE value = 'ada'")[0]
    yield
    world.act(customers.block, [(identity, True)])


@trace
def block_no_more(world: World, case: int) -> Iterator[None]:
    (identity,) = world.rows("SELECT id FROM customers_identity WHERE value = 'ada'")[0]
    world.act(customers.block, [(identity, True)])
    yield
    world.act(customers.block, [(identity, False)])


@trace
def connect(world: World, case: int) -> Iterator[None]:
    yield
    settings = {"secret": "t" * 32, "deliver_to": "http://127.0.0.1:9/"}
    world.act(channels.connect, "http", "Altro", world.team, settings)


@trace
def change(world: World, case: int) -> Iterator[None]:
    yield
    world.act(channels.change, world.channel, name="Sportello")


@trace
def switch(world: World, case: int) -> Iterator[None]:
    yield
    world.act(channels.switch, world.channel, False)
    world.act(channels.switch, world.channel, True)


@trace
def mark(world: World, case: int) -> Iterator[None]:
    yield
    world.act(channels.mark, world.channel, state="needs_you", reason="token")
    world.act(channels.mark, world.channel, state="ok")


@trace
def announced(world: World, case: int) -> Iterator[None]:
    yield
    for what in ("revoked", "restored"):
        news = Announced(f"{what}-{case}", what, clock.now())
        world.act(channels.announced, [(world.channel, news)])


@trace
def want_templates(world: World, case: int) -> Iterator[None]:
    yield
    world.act(channels.want_templates, world.channel)


@trace
def choose_neutral(world: World, case: int) -> Iterator[None]:
    ready = Approved("ready", "it", "approved", body="La risposta è pronta.")
    world.act(channels.keep_templates, world.channel, [ready], at=clock.now())
    yield
    world.act(channels.choose_neutral, world.channel, "ready", neutral=True)


def readers(world: World, boss: Scope, name: str) -> list[Scope]:
    """Settings of channels are told to administrators; all else to whoever reads the customer."""
    return [boss] if name in SETTINGS else [boss, world.dora]


def test_old_state_and_events_give_what_a_fresh_page_shows(world: World, drawn: None) -> None:
    boss = world.act(world.hire, "boss@brezza.example", "Boss", role="admin")
    for name, played in TRACES.items():
        case = world.writes("ada", "Ciao")
        (who,) = world.rows("SELECT customer_id FROM conversations_case WHERE id = %s", case)[0]
        part = played(world, case)
        next(part)
        cur = world.connection.cursor()
        desks = [Desk(cur, one, public("cus", int(str(who)))) for one in readers(world, boss, name)]
        next(part, None)
        for desk in desks:
            desk.hear()
            assert desk.told, f"{name}: nothing was told"
            for stale, fresh in desk.differences():
                assert stale == fresh, name
        world.act(operations.move, boss, case, world.team)


@pytest.mark.parametrize("door", [operations, customers, channels], ids=lambda door: door.__name__)
def test_every_operation_has_a_trace_or_a_reason(door: ModuleType) -> None:
    offered = getattr(door, "__all__", None) or [
        name
        for name, deed in inspect.getmembers(door, inspect.isfunction)
        if deed.__module__ == door.__name__ and not name.startswith("_")
    ]
    traced = {*TRACES, *SILENT, "move"}

    assert not [name for name in offered if name not in traced]
