"""Who does not look is told that there is an answer: once, in time, and not when it was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from filo.channels import operations as channels
from filo.channels.contract import Text
from filo.conversations import operations as conversations
from filo.core import clock
from filo.outbound import operations
from filo.outbound.notices import Absent, Deed, Next, next_step
from filo.outbound.telling import Told, _pushers
from tests.world import World

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECONDS, MINUTES = timedelta(seconds=1), timedelta(minutes=1)
ROME = "Europe/Rome"
MAILBOX = {"address": "ciao@brezza.example", "username": "u", "password": "p"}
MAILBOX |= {"imap_host": "127.0.0.1", "smtp_host": "127.0.0.1"}


@pytest.mark.parametrize(
    ("one", "after", "deed"),
    [
        (Absent("waiting", NOON, 1), 5 * SECONDS, Deed.WAIT),
        (Absent("waiting", NOON, 1), 20 * SECONDS, Deed.PUSH),
        (Absent("waiting", NOON, 1, reached=True), 20 * SECONDS, Deed.WAIT),
        (Absent("waiting", NOON, 1, reached=True, address=True), 11 * MINUTES, Deed.MAIL),
        (Absent("pushed", NOON, 1, address=True), 5 * MINUTES, Deed.WAIT),
        (Absent("pushed", NOON, 2, address=True), 11 * MINUTES, Deed.MAIL),
        (Absent("pushed", NOON, 1), 11 * MINUTES, Deed.OVER),
        (Absent("waiting", NOON, 0), 20 * SECONDS, Deed.OVER),
        (Absent("pushed", NOON, 1, spoke=True, address=True), 11 * MINUTES, Deed.OVER),
        (Absent("mailed", NOON, 1, address=True), 30 * MINUTES, Deed.WAIT),
        (Absent("pushed", NOON, 1, address=True), timedelta(days=3), Deed.OVER),
    ],
)
def test_the_table_of_notices(one: Absent, after: timedelta, deed: Deed) -> None:
    assert next_step(one, at=NOON + after, zone=ROME).deed == deed


def test_nobody_is_woken_at_night() -> None:
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # half past eleven in Rome

    step = next_step(Absent("waiting", late - MINUTES, 1), at=late, zone=ROME)

    assert step == Next(Deed.WAIT, step.at)
    assert step.at and step.at.astimezone(UTC) == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


class Chat:
    """Ada wrote in the chat of the site and went away; her e-mail address is known."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.connection.transaction():
            cur = world.connection.cursor()
            chat = channels.connect(cur, "webchat", "Chat", world.team, {})
            channels.connect(cur, "email", "Posta", world.team, MAILBOX)
        self.case = world.writes("ada", "Ciao")
        world.connection.execute("UPDATE conversations_message SET channel_id = %s", [chat])
        world.connection.execute(
            "INSERT INTO customers_identity (customer_id, space, value, verified)"
            " SELECT customer_id, 'email', 'ada@x.example', true FROM customers_identity"
        )
        self.notify()  # from here on the log is read

    def answered(self, text: str) -> None:
        self.world.count += 1
        ref = f"c{self.world.count}"
        reply = conversations.reply
        self.world.act(reply, self.world.dora, self.case, (Text(text),), client_id=ref)
        self.world.connection.execute(
            "UPDATE conversations_delivery SET state = 'sent' WHERE state = 'pending'"
        )

    def notify(self, after: timedelta = timedelta(0)) -> None:
        """The worker looks, at noon of the day and so long after what was written."""
        self.world.act(operations.notify, at=clock.now() + after)

    def as_if_noon(self) -> None:
        at = clock.now().replace(hour=11, minute=0)
        self.world.connection.execute("UPDATE conversations_message SET at = %s", [at])

    def mails(self) -> list[tuple[object, ...]]:
        return self.world.rows(
            "SELECT m.parts->0->>'text', d.state, d.reason FROM conversations_message AS m"
            " JOIN conversations_delivery AS d ON d.message_id = m.id WHERE m.automatic"
        )

    def states(self) -> list[tuple[object, ...]]:
        return self.world.rows("SELECT state FROM outbound_notice ORDER BY id")


@pytest.fixture
def chat(world: World) -> Chat:
    return Chat(world)


def look(chat: Chat, after: timedelta) -> None:
    """At noon, whenever the test runs: the answers were written `after` before it."""
    noon = (clock.now() + timedelta(days=1)).replace(hour=11, minute=0)
    chat.world.connection.execute(
        "UPDATE conversations_message SET at = %s WHERE direction = 'out'", [noon - after]
    )
    chat.world.connection.execute("UPDATE outbound_notice SET due_at = now()")
    chat.world.act(operations.notify, at=noon)


def test_a_burst_of_answers_is_one_push_and_one_mail(chat: Chat) -> None:
    woken: list[int] = []

    def wake(_cur: object, one: Told) -> None:
        woken.append(one.unread)

    operations.push_with(wake)
    try:
        chat.answered("La 12A.")
        chat.answered("È un finestrino.")
        chat.notify()
        look(chat, MINUTES)
        look(chat, 2 * MINUTES)
        look(chat, 11 * MINUTES)
        look(chat, 40 * MINUTES)
    finally:
        _pushers.remove(wake)

    assert woken == [2]
    [(words, state, _reason)] = chat.mails()
    assert "La 12A." in str(words)
    assert "È un finestrino." in str(words)
    assert (state, chat.states()) == ("pending", [("mailed",)])


def test_an_answer_that_was_read_is_told_to_nobody(chat: Chat) -> None:
    chat.answered("La 12A.")
    chat.notify()
    chat.world.connection.execute("UPDATE conversations_delivery SET state = 'read'")
    look(chat, 20 * MINUTES)

    assert (chat.mails(), chat.states()) == ([], [("over",)])


def test_read_in_the_chat_stops_the_mail_that_has_not_left(chat: Chat) -> None:
    chat.answered("La 12A.")
    chat.notify()
    look(chat, MINUTES)
    look(chat, 11 * MINUTES)
    assert chat.states() == [("mailed",)]

    chat.world.connection.execute(
        "UPDATE conversations_delivery SET state = 'read' WHERE state = 'sent'"
    )
    look(chat, 30 * MINUTES)

    assert [row[1:] for row in chat.mails()] == [("failed", "read elsewhere")]
    assert chat.states() == [("over",)]


def test_an_address_that_is_not_proved_theirs_hears_no_words(chat: Chat) -> None:
    chat.world.connection.execute("UPDATE customers_identity SET verified = false")
    chat.answered("La 12A.")
    chat.notify()
    look(chat, MINUTES)
    look(chat, 11 * MINUTES)

    [(words, *_)] = chat.mails()
    assert "La 12A." not in str(words)


def test_a_notice_is_no_answer_to_the_case(chat: Chat) -> None:
    case, mailbox = chat.case, 3
    before = chat.world.rows("SELECT status, last_message FROM conversations_case")
    [(identity,)] = chat.world.connection.execute(
        "SELECT id FROM customers_identity WHERE space = 'email'"
    ).fetchall()
    more = {"client_id": "n1", "identity": identity, "channel": mailbox}

    assert chat.world.act(conversations.tell, case, (Text("C'è posta"),), **more)
    assert chat.world.act(conversations.tell, case, (Text("C'è posta"),), **more) is None
    assert chat.world.rows("SELECT status, last_message FROM conversations_case") == before
