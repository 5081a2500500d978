"""What the composer says of the time that a channel leaves us."""

from __future__ import annotations

from datetime import timedelta

from filo.channels import operations as channels
from filo.core import clock
from filo.desk.tests.people import Browser, case_path, text_of, words_of
from tests.world import World


def heard(town: World, ago: timedelta) -> int:
    """Ada wrote so long ago, on a channel that takes answers for a day."""
    town.act(channels.change, town.channel, settings={"window": str(24 * 3600)})
    case = town.writes("ada", "Is it late?")
    at = clock.now() - ago
    town.connection.execute("UPDATE conversations_message SET said_at = %s, at = %s", [at, at])
    return case


def test_the_time_that_is_left_is_told_and_can_be_counted_down(town: World, dora: Browser) -> None:
    case = heard(town, timedelta(hours=20, minutes=30))

    page = text_of(dora.get(case_path(case)))

    assert '<time data-as="left" datetime="' in page
    assert "3 h 29" in page


def test_the_last_minutes_are_told_by_the_second(town: World, dora: Browser) -> None:
    case = heard(town, timedelta(hours=23, minutes=55))

    assert ">4:5" in text_of(dora.get(case_path(case)))


def test_when_it_is_over_the_road_is_closed_in_place(town: World, dora: Browser) -> None:
    case = heard(town, timedelta(hours=24))

    answer = dora.get(case_path(case, "roads"))

    assert "time for free answers is over" in words_of(answer)
    assert "disabled data-send" in text_of(answer)


def test_no_time_is_offered_that_the_window_does_not_reach(town: World, dora: Browser) -> None:
    case = heard(town, timedelta(hours=22, minutes=30))

    page = words_of(dora.get(case_path(case)))

    send_later = page[page.index("their time") :]
    assert "In 1 hour" in send_later
    assert "In 3 hours" not in send_later
