"""What callers say never becomes part of a statement: it is only ever a parameter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from filo.desk.tests.people import Counted, counting
from tests.house.access.scene import Scene

MARK = "zqzq"
PIECES = (
    *("'", '"', ";", "--", "/*", "*/", "\\", "%", "%s", "%(staff)s", "$1", "$$", "(", ")", ","),
    *(" OR 1=1", " UNION SELECT ", "pg_sleep(9)", "::text", "status", "NULL", "0x27", "\u02bc"),
    *("&", "|", "!", ":*", "<->", "due desc", "; DROP TABLE core_event", "E'\\x27'"),
)
SAID = some.lists(some.sampled_from(PIECES), min_size=1, max_size=6).map(
    lambda pieces: MARK + "".join(pieces)
)
ASKED = {
    "/api/v1/cases": ("status", "owner", "team", "customer", "channel", "sort", "after", "limit"),
    "/api/v1/customers": ("identity", "after", "limit"),
    "/api/v1/search": ("q", "after"),
    "/api/v1/events": ("after",),
    "/desk/": ("view", "team", "channel", "status", "sort", "after"),
    "/desk/rows": ("ids", "view", "sort"),
    "/desk/search": ("q", "after"),
}
PLACES = [(path, name) for path, names in ASKED.items() for name in names]


@pytest.fixture
def watched(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    with counting(monkeypatch) as counted:
        yield counted


@pytest.mark.slow
def test_threat_26_filters_sorts_and_words_are_only_parameters(
    scene: Scene, watched: Counted
) -> None:
    by = {"/api": Client(headers=scene.headers("agent by token"))}
    by["/des"] = Client(headers=scene.headers("agent by session"))

    @settings(
        max_examples=150,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(place=some.sampled_from(PLACES), said=SAID)
    def ask(place: tuple[str, str], said: str) -> None:
        path, name = place
        words = {"q": "x"} if path.endswith("search") else {}
        answer = by[path[:4]].get(path, {**words, name: said})
        assert answer.status_code in {200, 404, 422}, (place, said)

    ask()
    assert len(watched.statements) > 300
    assert [one for one in watched.statements if MARK in one.lower()] == []
