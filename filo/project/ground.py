"""What a command stands on: the database answering, and Django set up."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from filo.core import home


@contextmanager
def ground() -> Iterator[None]:
    """The embedded server is started for the command if it does not run."""
    with database():
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filo.project.settings")
        import django
        from django.db import connections

        from filo.project import logging as our_logging

        our_logging.set_up()
        django.setup()
        try:
            yield
        finally:
            connections.close_all()
            _close_pools()


def _close_pools() -> None:
    """A pool's threads must not outlive the embedded server that the command started."""
    from django.db import connection
    from django.db.backends.postgresql.base import DatabaseWrapper

    if isinstance(connection, DatabaseWrapper):
        connection.close_pool()


@contextmanager
def database() -> Iterator[None]:
    """The database alone, without Django."""
    if not home.uses_embedded_database():
        yield
        return
    from filo.project import postgres

    with postgres.running():
        yield


def say(line: str) -> None:
    """To the person, not to the pipe: standard output carries results alone."""
    sys.stderr.write(f"{line}\n")


def show(line: str) -> None:
    sys.stdout.write(f"{line}\n")
