"""Where this installation keeps its things, read from the environment without Django.

`FILO_HOME` is the folder of one installation; two folders and two ports make two installations.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from urllib.parse import quote

DEFAULT_PORT = 8080
ROOT_HOME = Path("/var/lib/filo")
# A Unix socket's whole path has at most 107 bytes; PostgreSQL appends ".s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 90


def home() -> Path:
    """The folder of this installation."""
    if chosen := os.environ.get("FILO_HOME"):
        return Path(chosen).expanduser().absolute()
    return ROOT_HOME if runs_as_root() else Path.home() / ".local/share/filo"


def runs_as_root() -> bool:
    return os.geteuid() == 0


def production() -> bool:
    return os.environ.get("FILO_ENV", "").strip().lower() == "production"


def allow_private() -> bool:
    """May the fetcher and the carrier reach loopback and private networks? Only for development."""
    return os.environ.get("FILO_ALLOW_PRIVATE_ADDRESSES") == "1"


def port() -> int:
    """The web port; +1 emulators, +2 SMTP, +3 IMAP. A command finds the one that was started."""
    if chosen := os.environ.get("PORT"):
        return int(chosen)
    note = home() / "port"
    return int(note.read_text("ascii")) if note.exists() else DEFAULT_PORT


def remember_port() -> None:
    """`filo up` listens where PORT says, and nowhere because of an earlier start."""
    chosen = os.environ.setdefault("PORT", str(DEFAULT_PORT))
    (home() / "port").write_text(chosen, "ascii")


def origin() -> str:
    """The address that people type: passkeys want `localhost`, not 127.0.0.1."""
    return os.environ.get("FILO_ORIGIN") or f"http://localhost:{port()}"


def files_origin() -> str:
    """The second origin, for attachments: never the one that holds the session."""
    return os.environ.get("FILO_FILES_ORIGIN") or f"http://127.0.0.1:{port()}"


def media_root() -> Path:
    return Path(os.environ.get("FILO_MEDIA_ROOT") or home() / "media")


def journal_days() -> int:
    """How long raw calls are kept, to be read again or shown."""
    return int(os.environ.get("FILO_JOURNAL_DAYS") or 90)


def send_timeout() -> float:
    """Seconds that saying one thing to a provider may last, all in all."""
    return max(1.0, float(os.environ.get("FILO_SEND_TIMEOUT") or 30))


def senders() -> int:
    """How many senders share the work."""
    return max(1, int(os.environ.get("FILO_SENDERS") or 1))


def key_file() -> Path:
    """The file with the installation's key: it stays outside the database."""
    return Path(os.environ.get("FILO_KEY_FILE") or home() / "key")


def secret(purpose: str) -> bytes:
    """Thirty-two bytes for one purpose, derived from the key file."""
    return hmac.digest(_key(), f"filo:{purpose}".encode(), "sha256")


def database_url() -> str:
    """The database as a URL: `DATABASE_URL`, or the embedded server's Unix socket."""
    if given := os.environ.get("DATABASE_URL"):
        return given
    return f"postgresql://filo@/filo?host={quote(str(socket_folder()), safe='')}"


def uses_embedded_database() -> bool:
    return not os.environ.get("DATABASE_URL")


def socket_folder() -> Path:
    """A short private folder for the embedded server's socket."""
    if runs_as_root():
        return ROOT_HOME / "run" / _fingerprint()
    beside = home() / "run"
    if len(str(beside)) <= LONGEST_SOCKET_FOLDER:
        return beside
    return Path("/tmp") / f"filo-{os.geteuid()}-{_fingerprint()}"  # noqa: S108  # nosec B108


def _fingerprint() -> str:
    return hashlib.sha256(str(home()).encode()).hexdigest()[:12]


class NoKey(Exception):
    """The key file is missing: nothing sealed with it can be opened, so none is made silently."""


def _key() -> bytes:
    path = key_file()
    if not path.exists():
        raise NoKey(f"There is no key at {path}. `filo migrate` makes one for a new installation.")
    return base64.b64decode(path.read_text("ascii").split()[0])


def make_key() -> Path:
    """Make the key of a new installation; an existing one is left alone.

    Several processes may start at once: the first link wins, and nobody reads half a key.
    """
    path = key_file()
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path
