"""How Google is asked: a fresh access token each time, pages from the newest, where we stopped."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from filo.channels.contract import Call, Config, Failed, Fed, Later, Reason, Reply, Request, Scope
from filo.channels.kit import A_WHILE, base_of, excerpt, raise_for_reply
from filo.connectors.reviews.wire import Review, moment, page_of, readable
from filo.core.text import UNREADABLE

API = "https://mybusiness.googleapis.com"
TOKENS = "https://oauth2.googleapis.com"
FIRST = timedelta(days=30)  # how far back the first look goes
SIZE, MOST_PAGES = 50, 20

Asking = Generator[Call, Reply, str]


class Place(msgspec.Struct, omit_defaults=True):
    """Where we stopped: the newest change seen and which reviews had it.

    In the middle of many pages `page` says where to go on, `top` what the mark will be then.
    """

    mark: str = ""
    ids: tuple[str, ...] = ()
    page: str = ""
    top: str = ""
    top_ids: tuple[str, ...] = ()


class Token(msgspec.Struct):
    access_token: str = ""


def access(config: Config) -> Asking:
    """An access token; it lives an hour, so we keep none."""
    form = {
        "grant_type": "refresh_token",
        "client_id": config.get("client_id", ""),
        "client_secret": config.get("client_secret", ""),
        "refresh_token": config.get("refresh_token", ""),
    }
    url = f"{base_of(config.get('api_base') or TOKENS)}/token"
    reply = yield Call(url=url, form=form, repeatable=True)
    if reply.status == 400:  # invalid_grant: taken back, or not used for half a year
        why = f"Google wants you to log in again: {excerpt(reply.body)}"
        raise Failed(Reason.REFUSED, why, scope=Scope.CHANNEL)
    raise_for_reply(reply)
    try:
        token = msgspec.json.decode(reply.body, type=Token).access_token
    except UNREADABLE:
        token = ""
    if not token:
        raise Later(A_WHILE, "Google gave no access token", scope=Scope.CHANNEL)
    return token


def reviews_of(config: Config) -> str:
    base = base_of(config.get("api_base") or API)
    return f"{base}/v4/{config.get('location', '').strip('/')}/reviews"


def page_call(config: Config, token: str, *, page: str = "", size: int = SIZE) -> Call:
    url = f"{reviews_of(config)}?pageSize={size}&orderBy={quote('updateTime desc')}"
    url += f"&pageToken={quote(page, safe='')}" if page else ""
    return Call(url=url, method="GET", headers={"authorization": f"Bearer {token}"})


def feed(config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
    """Page by page until what we know; told in the order in which it happened."""
    place = _place(cursor, at)
    token = yield from access(config)
    found: list[Request] = []
    for _ in range(MOST_PAGES):
        reply = yield page_call(config, token, page=place.page)
        raise_for_reply(reply)
        page = page_of(reply.body)
        if page is None:
            raise Later(A_WHILE, f"not reviews: {excerpt(reply.body)}", scope=Scope.CHANNEL)
        pairs = readable(page.reviews)
        fresh = [raw for raw, review in pairs if _is_new(review, place)]
        _climb(place, [review for _, review in pairs])
        if fresh:
            found.append(_request(fresh, place, at))
        place.page = page.next_page_token if len(fresh) == len(pairs) else ""
        if not place.page:
            return Fed(tuple(reversed(found)), _cursor(_ended(place)))
    return Fed(tuple(reversed(found)), _cursor(place), more=True)


def _place(cursor: str, at: datetime) -> Place:
    try:
        return msgspec.json.decode(cursor, type=Place)
    except UNREADABLE:
        return Place(mark=(at - FIRST).isoformat())


def _is_new(review: Review, place: Place) -> bool:
    known = moment(place.mark)
    if known is None or review.updated > known:
        return True
    return review.updated == known and review.id not in place.ids


def _climb(place: Place, reviews: list[Review]) -> None:
    """The newest change of all pages is the next mark."""
    for review in reviews:
        top = moment(place.top)
        if top is None or review.updated > top:
            place.top, place.top_ids = review.updated.isoformat(), (review.id,)
        elif review.updated == top:
            place.top_ids = tuple(dict.fromkeys((*place.top_ids, review.id)))


def _ended(place: Place) -> Place:
    known, top = moment(place.mark), moment(place.top)
    if top is None or (known is not None and top < known):
        return Place(mark=place.mark, ids=place.ids)
    ids = place.top_ids if top != known else tuple(dict.fromkeys((*place.ids, *place.top_ids)))
    return Place(mark=place.top, ids=ids)


def _cursor(place: Place) -> str:
    return msgspec.json.encode(place).decode()


def _request(fresh: list[msgspec.Raw], place: Place, at: datetime) -> Request:
    """A page for the journal: what is new of it, and since when, which tells edits from reviews."""
    body = msgspec.json.encode({"reviews": fresh})
    return Request(
        body=body,
        at=at,
        headers={"content-type": "application/json"},
        query={"since": place.mark},
        method="GET",
    )
