from __future__ import annotations

from filo.live.presence import Beat, Presence


def beat(*, looking: bool) -> Beat:
    return Beat(case=7, customer=1, staff=1, name="Dora", teams=(1,), looking=looking)


def test_leaving_a_case_where_one_was_never_seen_disturbs_nobody() -> None:
    """As after a restart: the first thing that the new process hears is a good-bye."""
    presence = Presence()
    presence.note(beat(looking=False), at=0.0)

    assert list(presence.changed(at=0.0)) == []


def test_who_leaves_is_gone_and_is_told_once() -> None:
    presence = Presence()
    presence.note(beat(looking=True), at=0.0)
    came = [words["people"] for _, words in presence.changed(at=0.0)]
    presence.note(beat(looking=False), at=1.0)
    left = [words["people"] for _, words in presence.changed(at=1.0)]

    assert [[one["name"] for one in people] for people in came] == [["Dora"]]
    assert left == [[]]
    assert list(presence.changed(at=2.0)) == []
