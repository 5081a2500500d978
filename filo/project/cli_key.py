"""`filo key`: the installation's key, that seals the secrets in the database."""

from __future__ import annotations

import typer

from filo.project.ground import ground, say

app = typer.Typer(no_args_is_help=True, help="The key that seals the secrets in the database.")


@app.command()
def rotate() -> None:
    """Add a new key and seal the settings of all channels under it, while the house runs.

    Older keys stay in the file: links, case tokens and backups made under them go on working.
    """
    from filo.core import db, home, vault

    with ground(), db.connect(name="filo key") as connection:
        from filo.channels.operations import seal_again

        number = vault.rotate()
        with connection.transaction():
            count = seal_again(connection.cursor())
    say(f"Key {number} seals from now on; the settings of {count} channels are sealed under it.")
    say(f"Keep a copy of {home.key_file()}: without it nothing that is sealed can be opened.")
