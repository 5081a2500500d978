"""Traces: what a provider tells of two people whose addresses are linked, and how it may come."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st

A, B = "ada", "bea"
WORDS = ("m1", "m2", "m3")
OURS = "ours"  # what we said; its name at the provider comes with the receipt
RECEIPT = "receipt"
moments = st.integers(0, 3)
words = st.sampled_from(WORDS)
emojis = st.sampled_from(["", "👍", "❤️"])
people = st.sampled_from([A, A, A, B])


class Told(msgspec.Struct, frozen=True):
    """One thing told; `name` makes its key."""

    type: str
    name: str
    by: str = A
    at: int = 0
    about: str = ""
    text: str = ""
    phone: bool = False  # they show the number that both of them have


class Trace(msgspec.Struct, frozen=True):
    told: tuple[Told, ...]
    seed: int

    def calls(self) -> list[list[Told]]:
        """Another order, with repeats, in some calls. Nothing but the order of words is kept."""
        chance = random.Random(self.seed)
        again = [one for one in self.told if one.type != RECEIPT and chance.random() < 0.4]
        mixed = [*self.told, *again]
        chance.shuffle(mixed)
        calls: list[list[Told]] = [[]]
        for one in mixed:
            if chance.random() < 0.35:
                calls.append([])
            calls[-1].append(one)
        return [call for call in calls if call]


said = st.builds(
    Told, st.just("said"), words, people, moments, st.sampled_from(["", *WORDS, OURS]),
    st.sampled_from(["Dov'è la valigia?", "È blu.", "Grazie"]), st.booleans(),
)  # fmt: skip
edited = st.builds(
    Told, st.just("edited"), st.sampled_from(["e1", "e2", "e3"]), people, moments, words,
    st.sampled_from(["È nera.", "È rossa."]),
)  # fmt: skip
withdrew = st.builds(
    Told, st.just("withdrew"), st.sampled_from(["w1", "w2"]), people, moments, words
)
reacted = st.builds(
    Told, st.just("reacted"), st.sampled_from(["r1", "r2", "r3", "r4"]), people, moments,
    st.sampled_from([*WORDS, OURS]), emojis,
)  # fmt: skip
reported = st.builds(
    Told, st.just("reported"),
    st.sampled_from(["sent", "delivered", "read", "read:played", "failed"]), at=moments,
)  # fmt: skip
told = st.one_of(said, said, edited, edited, withdrew, reacted, reacted, reported, reported)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Facts with different keys, and the receipt of our own words among them."""
    facts = draw(
        st.lists(told, min_size=3, max_size=12, unique_by=lambda one: (one.type, one.name))
    )
    receipt = Told(RECEIPT, "receipt")
    return Trace((receipt, *facts), draw(st.integers(0, 2**32 - 1)))


def as_event(one: Told, prefix: str, phone: str) -> dict[str, Any]:
    """What the provider would send."""
    about = f"{prefix}{one.about}" if one.about else ""
    event: dict[str, Any] = {
        "type": one.type,
        "id": f"{prefix}{one.name}",
        "at": f"2026-11-22T12:00:0{one.at}Z",
        "from": {"id": f"{prefix}{one.by}", "name": one.by.title()},
    }
    if one.phone:
        event["from"]["phone"] = phone
    match one.type:
        case "said":
            event |= {"parts": [{"type": "text", "text": one.text}], "answers": about}
        case "edited":
            event |= {"parts": [{"type": "text", "text": one.text}], "message": about}
        case "withdrew":
            event |= {"message": about}
        case "reacted":
            event |= {"message": about, "emoji": one.text}
        case "reported":
            state, _, detail = one.name.partition(":")
            event |= {"message": f"{prefix}{OURS}", "state": state, "detail": detail}
            event |= {"reason": "blocked"} if state == "failed" else {}
    return event


def in_order(trace: Trace) -> Sequence[Told]:
    """As it happened: words, our receipt, then what was told about them."""
    first = [one for one in trace.told if one.type in {"said", RECEIPT}]
    return [*first, *(one for one in trace.told if one not in first)]
