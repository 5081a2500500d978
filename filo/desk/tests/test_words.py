"""What people wrote is shown as words, whatever it looks like."""

from __future__ import annotations

import pytest

from filo.core.tests.hostile import HOSTILE
from filo.core.tests.test_cleaner import complaints
from filo.desk.shown.words import called, linked


@pytest.mark.parametrize("hostile", HOSTILE)
def test_threat_11_hostile_words_stay_words_in_a_bubble_and_in_a_note(hostile: str) -> None:
    assert complaints(linked(hostile)) == []
    assert set(complaints(called(hostile))) <= {"span.class=at-me"}


def test_an_address_that_holds_an_at_sign_stays_whole_in_a_note() -> None:
    shown = called("@dora https://x.example/@enzo")

    assert shown.startswith('<span class="at-me">@dora</span> <a href="https://x.example/@enzo" ')


@pytest.mark.parametrize(
    "words", ["{{ request.user }}", "{% load x %}", "{0.__class__}", "%(x)s %n", "${7*7}"]
)
def test_threat_27_words_that_look_like_a_template_stay_words(words: str) -> None:
    assert linked(words) == words
    assert called(words) == words
