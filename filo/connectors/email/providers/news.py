"""From a provider's news to the facts of the contract: states of our mails, and wishes."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from filo.channels.contract import Fact, Handle, OptedOut, Reported, Request, State
from filo.connectors.email.head import normal_address
from filo.connectors.email.providers.wire import Mark

if TYPE_CHECKING:
    from filo.connectors.email.providers.normal import News

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
STATES = {"delivered": State.DELIVERED, "opened": State.READ, "failed": State.FAILED}


def read(provider: str, event: dict[str, Any]) -> News | None:
    """One event in the common language; the module that knows it is loaded with the first."""
    news: News | None = _normal().one(provider, event)
    return news


def read_ses(event: dict[str, Any], notice: dict[str, Any]) -> Sequence[News]:
    news: Sequence[News] = _normal().of_ses(event, notice)
    return news


def facts(news: News, mark: Mark, request: Request, *, word: str = "") -> Iterator[Fact]:
    """`word` says how bad a failure is, in the provider's own words (hard, soft, suppressed)."""
    to = normal_address(request.settings.get("address", ""))
    person = normal_address(news.recipient) if "@" in news.recipient else ""
    state = STATES.get(news.kind)
    if state is not None and mark.message:
        yield Reported(
            message=mark.message,
            state=state,
            # A mail is opened many times, and is read once: without a time, a repeat is no news.
            at=request.at if state is State.READ else _when(news, request),
            reason=news.reason,
            detail=_detail(word, news.detail) if state is State.FAILED else "",
            to=to,
            recipient=person,
            ref=mark.ref,
        )
    elif person:
        yield from _wish(news, mark, request, Handle("email", person), to)


def _wish(news: News, mark: Mark, request: Request, by: Handle, to: str) -> Iterator[Fact]:
    at = _when(news, request)
    id_ = news.id or f"{news.kind}:{by.value}:{int(at.timestamp())}"
    if news.kind == "complained":
        yield OptedOut(id_, by, at, purpose="complaint", to=to)
    elif news.kind == "unsubscribed":
        # From a mail of ours it means us; else from some campaign that the company sends elsewhere.
        yield OptedOut(id_, by, at, purpose="" if mark.message else "marketing", to=to)
    elif news.kind == "subscribed":
        yield OptedOut(id_, by, at, purpose="", back=True, to=to)


def _when(news: News, request: Request) -> datetime:
    if news.at is None or not OLDEST < news.at <= request.at:
        return request.at
    return news.at


def _detail(word: str, detail: str) -> str:
    return ": ".join(filter(None, (word, detail)))[:300]


def _normal() -> Any:
    return importlib.import_module("filo.connectors.email.providers.normal")
