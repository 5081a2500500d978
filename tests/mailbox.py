"""An e-mail channel of the small world, with its real mailbox behind it."""

from __future__ import annotations

import imaplib
import threading
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from filo.channels.operations import connect
from filo.emulators.mail_office import PostOffice
from filo.intake.directory import read_doors
from filo.intake.watch import Watch
from tests.world import World


class Mailbox:
    """An e-mail channel of the small world, with the mailbox behind it."""

    def __init__(self, world: World, office: PostOffice) -> None:
        self.world = world
        self.office = office
        self.address = f"care-{token_hex(4)}@town.example"
        self.settings = office.settings(self.address)
        self.id = world.act(connect, "email", "Posta", world.team, self.settings)

    def put(self, *subjects: str, ago: timedelta = timedelta(0)) -> None:
        with imaplib.IMAP4("127.0.0.1", self.office.imap_port) as line:
            line.login(self.address, self.office.password)
            for subject in subjects:
                moment = imaplib.Time2Internaldate(datetime.now(UTC) - ago)
                raw = f"From: anna@town.example\r\nSubject: {subject}\r\n\r\n{subject}\r\n"
                assert line.append("INBOX", "", moment, raw.encode())[0] == "OK"

    def fetch(self) -> None:
        watch = Watch(read_doors()[self.id])
        watch.fetch()
        watch.door.connector.hang_up(threading.get_ident())  # type: ignore[attr-defined]

    def journalled(self) -> list[tuple[object, ...]]:
        return self.world.rows("SELECT id FROM intake_journal")

    def has_more_than(self, kept: int) -> bool:
        return len(self.journalled()) > kept

    def subjects(self) -> list[object]:
        self.world.read_all()
        rows = self.world.rows("SELECT subject FROM conversations_message ORDER BY id")
        return [subject for (subject,) in rows]
