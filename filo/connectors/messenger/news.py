"""What Meta says of a Page's approved texts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from filo.channels.contract import Announced, Fact
from filo.connectors._meta import wire
from filo.connectors._meta.calling import Place, digest, read_raw
from filo.connectors._meta.templates import state_of

FIELDS = {"message_template_status_update", "messenger_template_status_update"}  # Meta says both


class _Template(msgspec.Struct):
    event: str = ""
    message_template_id: wire.Id = ""
    message_template_name: str = ""
    message_template_language: str = ""
    reason: str | None = None


_template = msgspec.json.Decoder(_Template, strict=False)


def facts(entry: wire.Entry, place: Place) -> Iterator[Fact]:
    """Changes of templates; all other changes are the Page's in public, and read there."""
    for change in entry.changes:
        if change.field in FIELDS:
            read = partial(_of_template, place=place, stamp=entry.time)
            yield from read_raw(change.value, _template, read, change.field)


def _of_template(template: _Template, place: Place, stamp: wire.Stamp) -> Iterator[Fact]:
    yield Announced(
        id=f"template:{digest(msgspec.json.encode(template))}:{stamp}",
        what="template",
        at=place.time(stamp),
        name=template.message_template_name,
        state=state_of(template.event),
        detail="" if template.reason in {None, "", "NONE"} else str(template.reason),
        to=place.to,
    )
