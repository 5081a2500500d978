"""Values that other parts may know about customers."""

from __future__ import annotations

from datetime import datetime

import msgspec


class IdentityView(msgspec.Struct, frozen=True):
    id: str
    space: str
    value: str
    name: str
    verified: bool
    state: str = ""
    heard_at: datetime | None = None


class CustomerView(msgspec.Struct, frozen=True):
    id: str
    name: str
    language: str
    created_at: datetime
    identities: tuple[IdentityView, ...] = ()


class Known(msgspec.Struct, frozen=True):
    """A handle, recognised: the rows it stands for."""

    identity: int
    customer: int
    new: bool = False
    nameless: bool = False


class NoSuchCustomer(Exception):
    """There is no such customer, or the reader may not know that there is."""
