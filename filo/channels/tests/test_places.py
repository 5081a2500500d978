from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from filo.channels import places, registry
from filo.channels.contract import Capabilities, Card, Text

LONG = timedelta(days=7)
PUBLIC = Capabilities(text=280, unit="weighted", parts=frozenset({Text}))
ASIDE = Capabilities(text=2000, bundles=True)
CARD = Card(
    kind="piccione",
    name="Piccione",
    settings=(),
    can=Capabilities(text=10_000, privately=LONG, in_public=PUBLIC, taken_up=ASIDE),
)


@pytest.mark.parametrize(("about", "text"), [("", 10_000), ("public", 280), ("msg_1", 2000)])
def test_each_place_has_its_limits(about: str, text: int) -> None:
    assert places.capabilities(CARD, about).text == text


def test_public_words_may_still_be_taken_up_in_private() -> None:
    openly = places.in_public(CARD)
    assert openly.can.privately == LONG
    assert places.taken_up(openly).can.text == 2000


def test_a_channel_that_makes_no_difference_is_the_same_everywhere() -> None:
    plain = structs.replace(CARD, can=Capabilities(text=100))
    assert places.in_public(plain) is places.taken_up(plain) is plain


def test_what_is_taken_up_once_travels_as_one() -> None:
    settings = {"page_id": "1", "account_id": "17"}
    for kind in registry.kinds():
        can = registry.card_of(kind, settings).can
        assert not can.taken_up or can.taken_up.bundles
