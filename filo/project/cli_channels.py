"""`filo channels`: what is connected."""

from __future__ import annotations

import typer

from filo.core import db, home
from filo.core.ids import public
from filo.core.sql import statements
from filo.project.ground import database, show

app = typer.Typer(no_args_is_help=True, help="What is connected, and how it does.")
_statement = statements("filo.project")


@app.command(name="list")
def list_() -> None:
    """Print one line a channel: id, kind, state, name, address for the provider."""
    with database(), db.connect(name="filo channels") as connection:
        for number, kind, name, state in connection.execute(_statement("channels")):
            channel = public("chn", number)
            show(f"{channel}  {kind:<10} {state:<10} {name}  {home.origin()}/hooks/{channel}")
