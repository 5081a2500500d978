"""Values that other parts may know about what we say first."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from filo.channels.types import TemplateView
from filo.conversations.types import Road


class Rung(StrEnum):
    """A way on when the usual road is closed."""

    HELD = "held"  # keep the answer, and let a neutral template say that it is ready
    TEMPLATE = "template"  # an approved text
    ROAD = "road"  # another address of theirs, open now
    MAIL = "mail"  # e-mail


class Step(msgspec.Struct, frozen=True):
    """One rung with what it needs: the templates to choose from, the road to take."""

    rung: Rung
    road: Road
    templates: tuple[TemplateView, ...] = ()
