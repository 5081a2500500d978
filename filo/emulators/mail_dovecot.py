"""A real IMAP server for the town: Debian's dovecot, unprivileged, in a folder of its own.

Every address has a mailbox as soon as somebody logs in; in the town any password is right, for
these are play mailboxes on 127.0.0.1. We never write an IMAP server of our own: where dovecot is
missing, `HINT` says what to type.
"""

from __future__ import annotations

import asyncio
import grp
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from filo.core import home
from filo.core.mortal import die_with_parent

ANY = "any"
PROGRAM = Path("/usr/sbin/dovecot")
ACCOUNT = "dovecot"  # Debian's package makes it; root's server runs as this one
HINT = "The town's mail needs dovecot. Type: sudo apt-get install dovecot-imapd"
READY_WITHIN = 30.0
STOP_WITHIN = 5.0
PAUSE = 0.5

CONFIGURATION = """
base_dir = {place}/run
state_dir = {place}/run
log_path = {place}/dovecot.log
protocols = imap
listen = 127.0.0.1
{security}
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
mailbox_idle_check_interval = 1 s
maildir_stat_dirs = no
auth_username_format = %Lu
passdb {{
  driver = static
  args = {word}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={place}/mail/%Lu
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


class NoDovecot(Exception):
    """The machine has no dovecot, or it did not start. The text says what to type."""


def installed() -> bool:
    return PROGRAM.exists()


class Dovecot:
    """One server: `start`, `stop`. The mailboxes stay in the folder."""

    def __init__(
        self, place: Path, port: int, password: str = "", *, certificate: Path | None = None
    ) -> None:
        self.place = place
        self.certificate = certificate  # with its key in one file: then STARTTLS is offered
        self.password = password  # empty: any is right
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        if not installed():
            raise NoDovecot(HINT)
        account = _account()
        self._prepare(account)
        self._process = subprocess.Popen(  # noqa: S603 -- Debian's program, our configuration
            [PROGRAM, "-F", "-c", self.place / "dovecot.conf"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.place,
            user=account.pw_uid if home.runs_as_root() else None,
            group=account.pw_gid if home.runs_as_root() else None,
            extra_groups=[] if home.runs_as_root() else None,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        self._wait()

    def keep(self) -> None:
        """While this thread's event loop runs, a server that was killed is started again."""
        process, loop = self._process, asyncio.get_running_loop()
        if process is None:
            return
        watch = os.pidfd_open(process.pid)

        def ended() -> None:
            loop.remove_reader(watch)
            os.close(watch)
            if self._process is process:
                process.wait()
                self._start_again(loop)

        loop.add_reader(watch, ended)

    def _start_again(self, loop: asyncio.AbstractEventLoop) -> None:
        """The killed server's children hold its port for a moment longer."""
        try:
            self.start()
        except (NoDovecot, OSError):
            loop.call_later(PAUSE, self._start_again, loop)
        else:
            self.keep()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for order in (signal.SIGTERM, signal.SIGKILL):
            process.send_signal(order)
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_WITHIN)
                return

    def _prepare(self, account: pwd.struct_passwd) -> None:
        for folder in (self.place, self.place / "mail"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # What a killed server left behind would keep the new one from starting.
        shutil.rmtree(self.place / "run", ignore_errors=True)
        words = CONFIGURATION.format(
            place=self.place,
            port=self.port,
            security=_security(self.certificate),
            word=f"password={self.password}" if self.password else "nopassword=y",
            user=account.pw_name,
            group=grp.getgrgid(account.pw_gid).gr_name,
            uid=account.pw_uid,
            gid=account.pw_gid,
        )
        (self.place / "dovecot.conf").write_text(words, "utf-8")
        if home.runs_as_root():
            for path in (self.place, self.place / "mail", self.place / "dovecot.conf"):
                os.chown(path, account.pw_uid, account.pw_gid)

    def _wait(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
                if line.recv(4) == b"* OK":
                    return
            time.sleep(0.05)
        self.stop()
        raise NoDovecot(f"dovecot did not start; its words are in {self.place / 'dovecot.log'}.")


def _security(certificate: Path | None) -> str:
    if certificate is None:
        return "ssl = no"
    return f"ssl = yes\nssl_cert = <{certificate}\nssl_key = <{certificate}"


def place_of_home() -> Path:
    """Where this installation's play mailboxes are: root's lie where its account may enter."""
    if not home.runs_as_root():
        return home.home() / "mail"
    mark = hashlib.sha256(str(home.home()).encode()).hexdigest()[:12]
    return home.ROOT_HOME / "mail" / mark


def _account() -> pwd.struct_passwd:
    return pwd.getpwnam(ACCOUNT) if home.runs_as_root() else pwd.getpwuid(os.geteuid())
