"""The table of windows: what is open, until when, for how many messages, and as what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from filo.channels.contract import Capabilities, Text, Window
from filo.channels.windows import Opening, Spoke, opening

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
PARTS = frozenset({Text})
META = Capabilities(text=4096, parts=PARTS, window=DAY)
BY_HAND = Window(7 * DAY, kind="human_agent", by_hand=True)
MESSENGER = Capabilities(text=2000, parts=PARTS, window=DAY, windows=(BY_HAND,))
WECHAT = Capabilities(
    text=2048,
    parts=PARTS,
    window=2 * DAY,
    windows=(
        Window(2 * DAY, most=5),
        Window(MINUTE, most=3, opened_by="menu"),
        Window(MINUTE, most=3, opened_by="follow"),
    ),
)
VIBER = Capabilities(text=7000, parts=PARTS, windows=(Window(30 * DAY, kind="session"),))
APPLE = Capabilities(text=4096, parts=PARTS)  # open until they close the conversation
SMS = Capabilities(text=1600, parts=PARTS)
EMAIL = Capabilities(text=10**6, parts=PARTS)
HTTP = Capabilities(text=4096, parts=PARTS, window=2 * HOUR)

FREE = Opening()


@pytest.mark.parametrize(
    ("can", "spoken", "sent", "by_hand", "expected"),
    [
        pytest.param(
            META,
            [Spoke(NOON - HOUR)],
            [],
            False,
            Opening("free", NOON + 23 * HOUR),
            id="24 hours of Meta",
        ),
        pytest.param(
            MESSENGER,
            [Spoke(NOON - 3 * DAY)],
            [],
            True,
            Opening("human_agent", NOON + 4 * DAY, by_hand=True),
            id="7 days by a person",
        ),
        pytest.param(
            MESSENGER, [Spoke(NOON - 3 * DAY)], [], False, None, id="7 days are not for machines"
        ),
        pytest.param(
            WECHAT,
            [Spoke(NOON - DAY), Spoke(NOON - 10 * SECOND, "menu")],
            [NOON - 2 * HOUR, NOON - HOUR],
            True,
            Opening("free", NOON + DAY, left=3),
            id="48 hours and five messages",
        ),
        pytest.param(
            WECHAT,
            [Spoke(NOON - 3 * DAY), Spoke(NOON - 20 * SECOND, "menu")],
            [NOON - 10 * SECOND],
            True,
            Opening("free", NOON + 40 * SECOND, left=2),
            id="one minute after a tap in the menu",
        ),
        pytest.param(
            WECHAT, [Spoke(NOON - HOUR)], [NOON - MINUTE] * 5, True, None, id="all five are used"
        ),
        pytest.param(
            VIBER,
            [Spoke(NOON - DAY)],
            [],
            True,
            Opening("session", NOON + 29 * DAY),
            id="30 days of Viber",
        ),
        pytest.param(APPLE, [Spoke(NOON - 90 * DAY)], [], True, FREE, id="Apple has no window"),
        pytest.param(SMS, [Spoke(NOON - 90 * DAY)], [], False, FREE, id="SMS has none"),
        pytest.param(EMAIL, [], [], False, FREE, id="e-mail has none, even before they wrote"),
        pytest.param(
            HTTP,
            [Spoke(NOON - HOUR)],
            [],
            False,
            Opening("free", NOON + HOUR),
            id="as the peer was set",
        ),
        pytest.param(
            META,
            [Spoke(NOON + 3 * HOUR)],
            [],
            True,
            Opening("free", NOON + DAY),
            id="a clock that is ahead opens nothing longer",
        ),
        pytest.param(
            META,
            [Spoke(NOON - DAY + SECOND)],
            [],
            True,
            Opening("free", NOON + SECOND),
            id="the last second",
        ),
        pytest.param(META, [Spoke(NOON - DAY)], [], True, None, id="exactly at the edge"),
        pytest.param(META, [Spoke(NOON - 2 * DAY)], [], True, None, id="closed"),
        pytest.param(META, [], [], True, None, id="they never spoke"),
        pytest.param(
            META,
            [Spoke(NOON - HOUR, "tap")],
            [],
            True,
            Opening("free", NOON + 23 * HOUR),
            id="an act without a window of its own is a word",
        ),
    ],
)
def test_the_table_of_windows(
    can: Capabilities,
    spoken: list[Spoke],
    sent: list[datetime],
    by_hand: bool,
    expected: Opening | None,
) -> None:
    assert opening(can, spoken, sent, at=NOON, by_hand=by_hand) == expected
