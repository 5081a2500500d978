"""What must be there before the first process starts: key, words, schema, somebody to log in as.

A start that finds everything as it was left asks the database two questions and imports no Django.
"""

from __future__ import annotations

import hashlib
import sys
from importlib import import_module
from importlib.metadata import version

import psycopg

from filo.core import db, home
from filo.project import collecting, health, words
from filo.project.built import built
from filo.project.greeting import LATER
from filo.project.ground import ground, show

SAMPLE = "filo.project.sample"
# Their migrations come with their versions.
BRING_MIGRATIONS = ("django", "django-allauth", "procrastinate")


def main() -> None:
    sample = "--sample" in sys.argv
    make_key_and_words()
    if not is_migrated():
        with ground():
            migrate()
    if home.production() and not collecting.is_collected():
        with ground():
            collecting.collect()
    if sample and built(SAMPLE):
        _sample()
    else:
        _first_administrator()


def make_key_and_words() -> None:
    home.make_key()
    if built("polib"):
        words.compile_all()


def migrate() -> None:
    """Within `ground`: apply, and note what was applied."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1)
    with db.connect(name="filo migrate") as connection:
        connection.execute(
            "INSERT INTO core_fact (name, value) VALUES ('schema', %s)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [fingerprint()],
        )


def is_migrated() -> bool:
    try:
        with db.connect(name="filo migrate") as connection:
            found = connection.execute("SELECT value FROM core_fact WHERE name = 'schema'")
            return found.fetchone() == (fingerprint(),)
    except psycopg.errors.UndefinedTable:
        return False


def fingerprint() -> str:
    """Of every migration that this version brings, ours and the libraries'."""
    theirs = [f"{name} {version(name)}" for name in BRING_MIGRATIONS]
    return hashlib.sha256("\n".join([*sorted(health.on_disk()), *theirs]).encode()).hexdigest()


def _sample() -> None:
    secret = import_module(f"{SAMPLE}.secret")
    if nobody_works_here():
        show("loading Brezza, the sample airline")
        with ground():
            import_module(SAMPLE).load()
    show(f"{LATER}log in as admin@brezza.example, password {secret.password()}")


def nobody_works_here() -> bool:
    with db.connect(name="filo prepare") as connection:
        return connection.execute("SELECT 1 FROM staff_staff LIMIT 1").fetchone() is None


def _first_administrator() -> None:
    from filo.staff.operations import first_run_link

    with db.connect(name="filo prepare") as connection, connection.cursor() as cur:
        if link := first_run_link(cur):
            show(f"{LATER}make the first administrator, once: {home.origin()}{link}")


if __name__ == "__main__":
    main()
