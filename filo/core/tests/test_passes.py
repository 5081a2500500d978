from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from filo.core import passes
from filo.core.passes import Claims, Pass, Spoiled

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
UNTIL = int(NOON.timestamp()) + 60
ADA = Pass("chn_1", "v_ada", UNTIL, "Ada", (("email", "ada@conti.example"),))


def test_a_pass_is_read_as_it_was_written() -> None:
    word = passes.write(ADA, key="k")
    assert passes.read(word, key="k", channel="chn_1", at=NOON) == ADA
    assert passes.glance(word) == ADA


@pytest.mark.parametrize(
    ("key", "channel", "later"), [("other", "chn_1", 0), ("k", "chn_2", 0), ("k", "chn_1", 61)]
)
def test_it_is_good_with_its_key_for_its_channel_and_in_time(
    key: str, channel: str, later: int
) -> None:
    word = passes.write(ADA, key="k")
    with pytest.raises(Spoiled):
        passes.read(word, key=key, channel=channel, at=NOON + timedelta(seconds=later))


def test_no_letter_of_it_can_be_changed() -> None:
    word = passes.write(ADA, key="k")
    for place in range(len(word)):
        changed = word[:place] + ("A" if word[place] != "A" else "B") + word[place + 1 :]
        with pytest.raises(Spoiled):
            passes.read(changed, key="k", channel="chn_1", at=NOON)


def test_without_a_key_nothing_is_good() -> None:
    with pytest.raises(Spoiled):
        passes.read(passes.write(ADA, key=""), key="", channel="chn_1", at=NOON)


@pytest.mark.parametrize("word", ["", ".", "é.x", "a" * 5000, "e30.e30", "bnVsbA"])
def test_nonsense_is_no_pass(word: str) -> None:
    assert passes.glance(word) is None


def test_the_cookie_that_no_other_site_can_set_goes_first() -> None:
    def name(*, secure: bool) -> str:
        return passes.cookie(channel="chn_1", key="k", secure=secure)

    header = f"{name(secure=False)}=tossed; a=b; {name(secure=True)}=ours"
    assert passes.find(header, channel="chn_1", key="k") == "ours"
    assert passes.find(f"{name(secure=False)}=local", channel="chn_1", key="k") == "local"
    assert passes.find(header, channel="chn_2", key="k") == ""


def test_the_companys_word_is_taken_with_the_names_it_vouches_for() -> None:
    said = Claims("88", UNTIL, ["x", "chn_1"], "Ada", "Ada@Conti.example", "+393331234567")
    found = passes.claims(passes.word_for(said, key="k"), key="k", channel="chn_1", at=NOON)
    given = passes.of_claims(found, channel="chn_1")

    assert (given.value, given.signed_in) == ("88", True)
    assert given.also == (("email", "ada@conti.example"), ("phone", "+393331234567"))


@pytest.mark.parametrize("word", ["", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.eyJzdWIiOiI4OCJ9."])
def test_a_word_that_is_no_jwt_of_theirs_is_spoiled(word: str) -> None:
    with pytest.raises(Spoiled):
        passes.claims(word, key="k", channel="chn_1", at=NOON)
