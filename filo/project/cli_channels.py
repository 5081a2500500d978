"""`filo channels`: what is connected, and what could be."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
import typer

from filo.channels import queries, registry
from filo.channels.carrier import Carrier
from filo.channels.contract import Card, name_of
from filo.channels.types import ChannelConfig
from filo.channels.windows import windows
from filo.core import db, home
from filo.core.ids import public
from filo.core.sql import statements
from filo.project.ground import database, show
from filo.project.listing import due, read_templates

app = typer.Typer(no_args_is_help=True, help="What is connected, and how it does.")
_statement = statements("filo.project")


@app.command(name="list")
def list_() -> None:
    """Print one line a channel: id, kind, state, name, address for the provider."""
    with database(), db.connect(name="filo channels") as connection:
        for number, kind, name, state in connection.execute(_statement("channels")):
            channel = public("chn", number)
            show(f"{channel}  {kind:<10} {state:<10} {name}  {home.origin()}/hooks/{channel}")


class Kind(msgspec.Struct, frozen=True):
    """A kind of channel, for programs. `public`: we may speak where strangers read. `window`: for
    how many seconds after the customer's last words anybody may answer freely; null: always."""

    kind: str
    public: bool
    window: int | None
    delivery_class: str
    parts: list[str]


@app.command()
def kinds(json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Print one line a kind: public or private, window, delivery class, parts shown natively."""
    known = [_kind(card) for card in registry.cards()]
    if json:
        show(msgspec.json.format(msgspec.json.encode(known)).decode())
        return
    for one in known:
        place = "public" if one.public else "private"
        window = f"{one.window / 3600:g} h" if one.window else "-"
        told = f"{one.kind:<14} {place:<8} {window:<8} {one.delivery_class:<2}"
        show(f"{told} {' '.join(one.parts)}")


def _kind(card: Card) -> Kind:
    free = [one.lasts for one in windows(card.can) if not (one.by_hand or one.opened_by)]
    return Kind(
        kind=card.kind,
        public=card.can.public or card.can.privately is not None or bool(card.can.moderation),
        window=int(free[0].total_seconds()) if free else None,
        delivery_class=card.delivery.value,
        parts=sorted(map(name_of, card.can.parts)),
    )


@app.command()
def templates(channel: str = typer.Argument(help="Its id, like chn_0000000000001.")) -> None:
    """Ask the provider for its approved templates now, and print them."""
    with database():
        found = due([channel])
        if not found:
            raise typer.BadParameter(f"{channel} is no channel whose provider approves templates.")
        if why := asyncio.run(_read(found[0])):
            show(f"They could not be had: {why}")
            raise typer.Exit(1)
        with db.connect(name="filo channels") as connection:
            for one in queries.templates(connection.cursor(), found[0].id):
                wants = " ".join(one.variables)
                show(f"{one.state:<9} {one.category:<10} {one.language:<6} {one.name}  {wants}")


async def _read(channel: ChannelConfig) -> str:
    async with Carrier(allow_private=home.allow_private()) as carrier:
        return await read_templates(carrier, channel)
