"""Production's static files: what the browser fetches, named by its content."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from filo.core import home

PACKAGE = Path(__file__).resolve().parent.parent
# Extensions that we do not load; one of them imports a file that is not there.
UNUSED = ["django_htmx/ext/*"]
BRING_FILES = ("django", "django-allauth", "django-htmx", "django-lucide")


def collect() -> None:
    """Within `ground`."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
    _stamp().write_text(_fingerprint(), "ascii")


def is_collected() -> bool:
    return _stamp().exists() and _stamp().read_text("ascii") == _fingerprint()


def _stamp() -> Path:
    return home.home() / "static.stamp"


def _fingerprint() -> str:
    """Of names, sizes and dates: reading every file would cost more than it saves."""
    files = sorted(path for path in PACKAGE.glob("*/static/**/*") if path.is_file())
    ours = [f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]
    theirs = [f"{name} {version(name)}" for name in BRING_FILES]
    return hashlib.sha256("\n".join([*ours, *theirs]).encode()).hexdigest()
