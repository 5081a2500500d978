"""`filo token`: keys for programs."""

from __future__ import annotations

from typing import Annotated

import typer

from filo.project.ground import ground, say, show

app = typer.Typer(no_args_is_help=True, help="Keys for programs: the API's and the metrics'.")


@app.command()
def create(
    staff: Annotated[str, typer.Option(help="The e-mail address of whom the token acts for.")],
) -> None:
    """Print a new bearer token of the API. It is shown once: only its digest is kept."""
    from filo.core import db

    with ground(), db.connect(name="filo token") as connection, connection.cursor() as cur:
        from filo.staff.operations import create_token
        from filo.staff.types import NoSuchPerson

        try:
            show(create_token(cur, staff))
        except NoSuchPerson as problem:
            say(str(problem))
            raise typer.Exit(1) from None


@app.command()
def metrics() -> None:
    """Print the token that `/metrics` asks for."""
    from filo.project.metrics import token

    show(token())
