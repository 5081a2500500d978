from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from filo.core import home
from filo.core.events import Happening, emit
from filo.live import queries
from filo.live.cursor import PAGE, Log, Position, Reset, head, holds_back, read, read_on
from filo.staff.types import Scope
from tests.world import CountingCursor

Sessions = Callable[[], psycopg.Connection]


@pytest.fixture
def sessions(committed_db: str) -> Iterator[Sessions]:
    """As many connections as wanted, all to one committed database."""
    opened: list[psycopg.Connection] = []

    def another() -> psycopg.Connection:
        opened.append(psycopg.connect(committed_db))
        return opened[-1]

    yield another
    for connection in opened:
        connection.close()


def tell(connection: psycopg.Connection, name: str) -> None:
    emit(connection.cursor(), [Happening(name)])


def names(connection: psycopg.Connection, after: Position) -> list[str]:
    connection.rollback()
    return [entry.type for entry in read(connection.cursor(), after)]


def test_a_late_commit_is_never_skipped(sessions: Sessions) -> None:
    slow, fast, reader = sessions(), sessions(), sessions()
    _, start = head(reader.cursor())
    tell(slow, "first")
    tell(fast, "second")
    fast.commit()

    assert names(reader, start) == []  # the second waits for the first
    assert holds_back(reader.cursor())
    slow.commit()
    assert names(reader, start) == ["first", "second"]
    assert not holds_back(reader.cursor())


def test_a_reader_that_has_read_on_still_finds_the_late_one(sessions: Sessions) -> None:
    early, slow, late, reader = sessions(), sessions(), sessions(), sessions()
    _, start = head(reader.cursor())
    tell(early, "one")
    early.commit()
    tell(slow, "two")
    tell(late, "three")
    late.commit()
    seen = read(reader.cursor(), start)
    slow.commit()

    assert [entry.type for entry in seen] == ["one"]
    assert names(reader, seen[-1].position) == ["two", "three"]


def test_a_transaction_that_took_its_number_first_and_wrote_last_is_told(
    sessions: Sessions,
) -> None:
    slow, fast, reader = sessions(), sessions(), sessions()
    slow.execute("SELECT pg_current_xact_id()")
    _, start = head(reader.cursor())
    tell(fast, "lower id, higher xid")
    fast.commit()
    assert names(reader, start) == []
    tell(slow, "higher id, lower xid")
    slow.commit()

    assert names(reader, start) == ["higher id, lower xid", "lower id, higher xid"]


def test_a_rolled_back_transaction_holds_nobody_for_ever(sessions: Sessions) -> None:
    slow, fast, reader = sessions(), sessions(), sessions()
    _, start = head(reader.cursor())
    tell(slow, "never")
    tell(fast, "kept")
    fast.commit()
    slow.rollback()

    assert names(reader, start) == ["kept"]


def test_a_page_read_after_its_head_misses_nothing(sessions: Sessions) -> None:
    slow, reader = sessions(), sessions()
    tell(slow, "while the page is made")
    _, start = head(reader.cursor())
    slow.commit()

    assert names(reader, start) == ["while the page is made"]


def test_a_reader_in_one_long_transaction_sees_who_began_meanwhile(sessions: Sessions) -> None:
    slow, fast, reader = sessions(), sessions(), sessions()
    _, start = head(reader.cursor())
    slow.execute("SELECT pg_current_xact_id()")
    tell(fast, "second")
    fast.commit()

    assert read(reader.cursor(), start) == []
    assert holds_back(reader.cursor())


@pytest.mark.parametrize("many", [1, 100])
def test_a_page_costs_two_statements(sessions: Sessions, many: int) -> None:
    writer, reader = sessions(), sessions()
    _, start = head(reader.cursor())
    emit(writer.cursor(), [Happening("told")] * many)
    writer.commit()
    reader.rollback()

    counted = CountingCursor.fresh(reader)
    page, held = read_on(reader.cursor(), start)

    assert (len(page), held) == (many, False)
    assert counted.count == 2


def test_pages_follow_one_another_without_a_gap(sessions: Sessions) -> None:
    writer, reader = sessions(), sessions()
    _, place = head(reader.cursor())
    emit(writer.cursor(), [Happening(str(n)) for n in range(25)])
    writer.commit()
    found: list[str] = []
    reader.rollback()
    while page := read(reader.cursor(), place, limit=10):
        found += [entry.type for entry in page]
        place = page[-1].position

    assert found == [str(n) for n in range(25)]


def test_a_cursor_is_named_and_found_again() -> None:
    log = Log("0123456789abcdef")
    assert log.place(log.name(Position(7, 9))) == Position(7, 9)


@pytest.mark.parametrize("text", ["", "7.9", "other.7.9", "0123456789ab.x.9", "0123456789ab.7.-1"])
def test_a_cursor_of_another_life_is_void(text: str) -> None:
    with pytest.raises(Reset):
        Log("0123456789abcdef").place(text)


def test_who_is_too_far_behind_is_told_so_before_anything_is_drawn(sessions: Sessions) -> None:
    writer, reader = sessions(), sessions()
    log, start = head(reader.cursor())
    emit(writer.cursor(), [Happening("told", customer=1) for _ in range(queries.MOST_SKIPPED + 1)])
    writer.commit()
    reader.rollback()
    _, end = head(reader.cursor())
    scope = Scope(staff=1, name="Dora", email="", role="admin", teams=())
    one_look = CountingCursor.fresh(reader)
    read(reader.cursor(), start)
    counting = CountingCursor.fresh(reader)

    with pytest.raises(Reset):
        queries.missed(reader.cursor(), log, scope, since=start, upto=end)

    assert counting.count == one_look.count * queries.MOST_SKIPPED / PAGE  # and nobody looked up


def test_a_long_transaction_of_a_neighbour_database_holds_nobody_up(sessions: Sessions) -> None:
    writer, reader = sessions(), sessions()
    _, start = head(reader.cursor())
    elsewhere = psycopg.connect(home.database_url(), dbname="postgres")
    with elsewhere, elsewhere.transaction():
        elsewhere.execute("SELECT pg_current_xact_id()")
        tell(writer, "told at once")
        writer.commit()

        assert names(reader, start) == ["told at once"]
