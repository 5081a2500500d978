"""Which addresses belong together? Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from filo.channels.contract import Handle
from filo.core.text import storable

Pair = tuple[str, str]  # (space, value)


class Circle(msgspec.Struct):
    """Addresses attested together, the speaking one first."""

    name: str
    pairs: list[Pair]


def group(handles: Iterable[Handle]) -> list[Circle]:
    """Circles of addresses that some payload of the batch joins, directly or by a chain."""
    circles: dict[Pair, Circle] = {}
    for handle in handles:
        pairs = [(handle.space, handle.value), *handle.also]
        met = {id(circles[pair]): circles[pair] for pair in pairs if pair in circles}
        circle = _joined(list(met.values()))
        circle.name = circle.name or storable(handle.name)
        for pair in pairs:
            if pair not in circle.pairs:
                circle.pairs.append(pair)
        for pair in circle.pairs:
            circles[pair] = circle
    return list({id(circle): circle for circle in circles.values()}.values())


def _joined(met: list[Circle]) -> Circle:
    if not met:
        return Circle("", [])
    first = met[0]
    for other in met[1:]:
        first.name = first.name or other.name
        first.pairs += [pair for pair in other.pairs if pair not in first.pairs]
    return first
