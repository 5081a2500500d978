"""Which connectors there are: those of the entry points, and every folder of filo/connectors.

A folder whose name begins with an underscore is no connector: it is what several of a family share.

Finding a kind imports that connector alone, so a process that speaks two channels holds two.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import cast

from filo.channels.contract import Adapts, Card, Config, Connector

GROUP = "filo.connectors"


class NoSuchKind(LookupError):
    """No connector of this kind is installed."""


@cache
def connector(kind: str) -> Connector:
    """The connector of a kind, imported when first asked for."""
    try:
        module, _, attribute = _places()[kind].partition(":")
    except KeyError:
        raise NoSuchKind(kind) from None
    return cast(Connector, getattr(importlib.import_module(module), attribute))


def package(kind: str) -> str:
    """The package of a connector's folder, where its guide and its mark lie."""
    if kind not in _places():
        raise NoSuchKind(kind)
    return _places()[kind].partition(":")[0].rpartition(".")[0]


def kinds() -> list[str]:
    """All kinds, in alphabetical order, without importing any."""
    return sorted(_places())


@cache
def cards() -> tuple[Card, ...]:
    """The card of every kind, in the order of `kinds`."""
    return tuple(connector(kind).card for kind in kinds())


def card_of(kind: str, settings: Config) -> Card:
    """The card of one channel: what its settings make of the card of its kind."""
    speaker = connector(kind)
    return speaker.adapt(settings) if isinstance(speaker, Adapts) else speaker.card


@cache
def _places() -> dict[str, str]:
    """Kind -> `module:attribute`. An entry point may replace a connector of ours."""
    package = importlib.import_module(GROUP)
    ours = {
        folder.name: f"{GROUP}.{folder.name}.connector:connector"
        for folder in pkgutil.iter_modules(package.__path__)
        if folder.ispkg and not folder.name.startswith("_")
    }
    return ours | {point.name: point.value for point in entry_points(group=GROUP)}
