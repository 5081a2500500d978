"""A house that has lived: many customers, cases, messages, events, made in the database itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import psycopg

from bench.intake import a_channel
from filo.core.db import Connection, connect
from filo.core.ids import public
from filo.core.sql import statements
from filo.staff.operations import create_staff, create_team

sql = statements("bench")
TEXTS = 16_384  # a power of two: the statements choose by a mask
TEAMS, COLLEAGUES = 8, 50
# For the loading alone: nothing is measured then, and a crash only means to begin again.
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_wal_size": "8GB",
    "maintenance_work_mem": "512MB",
    "work_mem": "128MB",
}
PEOPLE = ("customers_customer", "customers_identity")
TALKS = ("conversations_case", "conversations_message")
PAPERS = ("conversations_delivery", "core_event", "intake_journal", "intake_seen")
NUMBERED = (*PEOPLE, *TALKS, *PAPERS[:3])


class Town(msgspec.Struct, frozen=True):
    """Who lives in one database, by first numbers and counts."""

    database: str
    messages: int
    channel: int
    team: int  # the first of TEAMS
    staff: int  # the first of COLLEAGUES

    @property
    def customers(self) -> int:
        return max(self.messages // 5, 10)

    @property
    def cases(self) -> int:
        return self.messages // 3

    @property
    def unsolved(self) -> int:
        """A twentieth; enough for full pages and for the numbers beside them at every size."""
        return max(self.cases // 20, min(800, self.cases // 4))

    @property
    def space(self) -> str:
        return "http:" + public("chn", self.channel)

    def customer_of(self, case: int) -> int:
        """Of an unsolved case, as the statement `cases` says it."""
        return 1 + (case * 7919) % self.customers


def settle(database: str, messages: int) -> Town:
    """The few rows that the product makes itself; `os.environ` names the database already."""
    channel = a_channel()
    with connect(name="bench") as connection, connection.transaction():
        cur = connection.cursor()
        teams = [create_team(cur, f"Team {n}") for n in range(TEAMS)]
        people = [
            create_staff(
                cur, email=f"s{n}@example.org", name=f"Staff {n}", teams=[teams[n % TEAMS]]
            )
            for n in range(COLLEAGUES)
        ]
    return Town(database, messages, channel, teams[0], people[0])


def load(town: Town, url: str) -> None:
    """All rows, two tables at a time; the indexes are built after them."""
    with psycopg.connect(url, autocommit=True) as connection:
        _texts(connection)
        connection.execute(sql("customer_of"))
        rebuild = _take_indexes_off(connection)
        _run(connection, town, ["people", "addresses"])
    papers = ["deliveries", "events", "journal", "seen"]
    with ThreadPoolExecutor() as both:
        talks = both.submit(_alone, url, town, ["cases", "messages"], rebuild, TALKS)
        _alone(url, town, papers, rebuild, (*PAPERS, *PEOPLE))
        talks.result()
    with psycopg.connect(url, autocommit=True) as connection:
        for table in NUMBERED:
            words = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
            connection.execute(words.encode())
        connection.execute("DROP TABLE bench_text")
        connection.execute("DROP FUNCTION bench_customer")
        connection.execute("CHECKPOINT")


def _alone(
    url: str, town: Town, names: Sequence[str], rebuild: dict[str, list[str]], tables: Sequence[str]
) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        _run(connection, town, names)
        for table in tables:
            for words in rebuild[table]:
                connection.execute(words.encode())
            connection.execute(f"VACUUM (ANALYZE) {table}".encode())


def _run(connection: Connection, town: Town, names: Sequence[str]) -> None:
    rng = random.Random(town.messages)
    columns = {
        "messages": town.messages,
        "customers": town.customers,
        "cases": town.cases,
        "solved": town.cases - town.unsolved,
        "apart": max(min(500, town.cases // 100), 1),
        "channel": town.channel,
        "team": town.team,
        "teams": TEAMS,
        "staff": town.staff,
        "colleagues": COLLEAGUES,
        "space": town.space,
        "scope": public("chn", town.channel),
        "firsts": [_word(rng) for _ in range(64)],
        "lasts": ["rossi", *(_word(rng) for _ in range(255))],
    }
    connection.execute("SET session_replication_role = replica")  # no look-ups of foreign keys
    for name in names:
        connection.execute(sql(name), columns)


def _take_indexes_off(connection: Connection) -> dict[str, list[str]]:
    """All but the primary keys; gives back the words that build them again."""
    rebuild: dict[str, list[str]] = {}
    for table in (*PEOPLE, *TALKS, *PAPERS):
        found = connection.execute(sql("indexes"), {"table": table}).fetchall()
        rebuild[table] = [build for _, build in found]
        for drop, _ in found:
            connection.execute(drop.encode())
    return rebuild


# --- what they say ---------------------------------------------------------------

COMMON = ("grazie", "buongiorno", "volo", "ordine", "rimborso", "bagaglio", "prenotazione")


def _texts(connection: Connection) -> None:
    """Sentences in which few words are frequent and most are rare, as in every language."""
    rng = random.Random(7)
    words = [*COMMON, *(_word(rng) for _ in range(8_000)), "introvabile"]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    connection.execute(
        "CREATE TABLE bench_text (place bigint PRIMARY KEY, words text, preview text, parts jsonb,"
        " ts tsvector)"
    )
    with connection.cursor().copy("COPY bench_text (place, words) FROM STDIN") as copy:
        for n in range(TEXTS):
            said = rng.choices(words, weights, k=rng.randint(5, 25))
            copy.write_row((n, " ".join(said)))
    connection.execute(sql("texts"))


def _word(rng: random.Random) -> str:
    pairs = [rng.choice("bcdfglmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(2, 4))]
    return "".join(pairs)
