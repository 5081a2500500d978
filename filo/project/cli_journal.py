"""`filo journal`: what came in and was not understood."""

from __future__ import annotations

from typing import Annotated

import typer

from filo.core import db
from filo.core.ids import number, public
from filo.core.sql import statements
from filo.intake import operations
from filo.project.ground import database, say, show
from filo.staff.types import Scope

app = typer.Typer(no_args_is_help=True, help="What came in, raw; what could not be read; replay.")
_statement = statements("filo.project")
# One command, one statement: for more, say it again.
MOST = 10_000
# Whoever sits at the console has the key file.
CONSOLE = Scope(staff=0, name="Filo", email="", role="admin", teams=())


@app.command()
def unread(limit: Annotated[int, typer.Option(help="At most so many lines.")] = 50) -> None:
    """Print the calls that could not be read, the newest first."""
    with database(), db.connect(name="filo journal") as connection:
        for row, channel, at, reason in connection.execute(_statement("unread"), [limit]):
            show(f"{public('jrn', row)}  {public('chn', channel)}  {at:%F %T}  {reason}")


@app.command()
def replay(
    ids: Annotated[list[str] | None, typer.Argument(help="Journal ids (jrn_…).")] = None,
    unread: Annotated[bool, typer.Option("--unread", help="All that could not be read.")] = False,
) -> None:
    """Read calls again, after a connector was mended. What is known already changes nothing."""
    if not ids and not unread:
        say("Name journal ids, or say --unread.")
        raise typer.Exit(2)
    chosen = [number("jrn", one) for one in ids or []]
    with database(), db.connect(name="filo journal") as connection:
        if unread:
            chosen = [row[0] for row in connection.execute(_statement("unread"), [MOST])]
        count = operations.replay(connection.cursor(), CONSOLE, chosen)
        show(f"{count} to read again; the pipeline takes them within seconds")
