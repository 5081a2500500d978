"""The command `filo`: start the house, and everything that is done to it from a console.

Nothing heavy is imported before a command is chosen: `filo up` stays as small as its supervisor.
"""

from __future__ import annotations

from typing import Annotated

import typer

from filo.project import cli_backup, cli_channels, cli_journal, cli_token
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
    from filo.project import supervisor

    try:
        raise typer.Exit(supervisor.up(sample=supervisor.wants_sample(sample)))
    except supervisor.Busy as problem:
        say(str(problem))
        raise typer.Exit(1) from None


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema; a new installation also gets its key."""
    from filo.core import home
    from filo.project import words

    home.make_key()
    words.compile_all()
    with ground():
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=1)
        if home.production():
            call_command("collectstatic", interactive=False, verbosity=0)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Look for what would hurt in production; the exit code says whether something was found."""
    from filo.project import doctor as surgery

    raise typer.Exit(surgery.examine(as_json=as_json))


@app.command()
def demo(
    if_empty: Annotated[bool, typer.Option(help="Only into a database without customers.")] = False,
) -> None:
    """Load Brezza, the sample airline: staff, teams, channels, a week of threads."""
    from filo.project import demonstration

    with ground():
        demonstration.load(if_empty=if_empty)


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
