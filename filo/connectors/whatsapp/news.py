"""What Meta says of the account itself: its templates, its number, its standing; and calls.

Only what stops us is told as a stop: a limit on what we begin ourselves leaves answers free.
(Cloud API v25.0, webhook reference, May 2026)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from filo.channels.contract import Announced, Fact, Native, Said, Unknown
from filo.channels.kit import from_epoch
from filo.connectors._meta.templates import state_of
from filo.connectors.whatsapp import wire
from filo.connectors.whatsapp.people import handle
from filo.core.text import UNREADABLE

ENDED = {"ACCOUNT_DELETED", "PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED", "ACCOUNT_OFFBOARDED"}
BACK = {"ACCOUNT_RECONNECTED"}
BANS = {"DISABLE": "restricted", "REINSTATE": "restored"}
# Answers to customers are stopped; RESTRICTED_BIZ_INITIATED_MESSAGING stops what we begin alone.
ANSWERS_STOPPED = {"RESTRICTED_CUSTOMER_INITIATED_MESSAGING"}
OURS = "BUSINESS_INITIATED"


@dataclass(slots=True, frozen=True)
class Heard:
    """One change, decoded, and where in a call it stood."""

    news: wire.News
    field: str
    id: str
    at: datetime
    waba: str
    to: str = ""

    def announced(self, what: str, *, state: str = "", detail: str = "") -> Announced:
        news = self.news
        return Announced(
            id=self.id if what == self.field else f"{self.id}:{what}",
            what=what,
            at=self.at,
            name=news.message_template_name,
            language=news.message_template_language,
            state=state,
            detail=detail,
        )


def facts(change: wire.Change, entry: wire.Entry, at: datetime) -> list[Fact]:
    """All that one change of the account tells."""
    digest = hashlib.sha256(bytes(change.value)).hexdigest()[:32]
    try:
        news = _news.decode(change.value)
    except UNREADABLE as problem:
        return [Unknown(f"{change.field} that cannot be read: {problem}", digest)]
    # The same thing happens again and again: the time tells one from the other.
    id_ = f"{entry.id}:{change.field}:{digest}:{entry.time}"
    heard = Heard(news, change.field, id_, _moment(entry.time, at), entry.id)
    return list(READERS[change.field](heard)) or [Unknown(change.field, digest)]


def _moment(stamp: int, at: datetime) -> datetime:
    try:
        return from_epoch(stamp) if stamp else at
    except (ValueError, OverflowError, OSError):
        return at


# --- templates ------------------------------------------------------------


def _template(heard: Heard) -> Iterator[Fact]:
    news = heard.news
    if news.message_template_name and news.event:
        why = news.rejection_info.reason or ("" if news.reason == "NONE" else news.reason or "")
        ends = news.disable_info.disable_date
        detail = " ".join(filter(None, [why, news.rejection_info.recommendation, ends]))
        yield heard.announced("template", state=state_of(news.event), detail=detail)


def _template_quality(heard: Heard) -> Iterator[Fact]:
    """A template that customers complain of: it may be paused next."""
    if heard.news.message_template_name and heard.news.new_quality_score:
        score = heard.news.new_quality_score.lower()
        yield heard.announced("template_quality", state=score)


def _template_category(heard: Heard) -> Iterator[Fact]:
    """Meta moved a template, and with it the price of each message."""
    if heard.news.message_template_name and heard.news.new_category:
        old, new = heard.news.previous_category.lower(), heard.news.new_category.lower()
        yield heard.announced("template_category", state=new, detail=old and f"was {old}")


def _template_words(heard: Heard) -> Iterator[Fact]:
    if heard.news.message_template_name:
        yield heard.announced("template_words")


# --- the account and its number -------------------------------------------


def _account(heard: Heard) -> Iterator[Fact]:
    news = heard.news
    limits = [one.restriction_type for one in news.restriction_info]
    detail = ", ".join(
        filter(None, [news.event, *limits, news.violation_info.violation_type, news.ban_info.state])
    )
    if not news.event:
        return
    if news.event in ENDED:
        what = "revoked"
    elif news.event in BACK:
        what = "restored"
    elif news.event == "DISABLED_UPDATE":
        what = BANS.get(news.ban_info.state, "account")
    else:
        what = "restricted" if ANSWERS_STOPPED & set(limits) else "account"
    yield heard.announced(what, detail=detail)


def _number(heard: Heard) -> Iterator[Fact]:
    news = heard.news
    if news.event in {"FLAGGED", "UNFLAGGED", "DOWNGRADE", "UPGRADE"}:
        yield heard.announced("quality", detail=news.event.lower())
    limit = news.max_daily_conversations_per_business or news.current_limit
    if limit or news.event == "THROUGHPUT_UPGRADE":
        yield heard.announced("limit", detail=limit or news.event.lower())


def _capability(heard: Heard) -> Iterator[Fact]:
    news = heard.news
    most = news.max_daily_conversations_per_business or news.max_daily_conversation_per_phone
    if most:
        yield heard.announced("limit", detail=str(most))


def _note(heard: Heard) -> Iterator[Fact]:
    """Told to whoever listens; nothing here changes by it."""
    news = heard.news
    words = (news.event, news.decision, news.alert_type, news.alert_severity)
    detail = " ".join(filter(None, [*words, news.alert_description]))
    if detail:
        yield heard.announced("account", detail=detail)


# --- calls ----------------------------------------------------------------


def calls(value: wire.Calls, *, waba: str, to: str, at: datetime) -> Iterator[Fact]:
    """Somebody rings. Nobody can pick up here: it stands in the thread, and opens the window."""
    for call in value.calls:
        by = handle(call.sender, call.from_user_id, waba=waba, name=_named(value, call))
        if not call.id or by is None or call.event != "connect" or call.direction == OURS:
            continue
        moment = _moment(int(call.timestamp) if call.timestamp.isdigit() else 0, at)
        yield Said(call.id, moment, by, (Native("call", "📞"),), to, context={"act": "call"})


def _named(value: wire.Calls, call: wire.CallNews) -> str:
    ids = {call.sender, call.from_user_id} - {""}
    names = (one.profile.name for one in value.contacts if {one.wa_id, one.user_id} & ids)
    return next(names, "")


_news = msgspec.json.Decoder(wire.News, strict=False)
READERS: dict[str, Callable[[Heard], Iterator[Fact]]] = {
    "message_template_status_update": _template,
    "message_template_quality_update": _template_quality,
    "message_template_components_update": _template_words,
    "template_category_update": _template_category,
    "account_update": _account,
    "account_review_update": _note,
    "account_alerts": _note,
    "phone_number_name_update": _note,
    "security": _note,
    "phone_number_quality_update": _number,
    "business_capability_update": _capability,
}
