"""What every endpoint does: who asks, a transaction, the ids and the body they sent, the answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from filo.api.problems import stop, wrong
from filo.core.db import Cursor, raw_cursor
from filo.core.ids import BadId, number
from filo.staff.types import Scope

T = TypeVar("T")


def actor(request: HttpRequest) -> Scope:
    """Whose token came with the call: `tokens.Bearer` has put it there."""
    scope: Scope = request.auth  # type: ignore[attr-defined]
    return scope


@contextmanager
def opened() -> Iterator[Cursor]:
    """A cursor in one transaction; an exception undoes all of it."""
    with transaction.atomic():
        yield raw_cursor()


def named(kind: str, text: str) -> int:
    """The row that a path names; what cannot be an id names nothing."""
    try:
        return number(kind, text)
    except BadId:
        raise stop(404, "not_found", f"There is no '{text[:40]}', or you may not know.") from None


def given(kind: str, where: str, text: str | None) -> int | None:
    """The row that a filter or a field names, when it names one."""
    if not text:
        return None
    try:
        return number(kind, text)
    except BadId as bad:
        raise wrong(where, str(bad)) from None


def sent(request: HttpRequest, shape: type[T]) -> T:
    """The body, as this shape; `malformed` in `problems` answers for what does not fit."""
    read = msgspec.json.decode(request.body or b"{}", type=shape)
    if where := _stray(msgspec.json.decode(request.body or b"{}"), read, "$"):
        raise msgspec.ValidationError(f"Object contains an unknown field - at `{where}`")
    return read


def _stray(raw: Any, read: Any, where: str) -> str:
    """The place of a field that nobody reads: taken in silence, it would look obeyed."""
    pairs: list[tuple[str, Any, Any]] = []
    if isinstance(read, msgspec.Struct) and isinstance(raw, dict):
        known = {field.encode_name: field.name for field in msgspec.structs.fields(read)}
        fields = raw.keys() - {read.__struct_config__.tag_field}
        if strange := sorted(fields - known.keys()):
            return f"{where}.{strange[0]}"
        pairs = [(f"{where}.{name}", raw[name], getattr(read, known[name])) for name in fields]
    elif isinstance(read, list | tuple) and isinstance(raw, list):
        pairs = [(f"{where}[{n}]", *pair) for n, pair in enumerate(zip(raw, read, strict=True))]
    return next((found for place, a, b in pairs if (found := _stray(a, b, place))), "")


def told(shape: Any, status: int = 200) -> HttpResponse:
    """The shape as an answer."""
    return HttpResponse(msgspec.json.encode(shape), status=status, content_type="application/json")
