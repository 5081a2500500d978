from __future__ import annotations

import httpx
import psycopg
import pytest

from filo.core.ids import public
from filo.live import crowd, stream
from filo.live.tests.town import Server, Town, listening, until_beat
from filo.staff.operations import switch_off


def test_words_reach_the_desk_at_once(town: Town, address: str, drawn: object) -> None:
    dora = town.hire("dora", town.team)
    with listening(address, dora) as heard:
        until_beat(heard)
        town.hear("Where is my plane?")
        opened, said = next(heard).told, next(heard).told

    assert (opened["type"], said["type"]) == ("case_opened", "message_received")
    assert said["row"]["status"] == "open"
    assert said["row"]["case"] == said["case"]
    assert f'data-to="[data-thread=&quot;{said["customer"]}&quot;]"' in said["html"]


def test_a_bubble_is_drawn_once_for_all_who_read_the_same_language(
    town: Town, address: str, drawn: list[tuple[int, ...]]
) -> None:
    dora, enzo = town.hire("dora", town.team), town.hire("enzo", town.team)
    with listening(address, dora) as one, listening(address, enzo) as other:
        until_beat(one)
        until_beat(other)
        town.hear("Ciao")
        first = [next(one).told for _ in range(2)]
        second = [next(other).told for _ in range(2)]

    assert first == second
    assert len(drawn) == 1


def test_regression_12_a_stranger_hears_nothing(town: Town, address: str) -> None:
    """chatwoot#10221, #15384, for the live stream."""
    stranger, admin = town.hire("bruno", town.other), town.hire("root", town.other, "admin")
    with listening(address, stranger) as deaf, listening(address, admin) as heard:
        until_beat(deaf)
        until_beat(heard)
        town.hear("For Rebooking only")
        assert next(heard).told["type"] == "case_opened"
        with town.cursor() as cur:
            cur.execute("UPDATE customers_customer SET teams = teams || %s::bigint", [town.other])
        town.hear("Now for Baggage too")

        assert next(deaf).told["type"] == "message_received"


def test_a_restricted_case_is_told_to_its_own_team_only(town: Town, address: str) -> None:
    town.hear("Before")
    with town.cursor() as cur:
        cur.execute("UPDATE customers_customer SET teams = teams || %s::bigint", [town.other])
        cur.execute("UPDATE conversations_case SET restricted = true")
    stranger, dora = town.hire("bruno", town.other), town.hire("dora", town.team)
    with listening(address, stranger) as deaf, listening(address, dora) as heard:
        until_beat(deaf)
        until_beat(heard)
        town.hear("My illness", by="ada")
        town.hear("Anything else", by="carla")
        secret = next(heard).told
        # Who may hear is settled when an event is told: only then may that change.
        assert [next(heard).told["type"] for _ in range(2)] == ["case_opened", "message_received"]
        with town.cursor() as cur:
            cur.execute("UPDATE customers_customer SET teams = teams || %s::bigint", [town.other])
        town.hear("And more", by="carla")

        told = next(deaf).told

    assert secret["type"] == told["type"] == "message_received"
    assert told["customer"] != secret["customer"]


def test_what_was_committed_while_cut_off_is_told_once_and_in_order(
    town: Town, address: str
) -> None:
    dora = town.hire("dora", town.team)
    town.hear("Opening")
    with listening(address, dora) as heard:
        _, cursor = until_beat(heard)
    for n in range(5):
        town.hear(str(n))
    with listening(address, dora, cursor) as heard:
        missed, cursor = until_beat(heard)
        town.hear("live again")
        live = next(heard)
    with listening(address, dora, live.id) as heard:
        again, _ = until_beat(heard)

    seqs = [frame.told["data"]["seq"] for frame in [*missed, live]]
    assert seqs == [2, 3, 4, 5, 6, 7]
    assert again == []


def test_the_browsers_own_word_on_resuming_wins_over_the_address(town: Town, address: str) -> None:
    dora = town.hire("dora", town.team)
    with listening(address, dora) as heard:
        _, old = until_beat(heard)
        town.hear("Hello")
        newest = [next(heard), next(heard)][-1].id
    with (
        httpx.Client(base_url=address, cookies=dora, headers={"last-event-id": newest}) as client,
        client.stream("GET", "/live", params={"after": old}) as answer,
    ):
        lines = answer.iter_lines()
        assert "event: beat" in [next(lines) for _ in range(6)]


def test_a_cursor_of_another_life_is_answered_by_reset(town: Town, address: str) -> None:
    dora = town.hire("dora", town.team)
    with listening(address, dora, "elsewhere.1.1") as heard:
        assert next(heard).event == "reset"


def test_nobody_listens_without_a_login(town: Town, address: str) -> None:
    assert httpx.get(f"{address}/live").status_code == 401
    assert httpx.get(f"{address}/live/poll").status_code == 401


def test_the_stream_of_who_is_switched_off_ends_at_once_and_does_not_open_again(
    town: Town, address: str
) -> None:
    dora, enzo = town.hire("dora", town.team), town.hire("enzo", town.team)
    with listening(address, dora) as ended, listening(address, enzo) as goes_on:
        until_beat(ended)
        until_beat(goes_on)
        with town.cursor() as cur:
            cur.execute("SELECT id FROM staff_staff WHERE name = 'dora' OR email LIKE 'dora@%'")
            switch_off(cur, cur.fetchall()[0][0])

        assert next(ended).event == "bye"
        town.hear("For those who are still here")
        assert next(goes_on).told["type"] == "case_opened"
    assert httpx.get(f"{address}/live", cookies=dora).status_code == 401


def test_a_commit_without_a_bell_is_found_by_looking(town: Town, address: str) -> None:
    dora = town.hire("dora", town.team)
    town.hear("Opening")
    with listening(address, dora) as heard, psycopg.connect(town.url) as quiet:
        until_beat(heard)
        quiet.execute(
            "INSERT INTO core_event (type, customer) SELECT 'silent', id FROM customers_customer"
        )
        quiet.commit()

        assert next(heard).told["type"] == "silent"


def test_a_late_commit_reaches_an_open_stream(town: Town, address: str) -> None:
    dora = town.hire("dora", town.team)
    town.hear("Opening", by="ada")
    town.hear("Opening", by="carla")
    with listening(address, dora) as heard, psycopg.connect(town.url) as slow:
        until_beat(heard)
        town.hear("I began first", by="ada", cur=slow.cursor())
        town.hear("I ended first", by="carla")
        slow.commit()
        seqs = [next(heard).told["data"]["message"] for _ in range(2)]

    assert seqs == sorted(seqs)
    assert len(set(seqs)) == 2


def test_a_browser_that_does_not_read_is_closed_and_resumes(
    town: Town, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "LONGEST_QUEUE", 3)
    dora = town.hire("dora", town.team)
    with listening(address, dora) as heard:
        _, cursor = until_beat(heard)
        with town.cursor() as cur:
            for n in range(8):
                town.hear(str(n), by=f"c{n}", cur=cur)
        assert next(heard).event == "bye"
    with listening(address, dora, cursor) as heard:
        missed, _ = until_beat(heard)

    assert len(missed) == 16


def test_all_hear_bye_when_the_server_stops(town: Town) -> None:
    server = Server()
    with server as address, listening(address, town.hire("dora", town.team)) as heard:
        until_beat(heard)
        server.should_exit = True
        # uvicorn waits for us; the signal would have said it (see _say_bye_on_signals)
        stream.say_bye()
        assert next(heard).event == "bye"


def test_where_streams_cannot_pass_polling_tells_the_same(town: Town, address: str) -> None:
    dora = town.hire("dora", town.team)
    with httpx.Client(base_url=address, cookies=dora) as client:
        start = client.get("/live/poll").json()
        town.hear("Ciao")
        told = client.get("/live/poll", params={"after": start["next"]}).json()
        later = client.get("/live/poll", params={"after": told["next"]}).json()
        lost = client.get("/live/poll", params={"after": "elsewhere.1.1"}).json()

    assert [item["type"] for item in told["items"]] == ["case_opened", "message_received"]
    assert later["items"] == []
    assert lost == {"reset": True}


def test_who_looks_and_who_types_is_seen_by_those_who_may(town: Town, address: str) -> None:
    town.hear("Ciao")
    dora, enzo = town.hire("dora", town.team), town.hire("enzo", town.team)
    bruno = town.hire("bruno", town.other)
    with town.cursor() as cur:
        case = cur.execute("SELECT id FROM conversations_case").fetchone()
    said = {"case": public("cas", case[0]), "typing": True}  # type: ignore[index]
    with (
        listening(address, enzo) as heard,
        httpx.Client(base_url=address, cookies=dora) as hers,
        httpx.Client(base_url=address, cookies=bruno) as his,
    ):
        until_beat(heard)
        assert hers.post("/live/hints", json=said).status_code == 204
        hint = next(heard)
        assert his.post("/live/hints", json=said).status_code == 404
        foreign = {"origin": "https://evil.example"}
        assert hers.post("/live/hints", json=said, headers=foreign).status_code == 403
        hers.post("/live/hints", json={**said, "looking": False, "typing": False})
        left = next(heard)
    assert hint.event == "hint"
    assert [(p["name"], p["typing"]) for p in hint.told["people"]] == [("Dora", True)]
    assert left.told["people"] == []
