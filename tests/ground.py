"""The ground of all tests: one embedded PostgreSQL a run, one migrated template, closed sockets.

* `db`, `transactional_db`: pytest-django's, on this process's clone of the template.
* `committed_db`: a database of this test alone; gives its URL. Django and `home` use it too.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from xdist.scheduler import LoadScopeScheduling

from filo.core import home
from filo.project import postgres
from tests.chromium import loop_hidden

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104 -- compared, never bound
# A test's database lives for minutes: speed before durability, everything else as in the product.
SPEED = {
    **postgres.SETTINGS,
    "fsync": "off",
    "idle_in_transaction_session_timeout": "0",
    "full_page_writes": "off",
    "max_connections": "200",
}
TEMPLATE = "filo_template"
MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3  # noqa: S108 -- folders of random names in it
_kept: list[subprocess.Popen[bytes]] = []
_opened: list[
    BaseDatabaseWrapper
] = []  # Django's connections, of every thread, since the last test


# --- before the first test -----------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite connectors' expected facts")
    parser.addoption("--long", action="store_true", help="the fault tests at their full length")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(refuse_the_outside)
    if not hasattr(config, "workerinput"):
        _stand_in_memory()
        os.environ["FILO_TEST_GROUND"] = tempfile.mkdtemp(prefix="filo-test-")
    ground = Path(os.environ["FILO_TEST_GROUND"])
    ground.chmod(0o755)
    os.environ["FILO_HOME"] = str(ground / "home")
    os.environ["DATABASE_URL"] = cluster().url("postgres")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "1"  # playwright's loop runs in the thread of the test
    )
    home.make_key()
    from django.conf import settings
    from django.db.backends.signals import connection_created

    connection_created.connect(_remember)

    settings.MEDIA_ROOT = home.media_root()
    # Each `Client` builds all middleware anew, and this one would read all static files each time.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.SECRET_KEY = home.secret("django").hex()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _stand_in_memory() -> None:
    """Databases are cloned by the hundred: where there is room, on no disk (25 times as fast)."""
    with suppress(OSError):
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
            os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Every test tells the counter of second tries two lines: the kernel held back the second one
    for 40 ms, half of a quick test's whole time."""
    counter = getattr(getattr(session.config, "failures_db", None), "sock", None)
    if counter is not None:
        counter.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Only the run that made the ground takes it away."""
    if hasattr(config, "workerinput"):
        for server in _kept:
            server.returncode = 0  # not ours to end: the run stops it
        return
    ground = Path(os.environ["FILO_TEST_GROUND"])
    with suppress(FileNotFoundError, ValueError, ProcessLookupError):
        pid = int((cluster().files / "postmaster.pid").read_text("utf-8").splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
        for server in _kept:
            server.wait(10)
    shutil.rmtree(ground, ignore_errors=True)


def refuse_the_outside(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = str(args[1][0])
        if not host.startswith(LOOPBACK):
            raise OutsideCall(f"A test tried to reach {host}: tests speak to our own servers only.")


class OutsideCall(Exception):
    """A test tried to leave the machine."""


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Asked for the nightly length (`--long`): ten thousand of what the suite does hundreds of."""
    return bool(request.config.getoption("--long"))


# --- who runs what ---------------------------------------------------------------

# A house, a browser, a cluster, a mail server: made once a module.
COSTLY = (
    "tests/journeys/",
    "filo/live/tests/",
    "tests/house/test_supervisor.py",
    "tests/house/test_postgres.py",
    "filo/connectors/email/tests/test_security.py",
)
INSTALLED = re.compile(r"\bbrezza: Installation\b")


class ByGround(LoadScopeScheduling):  # type: ignore[misc]
    """Tests that stand on one costly ground run in one process: it is not built twice."""

    def _split_scope(self, nodeid: str) -> str:
        return _ground_of(nodeid.partition("::")[0]) or nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByGround:
    return ByGround(config, log)


@cache
def _ground_of(file: str) -> str:
    """What is made once a run, or once a module; empty where nothing costly is made."""
    if not file.startswith(COSTLY):
        return ""
    return "brezza" if INSTALLED.search((ROOT / file).read_text("utf-8")) else file


# --- one thread, many loops -----------------------------------------------------


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with _loop_of(item):
        yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with _loop_of(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    yield
    close_strange_connections()


def close_strange_connections() -> None:
    """Django keeps a connection a thread and a context: none outlives its test and its database."""
    from django.db import connections

    mine = connections["default"]
    while _opened:
        strange = _opened.pop()
        if strange is mine or strange.in_atomic_block:
            continue
        strange.inc_thread_sharing()
        strange.close()
        strange.dec_thread_sharing()


def _remember(connection: BaseDatabaseWrapper, **_: object) -> None:
    _opened.append(connection)


def _loop_of(item: pytest.Item) -> AbstractContextManager[None]:
    """A second try can leave a browser open behind it; the next tests run loops of their own."""
    mine = {"browser", "visit"}.isdisjoint(getattr(item, "fixturenames", ()))
    return loop_hidden() if mine else nullcontext()


# --- the server, the template, the clones ---------------------------------------


def cluster() -> postgres.Cluster:
    ground = Path(os.environ["FILO_TEST_GROUND"])
    return postgres.Cluster(ground / "postgres", ground / "run")


@pytest.fixture(scope="session")
def postgres_server() -> postgres.Cluster:
    """The run's one server: the first process that asks starts it, the run's end stops it."""
    found = cluster()
    with _one_at_a_time("server"):
        if not postgres.answers(found):
            _start_apart(found)
    return found


def _start_apart(found: postgres.Cluster) -> None:
    """It outlives the process that asked first: the run's end stops it."""
    postgres.prepare(found)
    _kept.append(postgres.spawn(found, settings=SPEED, outlive=True))
    postgres.wait_until_it_answers(found)


@pytest.fixture(scope="session")
def template_database(postgres_server: postgres.Cluster, django_db_blocker: Any) -> str:
    """The name of the migrated database that all others are cloned from."""
    with _one_at_a_time("template"), _administrator() as admin:
        found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if found is None:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier("filo_draft")))
            with django_db_blocker.unblock():
                _migrate("filo_draft")
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            admin.execute(rename.format(sql.Identifier("filo_draft"), sql.Identifier(TEMPLATE)))
    return TEMPLATE


def _migrate(database: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    _point_django_at(database)
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: Any) -> None:
    """pytest-django's own road makes a database by migrating; ours clones the template."""
    mine = f"filo_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{token_hex(3)}"
    _clone(mine)
    with django_db_blocker.unblock():
        _point_django_at(mine)


@pytest.fixture
def committed_db(template_database: str, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test alone, whose commits other connections and processes see."""
    from django.db import connection

    before = (connection.settings_dict["NAME"], os.environ["DATABASE_URL"])
    mine = f"filo_own_{token_hex(6)}"
    _clone(mine)
    with django_db_blocker.unblock():
        _point_django_at(mine)
        yield cluster().url(mine)
        connection.close()
    connection.settings_dict["NAME"], os.environ["DATABASE_URL"] = before
    with _administrator() as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(mine)))


@pytest.fixture(scope="module")
def shared_db(template_database: str) -> Iterator[str]:
    """The URL of one database for a whole module, for doors that do not need Django."""
    mine = f"filo_shared_{token_hex(6)}"
    _clone(mine)
    yield cluster().url(mine)
    with _administrator() as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(mine)))


def _clone(name: str) -> None:
    words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    with _one_at_a_time("template"), _administrator() as admin:
        admin.execute(words.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))


def _point_django_at(database: str) -> None:
    from django.db import connection, connections

    connection.close()
    url = cluster().url(database)
    place = {"NAME": database, "USER": postgres.ACCOUNT, "HOST": str(cluster().sockets)}
    for settings in (connection.settings_dict, connections.settings["default"]):
        settings.update({**place, "PORT": "", "PASSWORD": "", "OPTIONS": {}, "CONN_MAX_AGE": 0})
    os.environ["DATABASE_URL"] = url


@contextmanager
def _administrator() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(cluster().url("postgres"), autocommit=True) as connection:
        yield connection


@contextmanager
def _one_at_a_time(what: str) -> Iterator[None]:
    """Across the processes of one run."""
    with (Path(os.environ["FILO_TEST_GROUND"]) / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
