"""Mailgun: signed webhooks, raw MIME both ways."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import quote

import msgspec

from filo.channels.contract import (
    Call,
    Config,
    Doubtful,
    Envelope,
    Fact,
    Forged,
    Handle,
    Later,
    Receipt,
    Request,
    Speech,
    Unknown,
)
from filo.channels.kit import base_of
from filo.connectors.email.head import Head
from filo.connectors.email.opening import opened_head
from filo.connectors.email.providers import news, rebuilt
from filo.connectors.email.providers.forms import Form
from filo.connectors.email.providers.replies import check, opened
from filo.connectors.email.providers.wire import Letter, Mark, basic, mark_in, spf_pass
from filo.core.text import UNREADABLE

API = {"eu": "https://api.eu.mailgun.net", "": "https://api.mailgun.net"}
# Mailgun tries a call again for 8 hours, each time signed anew. (Securing webhooks, Nov 2026)
FRESH = timedelta(minutes=15)
_SIGNED_BY = re.compile(r"\bd\s*=\s*([^;\s]+)", re.IGNORECASE)


class _Signature(msgspec.Struct):
    token: str = ""
    timestamp: str | int = ""
    signature: str = ""


class _Signed(msgspec.Struct):
    signature: _Signature = msgspec.field(default_factory=_Signature)


class Mailgun:
    name = "mailgun"

    def prove(self, request: Request, config: Config) -> None:
        key = config.get("hook_key", "")
        if not key:
            raise Forged("no signing key is set for this channel")
        given = _given(request.body)
        expected = hmac.digest(key.encode(), f"{given.timestamp}{given.token}".encode(), "sha256")
        if not hmac.compare_digest(given.signature.encode(), expected.hex().encode()):
            raise Forged("the signature does not match")
        if not _is_fresh(str(given.timestamp), request.at):
            raise Forged("the time stamp is too old, or in the future")

    def brought(self, request: Request) -> Sequence[Letter]:
        if request.body[:1] == b"{":
            return ()
        form = Form(request.body)
        if "body-mime" in form:
            raw = form.raw("body-mime")
        elif "message-headers" in form:
            raw = _parsed(form)
        else:
            return ()
        sender = form.text("sender") if "sender" in form else None
        whole = rebuilt.traced(raw, sender=sender, recipient=form.text("recipient"))
        found = _results(raw, form.text("sender")) if _is_plain(form) else "none"
        return (Letter(whole, results=found),)

    def told(self, request: Request) -> Sequence[Fact]:
        event = opened(request.body)
        found = event.get("event-data")
        inner = found if isinstance(found, dict) else {}
        told = news.read(self.name, {**event, "event": inner.get("event")})
        if told is None:
            return [Unknown("an event of Mailgun that cannot be read")]
        if inner.get("severity") == "temporary":
            return []
        word = "not sent" if told.name == "rejected" else ""
        if str(inner.get("reason", "")).startswith("suppress-"):
            word = f"on Mailgun's suppression list ({inner['reason']})"
        return list(news.facts(told, mark_in(told.message), request, word=word))

    def knock(self, config: Config, at: datetime) -> Call:
        return Call(
            url=_domain(config).replace("/v3/", "/v3/domains/") + "/webhooks",
            method="GET",
            headers=basic("api", config.get("api_key", "")),
        )

    def hand_over(
        self, message: EmailMessage, to: Handle, config: Config, envelope: Envelope
    ) -> Speech:
        reply = yield Call(
            url=f"{_domain(config)}/messages.mime",
            form={"to": to.value, "o:tracking-clicks": "no"},
            files={"message": ("message.mime", message.as_bytes(), "application/octet-stream")},
            headers=basic("api", config.get("api_key", "")),
        )
        check(reply)
        id_ = str(opened(reply.body).get("id") or "").strip("<>")
        if not id_:
            raise Doubtful("a 200 of Mailgun without an id")
        return Receipt(id_)

    def look_up(self, mark: Mark, config: Config) -> Speech:
        """Its event log knows every mail that it took."""
        reply = yield Call(
            url=f"{_domain(config)}/events?message-id={quote(mark.message)}",
            method="GET",
            headers=basic("api", config.get("api_key", "")),
        )
        check(reply)
        if opened(reply.body).get("items"):
            return Receipt(mark.message)
        # The log is some minutes behind: not there yet is no proof that it never comes.
        raise Later(timedelta(minutes=5), "Mailgun has no event of this mail")


def _domain(config: Config) -> str:
    domain = config.get("domain") or config.get("address", "").rpartition("@")[2]
    api = config.get("api_base") or API.get(config.get("region", "").lower(), API[""])
    return f"{base_of(api)}/v3/{quote(domain, safe='')}"


def _given(body: bytes) -> _Signature:
    if body[:1] == b"{":
        try:
            return msgspec.json.decode(body, type=_Signed).signature
        except UNREADABLE as error:
            raise Forged("there is no signature") from error
    form = Form(body)
    return _Signature(form.text("token"), form.text("timestamp"), form.text("signature"))


def _is_fresh(stamp: str, at: datetime) -> bool:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    return abs(at - datetime.fromtimestamp(int(stamp), UTC)) <= FRESH


def _parsed(form: Form) -> bytes:
    """The route forwards it taken apart: our address there does not end in `mime`."""
    files = [rebuilt.Piece(one.mime, one.body, one.name) for one in form.files]
    return rebuilt.mail(
        _headers(form.text("message-headers")),
        text=form.text("body-plain"),
        html=form.text("body-html"),
        files=files,
    )


def _is_plain(form: Form) -> bool:
    """Mailgun writes the head's lines beside its own fields: a line may be called like one of them,
    and then nothing tells which of both its server wrote."""
    both = "body-mime" in form and "message-headers" in form
    return not both and form.twice.isdisjoint({"sender", "body-mime", "message-headers"})


def _headers(written: str) -> list[tuple[str, str]]:
    try:
        pairs = json.loads(written)
    except (ValueError, RecursionError):
        return []
    listed = pairs if isinstance(pairs, list) else []
    return [
        (str(pair[0]), str(pair[1])) for pair in listed if isinstance(pair, list) and len(pair) == 2
    ]


def _results(raw: bytes, sender: str) -> str:
    """Who forges these lines can add to them, but not take Mailgun's own away: all must agree."""
    head = Head(opened_head(raw))
    spf = {word.strip().lower() for word in head.all("x-mailgun-spf")}
    dkim = {word.strip().lower() for word in head.all("x-mailgun-dkim-check-result")}
    if not spf | dkim:
        return ""
    found = [spf_pass(sender)] if spf == {"pass"} else []
    signers = [_SIGNED_BY.search(line) for line in head.all("dkim-signature")]
    if dkim == {"pass"} and len(signers) == 1 and signers[0]:
        found.append(f"dkim=pass header.d={signers[0][1]}")
    return "; ".join(filter(None, found)) or "none"
