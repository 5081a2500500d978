"""The command `filo`: start the house, and everything that is done to it from a console.

Nothing heavy is imported before a command is chosen: `filo up` stays as small as its supervisor.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from filo.project import cli_backup, cli_channels, cli_journal, cli_key, cli_token
from filo.project.ground import ground, say

app = typer.Typer(
    name="filo",
    help="One customer, one thread, every channel. Commands use the folder FILO_HOME names.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_token.app, name="token")
app.add_typer(cli_channels.app, name="channels")
app.add_typer(cli_journal.app, name="journal")
app.add_typer(cli_key.app, name="key")
app.command()(cli_backup.backup)
app.command()(cli_backup.restore)


@app.command()
def up(
    sample: Annotated[
        bool | None,
        typer.Option(
            "--sample/--no-sample",
            help="Load the sample company into an empty database; start the emulated providers.",
        ),
    ] = None,
) -> None:
    """Start everything under one supervisor, and stay until Ctrl-C.

    The database is the embedded PostgreSQL unless DATABASE_URL names another. PORT (8080) is the
    web's; the next three are the emulators', SMTP and IMAP. All listen on 127.0.0.1 alone.
    """
    from filo.project.supervisor import wants_sample

    # In place of this process: what guards the house for months need not carry a command line.
    words = ["--sample"] if wants_sample(sample) else []
    os.execv(sys.executable, [sys.executable, "-m", "filo.project.supervisor", *words])  # noqa: S606


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema; a new installation also gets its key."""
    from filo.core import home
    from filo.project import collecting, prepare

    prepare.make_key_and_words()
    with ground():
        prepare.migrate()
        if home.production():
            collecting.collect()


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Look for what would hurt in production; the exit code says whether something was found."""
    from filo.project import doctor as surgery

    raise typer.Exit(surgery.examine(as_json=as_json))


@app.command()
def demo() -> None:
    """Load Brezza, the sample airline, into an empty house: people, channels, a week of threads."""
    from filo.project import prepare

    with ground():
        if not prepare.nobody_works_here():
            say("Somebody works here already: the sample company is for an empty house.")
            raise typer.Exit(1)
        from filo.project.sample import load
        from filo.project.sample.secret import password

        if not load():
            say("Not in production: the sample's people have one password that a console printed.")
            raise typer.Exit(1)
        say(f"log in as admin@brezza.example, password {password()}")


@app.command()
def emulate() -> None:
    """Play the providers' side alone: the town, Meta's Graph API, a mailbox, the http peer."""
    from filo.project import launch

    launch.main("filo.emulators.server")


def main() -> None:
    """The console's door: a known problem is a sentence, not a trace."""
    from filo.core.home import NoKey
    from filo.project.postgres import NoServer

    try:
        app()
    except (NoKey, NoServer) as problem:
        say(str(problem))
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
