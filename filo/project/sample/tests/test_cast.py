"""The cast acts by the real roads, so a test's world is a possible one."""

from __future__ import annotations

import pytest

from filo.conversations.types import NotFound
from tests.cast import Cast
from tests.fixtures import brezza

__all__ = ["brezza"]


def test_ada_writes_and_dora_replies_in_one_thread(brezza: Cast) -> None:
    ada, dora = brezza.guest("ada"), brezza.colleague("dora")

    case = ada.writes("Posso spostare il volo a sabato?")
    answer = dora.replies(case, "Certo: BZ 218, alle 10:35.")
    ada.writes("Perfetto, grazie")

    assert case.team_name == "Prenotazioni"
    assert answer.deliveries[0].state == "pending"
    assert dora.sees(case) == [
        "Posso spostare il volo a sabato?",
        "Certo: BZ 218, alle 10:35.",
        "Perfetto, grazie",
    ]


def test_what_a_guest_says_at_the_kiosk_stands_in_the_same_thread(brezza: Cast) -> None:
    ada, dora = brezza.guest("ada"), brezza.colleague("dora")

    case = ada.writes("Dal telefono")
    ada.writes("Dal totem", on="kiosk")

    assert dora.sees(case) == ["Dal telefono", "Dal totem"]


def test_a_stranger_does_not_see_the_thread(brezza: Cast) -> None:
    case = brezza.guest("ada").writes("Una cosa mia")

    with pytest.raises(NotFound):
        brezza.colleague("enzo").replies(case, "?")
