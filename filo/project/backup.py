"""One file with everything: the database, the media, the key; and the way back.

The dump is one snapshot, taken while the house runs. The media are read after it: every file that
the snapshot names is there. The file holds the key: whoever has it reads everything.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from filo import __version__
from filo.core import db, home
from filo.core.clock import now
from filo.core.sql import statements
from filo.project import health, postgres
from filo.project.ground import database
from filo.project.supervisor import supervisor_pid

ABOUT, DUMP, KEY, MEDIA = "about.json", "database.sql", "key", "media"
# In the transaction of the restore itself: all of the backup, or what was there before.
EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"

_statement = statements("filo.project")


class Refused(Exception):
    """A backup or a restore that must not go on; the message says why and what to do."""


# --- there -----------------------------------------------------------------------


def write(to: Path) -> str:
    """Made beside its name, then named: no half file is ever taken for a backup."""
    if to.exists():
        raise Refused(f"{to} is there already: choose another name.")
    with database(), tempfile.TemporaryDirectory(dir=to.absolute().parent) as folder:
        dump = Path(folder) / DUMP
        _ask("pg_dump", "--no-owner", "--no-privileges", f"--file={dump}", home.database_url())
        draft = Path(folder) / to.name
        _pack(draft, dump)
        draft.chmod(0o600)
        draft.replace(to)
    return f"{to}: {to.stat().st_size} bytes. It holds the key: keep it as you keep a password."


def _pack(draft: Path, dump: Path) -> None:
    about = dump.with_name(ABOUT)
    about.write_text(json.dumps(_about()), "utf-8")
    with tarfile.open(draft, "w:gz", compresslevel=3) as bundle:
        bundle.add(about, ABOUT)
        bundle.add(home.key_file(), KEY)
        bundle.add(dump, DUMP)
        if home.media_root().exists():
            bundle.add(home.media_root(), MEDIA)


def _about() -> dict[str, Any]:
    return {"filo": __version__, "at": now().isoformat(), "migrations": sorted(health.on_disk())}


# --- and back --------------------------------------------------------------------


def read(source: Path, *, replace: bool) -> str:
    """Put everything back, or nothing."""
    if supervisor_pid():
        raise Refused("Filo runs. Stop it first: it would write into what is being put back.")
    with database(), _unpacked(source) as folder:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        _check(about, folder, replace=replace)
        _put_database(folder)
        _put_files(folder)
        with db.connect(name="filo restore") as connection:
            connection.execute(_statement("turn_the_page"))
    return f"restored the backup of {about['at']}. Run `filo migrate`, then `filo up`."


@contextmanager
def _unpacked(source: Path) -> Iterator[Path]:
    home.home().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.home()) as folder:
        try:
            with tarfile.open(source) as bundle:
                bundle.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as problem:
            raise Refused(f"{source} cannot be read: {problem}") from None
        missing = [name for name in (ABOUT, DUMP, KEY) if not (Path(folder) / name).exists()]
        if missing:
            raise Refused(f"{source} is not a backup of Filo: {', '.join(missing)} missing.")
        yield Path(folder)


def _check(about: dict[str, Any], folder: Path, *, replace: bool) -> None:
    unknown = set(about["migrations"]) - health.on_disk()
    if unknown:
        raise Refused(f"The backup is of Filo {about['filo']}, newer than this one: upgrade first.")
    if replace:
        return
    if _holds_people():
        raise Refused("The database is not empty. Say --replace to throw away what is in it.")
    theirs = (folder / KEY).read_bytes()
    if home.key_file().exists() and home.key_file().read_bytes() != theirs:
        raise Refused(f"{home.key_file()} is another key. Say --replace to put the backup's there.")


def _holds_people() -> bool:
    with db.connect(name="filo restore") as connection:
        try:
            found = connection.execute("SELECT 1 FROM staff_staff LIMIT 1").fetchone()
        except psycopg.errors.UndefinedTable:
            return False
    return found is not None


def _put_database(folder: Path) -> None:
    words = ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    text = folder / DUMP
    # A dump of the whole schema makes `public` only where it is not the default one.
    _ask("psql", *words, "-c", EMPTY, "-f", str(text), home.database_url())


def _put_files(folder: Path) -> None:
    key = home.key_file()
    key.parent.mkdir(parents=True, exist_ok=True)
    draft = key.with_name(f".{key.name}.restored")
    shutil.copyfile(folder / KEY, draft)
    draft.chmod(0o600)
    draft.replace(key)
    if (folder / MEDIA).exists():
        shutil.copytree(folder / MEDIA, home.media_root(), dirs_exist_ok=True)


def _ask(program: str, *words: str) -> None:
    """A program of PostgreSQL; the password, if any, travels in the environment's URL parts."""
    asked = subprocess.run(  # noqa: S603 -- our own words
        [str(postgres.binary(program)), *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    if asked.returncode:
        raise Refused(f"{program}: {asked.stderr.strip()[-600:]}")
