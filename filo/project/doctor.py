"""`filo doctor`: what would hurt, found before it does. In production most of it is refused."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from filo.channels import queries as channels
from filo.channels.registry import NoSuchKind, connector
from filo.core import clock, db, home
from filo.project import health
from filo.project.ground import database, show

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
OLDEST_SERVER = 160000
CODE = Path(__file__).resolve().parent.parent
# Providers refuse what is signed some minutes off; some of them after five seconds.
SKEW = timedelta(seconds=5)
KNOWN_PASSWORDS = {"", "postgres", "filo", "password", "secret", "admin", "changeme"}


class Weight(StrEnum):
    REFUSED = "refused"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """What is wrong, and what to do about it."""

    name: str
    weight: Weight
    says: str


def main() -> None:
    """A step of the start in production: what is refused ends it."""
    sys.exit(examine(as_json=False))


def examine(*, as_json: bool) -> int:
    """Print the findings; 1 when one of them is a refusal."""
    findings = list(look())
    if as_json:
        show(json.dumps({"findings": [asdict(finding) for finding in findings]}))
    else:
        for finding in findings:
            show(f"{finding.weight:<8} {finding.name:<20} {finding.says}")
        show(f"{len(findings)} findings" if findings else "all well")
    return 1 if any(finding.weight is Weight.REFUSED for finding in findings) else 0


def look() -> Iterator[Finding]:
    for question in (environment, addresses, database_road, key, folders, code):
        yield from question()
    try:
        with database(), db.connect(name="filo doctor") as connection:
            for asked in (durability, server, moment, schema, sample, secrets):
                yield from asked(connection)
    except psycopg.OperationalError:
        yield refusal("database", "does not answer. Is DATABASE_URL right, does the server run?")


def environment() -> Iterator[Finding]:
    if not home.production():
        yield warning("environment", "is for development. Say FILO_ENV=production for real work.")
    if home.allow_private():
        yield grave("private-addresses", "are reachable: unset FILO_ALLOW_PRIVATE_ADDRESSES.")
    if os.environ.get("FILO_SAMPLE", "0") != "0":
        yield grave("sample", "is asked for: unset FILO_SAMPLE.")
    if os.environ.get("FILO_DEBUG", "0") != "0":
        yield grave("debug", "is on and shows the house's inside to visitors: unset FILO_DEBUG.")


def addresses() -> Iterator[Finding]:
    if "*" in home.origin() or not urlsplit(home.origin()).hostname:
        yield grave("hosts", "FILO_ORIGIN must name one host: any other would be answered too.")
    if not home.origin().startswith("https://"):
        yield grave("origin", "is not https. Say FILO_ORIGIN=https://care.example.com.")
    if home.files_origin() == home.origin():
        yield grave("files-origin", "is the desk's own: say FILO_FILES_ORIGIN with another host.")
    elif not home.files_origin().startswith("https://"):
        yield grave("files-origin", "is not https. Say FILO_FILES_ORIGIN=https://…")
    if (bound := os.environ.get("FILO_BIND", "127.0.0.1")) != "127.0.0.1":
        yield warning("bind", f"is {bound}: only the proxy should reach the port.")


def database_road() -> Iterator[Finding]:
    """A server that is reached by the network needs TLS and a password that nobody knows."""
    try:
        road = conninfo_to_dict(home.database_url())
    except psycopg.ProgrammingError:
        return  # it will not answer, which is said below
    host = str(road.get("host") or "/")
    if host.startswith("/"):
        return
    if str(road.get("password") or os.environ.get("PGPASSWORD", "")) in KNOWN_PASSWORDS:
        yield grave("database-password", "is empty or one that everybody knows: make a real one.")
    near = host in {"localhost", "127.0.0.1", "::1"}
    if not near and str(road.get("sslmode") or "") not in {"require", "verify-ca", "verify-full"}:
        yield grave("database-tls", "is not asked for: add ?sslmode=verify-full to DATABASE_URL.")


def key() -> Iterator[Finding]:
    path = home.key_file()
    if not path.exists():
        yield refusal("key", f"{path} is not there. `filo migrate` makes it for a new house.")
        return
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield grave("key", f"others may read {path}. Type: chmod 600 {path}")
    try:
        home.secret("doctor")
    except ValueError:
        yield refusal("key", f"{path} cannot be read as a key.")
    if len(set(path.read_bytes())) < 8:
        yield grave("key", f"{path} is no chance's work: make a real one.")


def folders() -> Iterator[Finding]:
    media = home.media_root()
    if media.exists() and not os.access(media, os.W_OK):
        yield refusal("media", f"{media} cannot be written to.")
    if media.exists() and stat.S_IMODE(media.stat().st_mode) & 0o007:
        yield grave("media", f"others may read {media}. Type: chmod 750 {media}")


def code() -> Iterator[Finding]:
    """Whoever breaks into the house must not be able to change what it runs."""
    mine = os.geteuid()
    for path in (CODE, *CODE.rglob("*.py")):
        told = path.stat()
        by_others = told.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if by_others or (mine and told.st_uid == mine and told.st_mode & stat.S_IWUSR):
            says = f"{path} can be written by the account that runs it: give it to another one."
            yield grave("code", says)
            return


def moment(connection: db.Connection) -> Iterator[Finding]:
    found = connection.execute("SELECT clock_timestamp()").fetchone()
    if found:
        yield from skew(theirs=found[0], ours=clock.now())


def skew(*, theirs: datetime, ours: datetime) -> Iterator[Finding]:
    if abs(theirs - ours) > SKEW:
        says = f"is {abs(theirs - ours).seconds} s from the database's: switch on time sync."
        yield grave("clock", says)


def secrets(connection: db.Connection) -> Iterator[Finding]:
    """A channel whose key is empty hears nobody: somebody should know."""
    try:
        found = channels.load(connection.cursor())
    except psycopg.errors.UndefinedTable:
        return
    for channel in found:
        try:
            card = connector(channel.kind).card
        except NoSuchKind:
            continue
        asked = [each for each in card.settings if card.asks(each, channel.settings)]
        needed = [each.name for each in asked if each.secret and each.required]
        if empty := [name for name in needed if not channel.settings.get(name)]:
            yield grave("channel-secret", f"{channel.public}: {', '.join(empty)} is empty.")


def durability(connection: db.Connection) -> Iterator[Finding]:
    for name in DURABLE:
        value = _setting(connection, name)
        if value == "off":
            yield grave(name, "is off: what was accepted can be lost. Switch it on.")


def server(connection: db.Connection) -> Iterator[Finding]:
    if connection.info.server_version < OLDEST_SERVER:
        yield refusal("postgresql", "is older than 16: upgrade it.")
    used = connection.execute("SELECT count(*) FROM pg_stat_activity").fetchone() or (0,)
    most = int(_setting(connection, "max_connections"))
    if used[0] > most * 0.8:
        yield warning("connections", f"{used[0]} of {most} are used: raise max_connections.")


def schema(connection: db.Connection) -> Iterator[Finding]:
    try:
        rows = connection.execute("SELECT app || '.' || name FROM django_migrations").fetchall()
    except psycopg.errors.UndefinedTable:
        rows = []
    late = health.on_disk() - {row[0] for row in rows}
    if late:
        yield refusal("migrations", f"{len(late)} are not applied: run `filo migrate`.")


def sample(connection: db.Connection) -> Iterator[Finding]:
    """A sample login that works is an open door."""
    try:
        rows = connection.execute(
            "SELECT email FROM staff_staff WHERE is_active AND email LIKE '%@brezza.example'"
        ).fetchall()
    except psycopg.errors.UndefinedTable:
        return
    if rows:
        yield grave("sample-staff", f"{len(rows)} sample people can log in: switch them off.")


def _setting(connection: db.Connection, name: str) -> str:
    found = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return str(found[0]) if found else ""


def grave(name: str, says: str) -> Finding:
    """A refusal in production, a warning while one develops."""
    return refusal(name, says) if home.production() else warning(name, says)


def refusal(name: str, says: str) -> Finding:
    return Finding(name, Weight.REFUSED, says)


def warning(name: str, says: str) -> Finding:
    return Finding(name, Weight.WARNING, says)


if __name__ == "__main__":
    main()
