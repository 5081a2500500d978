"""What a search found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _

from filo.conversations.types import Hit
from filo.desk.shown.faces import Face, face


class Found(msgspec.Struct, frozen=True):
    kind: str
    name: str
    face: Face
    href: str
    text: str
    at: datetime | None


def hits(found: Iterable[Hit]) -> list[Found]:
    return [_found(hit) for hit in found]


def _found(hit: Hit) -> Found:
    href = reverse("desk:customer", args=[hit.customer])
    name = hit.customer_name or _("Unknown visitor")
    where = f"{href}?at={hit.message}" if hit.message else href
    return Found(hit.kind, name, face(hit.customer_name, hit.customer), where, hit.text, hit.at)
