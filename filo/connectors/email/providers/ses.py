"""Amazon SES: mails and events come through SNS behind a password, raw MIME both ways."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import msgspec

from filo.channels.contract import (
    Call,
    Config,
    Doubtful,
    Envelope,
    Fact,
    Failed,
    Handle,
    Later,
    Reason,
    Receipt,
    Reply,
    Request,
    Scope,
    Speech,
    Unknown,
)
from filo.channels.kit import base_of
from filo.connectors.email.providers import news, rebuilt, signed
from filo.connectors.email.providers.replies import check, opened
from filo.connectors.email.providers.wire import REF, Letter, Mark, check_password
from filo.core.text import UNREADABLE

# What it says in the header of a refusal (SES API v2, SendEmail, Nov 2026).
CHANNEL_WIDE = {
    "AccountSuspendedException": "Amazon has suspended this account",
    "MailFromDomainNotVerifiedException": "the domain is not verified at Amazon",
    "NotFoundException": "the configuration set or the identity is not known there",
}
PAUSED = {"SendingPausedException", "LimitExceededException", "TooManyRequestsException"}


class _Notice(msgspec.Struct):
    """The envelope of SNS. What it carries is text, for the most part JSON."""

    type: str = msgspec.field(name="Type", default="")
    id: str = msgspec.field(name="MessageId", default="")
    message: str = msgspec.field(name="Message", default="")
    at: str = msgspec.field(name="Timestamp", default="")
    topic: str = msgspec.field(name="TopicArn", default="")


class Ses:
    name = "ses"

    def prove(self, request: Request, config: Config) -> None:
        check_password(request, config)

    def brought(self, request: Request) -> Sequence[Letter]:
        event = _event(request.body)
        if event.get("notificationType") != "Received":
            return ()
        mail, receipt = _part(event, "mail"), _part(event, "receipt")
        raw = _raw(event, _part(receipt, "action"))
        first = next(iter(_texts(receipt.get("recipients"))), "")
        sender = mail.get("source")
        whole = rebuilt.traced(
            raw or _head(mail),
            sender=sender if isinstance(sender, str) else None,
            recipient=first,
        )
        verdict = str(_part(receipt, "dmarcVerdict").get("status", "")).lower()
        results = f"dmarc={verdict}" if verdict in {"pass", "fail"} else ""
        return (Letter(whole, results=results, size="" if raw else "over 150000"),)

    def told(self, request: Request) -> Sequence[Fact]:
        notice, event = _notice(request.body), _event(request.body)
        if notice.type == "SubscriptionConfirmation":
            why = "Amazon SNS asks to confirm the subscription: open its SubscribeURL"
            return [Unknown(f"{why} ({notice.topic})", notice.id)]
        if not event:
            return []  # SNS says that a topic was checked, or that a subscription ended
        mark = _mark(_part(event, "mail"), request.settings)
        outer = {"MessageId": notice.id, "Timestamp": notice.at}
        word = _bounce(_part(event, "bounce"))
        if word == AWAY:
            return []
        return [
            fact
            for each in news.read_ses(event, outer)
            for fact in news.facts(each, mark, request, word=word)
        ]

    def knock(self, config: Config, at: datetime) -> Call:
        url = f"{_base(config)}/v2/email/account"
        return Call(url=url, method="GET", headers=_signed("GET", url, b"", config, at))

    def hand_over(
        self, message: EmailMessage, to: Handle, config: Config, envelope: Envelope
    ) -> Speech:
        url = f"{_base(config)}/v2/email/outbound-emails"
        body = msgspec.json.encode(payload(message, to.value, config, envelope.ref))
        proof = _signed("POST", url, body, config, envelope.at)
        reply = yield Call(
            url=url, body=body, headers={"content-type": "application/json", **proof}
        )
        _check(reply)
        id_ = opened(reply.body).get("MessageId")
        if not id_:
            raise Doubtful("a 200 of Amazon SES without an id")
        return Receipt(_message(str(id_), config.get("aws_region", "")))


def _base(config: Config) -> str:
    region = config.get("aws_region", "")
    return base_of(config.get("api_base") or f"https://email.{region}.amazonaws.com")


def _signed(method: str, url: str, body: bytes, config: Config, at: datetime) -> dict[str, str]:
    key = (config.get("access_key", ""), config.get("api_key", ""))
    place = (config.get("aws_region", ""), "ses")
    return signed.headers(method, url, body, key=key, place=place, at=at)


def payload(message: EmailMessage, to: str, config: Config, ref: str) -> dict[str, object]:
    whole: dict[str, object] = {
        "Content": {"Raw": {"Data": base64.b64encode(message.as_bytes()).decode()}},
        "Destination": {"ToAddresses": [to]},
        "FromEmailAddress": config.get("address", ""),
        "EmailTags": [{"Name": REF, "Value": ref}],
    }
    chosen = config.get("configuration_set", "")
    return whole | ({"ConfigurationSetName": chosen} if chosen else {})


def _message(id_: str, region: str) -> str:
    """SES replaces our Message-ID: this is what customers' answers will quote."""
    host = "email" if region == "us-east-1" else region
    return f"{id_}@{host}.amazonses.com"


def _mark(mail: dict[str, Any], settings: Config) -> Mark:
    id_, ref = mail.get("messageId"), next(iter(_texts(_part(mail, "tags").get(REF))), "")
    # Without our tag it is about a mail that another program sent through the same account.
    return Mark(_message(str(id_), settings.get("aws_region", "")), ref) if id_ and ref else Mark()


AWAY = "an automatic answer"


def _bounce(bounce: dict[str, Any]) -> str:
    kind, sub = str(bounce.get("bounceType", "")), str(bounce.get("bounceSubType", ""))
    people = bounce.get("bouncedRecipients")
    told = any(isinstance(one, dict) and one.get("diagnosticCode") for one in people or ())
    if kind == "Transient" and sub == "General" and not told:
        return AWAY  # SES takes "out of office" for a bounce. (Bounce types, SES guide, Nov 2026)
    if sub in {"Suppressed", "OnAccountSuppressionList"}:
        return f"on Amazon's suppression list ({sub})"
    return {"Permanent": "hard", "Transient": "soft"}.get(kind, kind.lower())


def _check(reply: Reply) -> None:
    kind = reply.headers.get("x-amzn-errortype", "").partition(":")[0]
    words = str(opened(reply.body).get("message") or kind)[:300]
    if kind in CHANNEL_WIDE:
        raise Failed(Reason.REFUSED, f"{CHANNEL_WIDE[kind]}: {words}", scope=Scope.CHANNEL)
    if kind in PAUSED:
        raise Later(timedelta(seconds=30), words, scope=Scope.CHANNEL)
    if kind == "MessageRejected":
        wide = Scope.CHANNEL if "not verified" in words.lower() else Scope.MESSAGE
        raise Failed(Reason.REFUSED, words, scope=wide)
    check(reply)


# --- reading --------------------------------------------------------------------


def _notice(body: bytes) -> _Notice:
    try:
        return msgspec.json.decode(body, type=_Notice)
    except UNREADABLE:
        return _Notice()


def _event(body: bytes) -> dict[str, Any]:
    return opened(_notice(body).message.encode("utf-8", "replace"))


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    found = whole.get(name)
    return found if isinstance(found, dict) else {}


def _texts(found: object) -> list[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _raw(event: dict[str, Any], action: dict[str, Any]) -> bytes:
    content = event.get("content")
    if not isinstance(content, str):
        return b""
    if str(action.get("encoding", "")).upper() != "BASE64":
        return content.encode("utf-8", "replace")
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        return b""


def _head(mail: dict[str, Any]) -> bytes:
    """Mails over 150 kB go to S3, and SNS tells their head alone."""
    listed = mail.get("headers")
    pairs = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    headers = [(str(one.get("name", "")), str(one.get("value", ""))) for one in pairs]
    return rebuilt.mail(headers, text="", html="")
