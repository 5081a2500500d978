"""The channel's life at Twilio: do the settings hold, where does Twilio call, what did we miss?"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from filo.channels.contract import Call, Config, Failed, Fed, Hop, Reason, Reply, Request, Scope
from filo.channels.kit import base_of
from filo.connectors.sms import rest
from filo.connectors.sms.errors import raise_for_twilio
from filo.core.text import UNREADABLE

SERVICES = "https://messaging.twilio.com"
INSISTS = "#rc=3&rp=all"  # three tries more, whatever went wrong; the default is one
OVERLAP = timedelta(minutes=10)  # what was being written while we asked; repeats are dropped
PAGE = 100

T = TypeVar("T", bound=msgspec.Struct)


class _Account(msgspec.Struct):
    status: str = ""


class _Number(msgspec.Struct):
    sid: str = ""
    sms_url: str = ""


class _Numbers(msgspec.Struct):
    incoming_phone_numbers: list[_Number] = []


class _Pool(msgspec.Struct):
    sid: str = ""
    inbound_request_url: str | None = ""


class _Kept(msgspec.Struct):
    sid: str = ""
    direction: str = ""
    to: str = ""
    sender: str = msgspec.field(default="", name="from")
    body: str | None = ""
    num_media: str = "0"
    date_sent: str | None = ""


class _Page(msgspec.Struct):
    messages: list[_Kept] = []
    next_page_uri: str | None = None


class _File(msgspec.Struct):
    sid: str = ""
    content_type: str = ""


class _Files(msgspec.Struct):
    media_list: list[_File] = []


# --- does it hold? --------------------------------------------------------

ANEW = "Compare Account SID and Auth token with Account info on the Console's first page."
ACTIVE = "The account is suspended or closed: look at the Twilio Console, often it is the bill."
SENDER = "Write the number as +39…, or the SID of the Messaging Service that holds it."
REGISTER = "Press the button that tells the provider: it sets our address at Twilio."


def check(config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
    reply = yield rest.account_call(config, ".json", method="GET")
    account = _read(reply, _Account)
    if reply.status != 200:
        detail = "Twilio does not know the account, or refuses the token."
        return (Hop("account", False, detail, ANEW),)
    active = Hop("account", account.status == "active", account.status, ACTIVE)
    if only_sends(config):
        why = "A name only sends: nobody can answer it, and nobody calls Filo for it."
        return active, Hop("sender", ok=True, detail=why)
    called = yield from _where(config)
    if called is None:
        return active, Hop("sender", False, "This sender is not one of the account's.", SENDER)
    right = called.partition("#")[0] == hook
    told = Hop("address", right, called.partition("#")[0], REGISTER)
    return active, Hop("sender", ok=True), told


def only_sends(config: Config) -> bool:
    """Is the sender a name? No answer comes back to it, so there is nothing to point anywhere."""
    named = any(letter.isalpha() for letter in config["number"])
    return named and not config.get("messaging_service")


def _where(config: Config) -> Generator[Call, Reply, str | None]:
    if config.get("messaging_service"):
        reply = yield _pool_call(config, method="GET")
        return _read(reply, _Pool).inbound_request_url or "" if reply.status == 200 else None
    number = yield from _number(config)
    return number.sms_url if number else None


def _number(config: Config) -> Generator[Call, Reply, _Number | None]:
    query = urlencode({"PhoneNumber": config["number"]})
    reply = yield rest.account_call(config, f"/IncomingPhoneNumbers.json?{query}", method="GET")
    found = _read(reply, _Numbers).incoming_phone_numbers if reply.status == 200 else []
    return found[0] if found else None


def register(config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
    if config.get("messaging_service"):
        form = {"InboundRequestUrl": hook + INSISTS, "InboundMethod": "POST"}
        raise_for_twilio((yield _pool_call(config, form=form)))
        return {}
    if only_sends(config):
        return {}
    number = yield from _number(config)
    if number is None:
        raise Failed(Reason.REFUSED, "the sender is not the account's", scope=Scope.CHANNEL)
    path = f"/IncomingPhoneNumbers/{quote(number.sid, safe='')}.json"
    form = {"SmsUrl": hook + INSISTS, "SmsMethod": "POST"}
    raise_for_twilio((yield rest.account_call(config, path, form=form, repeatable=True)))
    return {}


def _pool_call(config: Config, **fields: Any) -> Call:
    base = base_of(config.get("api_base") or SERVICES)
    pool = quote(config["messaging_service"], safe="")
    return Call(f"{base}/v1/Services/{pool}", headers=rest.login(config), repeatable=True, **fields)


# --- what did we miss? ----------------------------------------------------


def feed(config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
    """Messages to our number since `cursor`; it holds a moment, and while we page also where."""
    since, _, page = cursor.partition(" ")
    if not since or only_sends(config):
        return Fed((), at.isoformat())
    path = page or f"/Messages.json?{_asked(config, since)}"
    call = _page_call(config, path) if page else rest.account_call(config, path, method="GET")
    reply = yield call
    raise_for_twilio(reply)
    found = _read(reply, _Page)
    requests: list[Request] = []
    for kept in found.messages:
        if kept.direction == "inbound" and kept.sid:
            requests += [(yield from _as_called(kept, config, at))]
    if found.next_page_uri:
        return Fed(tuple(requests), f"{since} {found.next_page_uri}", more=True)
    return Fed(tuple(requests), at.isoformat())


def _asked(config: Config, since: str) -> str:
    moment = (datetime.fromisoformat(since) - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
    return urlencode({"To": config["number"], "DateSent>": moment, "PageSize": PAGE})


def _page_call(config: Config, page: str) -> Call:
    parts = urlsplit(page)
    base = base_of(config.get("api_base") or rest.API)
    return Call(f"{base}{parts.path}?{parts.query}", method="GET", headers=rest.login(config))


def _as_called(kept: _Kept, config: Config, at: datetime) -> Generator[Call, Reply, Request]:
    """The call that we missed: the same form, as far as the list tells it."""
    form = {
        "MessageSid": kept.sid,
        "AccountSid": config["account_sid"],
        "From": kept.sender,
        "To": kept.to,
        "Body": kept.body or "",
        "NumMedia": kept.num_media,
    }
    if kept.num_media not in ("", "0"):
        form |= yield from _files(kept.sid, config)
    return Request(body=urlencode(form).encode(), at=_moment(kept.date_sent, at))


def _files(sid: str, config: Config) -> Generator[Call, Reply, dict[str, str]]:
    path = f"/Messages/{quote(sid, safe='')}/Media"
    reply = yield rest.account_call(config, f"{path}.json", method="GET")
    raise_for_twilio(reply)
    form = {}
    for n, file in enumerate(_read(reply, _Files).media_list):
        form[f"MediaUrl{n}"] = rest.account_call(config, f"{path}/{file.sid}").url
        form[f"MediaContentType{n}"] = file.content_type
    return form


def _moment(sent: str | None, at: datetime) -> datetime:
    try:
        return min(parsedate_to_datetime(sent or ""), at)
    except (TypeError, ValueError):
        return at


def _read(reply: Reply, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(reply.body, type=kind, strict=False)
    except UNREADABLE:
        return kind()
