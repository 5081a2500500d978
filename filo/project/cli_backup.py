"""`filo backup` and `filo restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from filo.project.ground import say, show


def backup(
    to: Annotated[Path, typer.Argument(help="The file to write, such as filo-2026-11-22.tar.")],
) -> None:
    """Write database, files and key into one file, while the house runs."""
    from filo.project import backup as safe

    try:
        show(safe.write(to))
    except safe.Refused as problem:
        say(str(problem))
        raise typer.Exit(1) from None


def restore(
    source: Annotated[Path, typer.Argument(help="A file that `filo backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Yes, throw away what is in the database now.")
    ] = False,
) -> None:
    """Put a backup back. Live screens are told to start anew: old cursors mean nothing here."""
    from filo.project import backup as safe

    try:
        show(safe.read(source, replace=replace))
    except safe.Refused as problem:
        say(str(problem))
        raise typer.Exit(1) from None
