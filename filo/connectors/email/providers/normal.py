"""What became of our mails, in one language for all providers.

The only module that knows anymail: its tables of each provider's event names and reasons, kept up
by people who hold accounts there. Imported when the first report comes, for it brings 19 MB.
Which of its pieces are not used, and why: docs/decisions/0019-mail-providers.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from anymail.exceptions import AnymailConfigurationError, AnymailError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks import amazon_ses, brevo, mailgun, postmark, sendgrid

from filo.channels.contract import Reason
from filo.connectors.email.bounces import reason_of

# All that anymail raises over an event that is not shaped as it expects, or is another webhook's.
ODD = (
    AnymailError,
    AnymailConfigurationError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
)
REASONS = {
    RejectReason.INVALID: Reason.UNREACHABLE,
    RejectReason.BOUNCED: Reason.UNREACHABLE,
    RejectReason.TIMED_OUT: Reason.UNREACHABLE,
    RejectReason.UNSUBSCRIBED: Reason.BLOCKED,
    RejectReason.SPAM: Reason.BLOCKED,
    RejectReason.BLOCKED: Reason.REFUSED,
}
KINDS = {
    EventType.DELIVERED: "delivered",
    EventType.OPENED: "opened",
    EventType.BOUNCED: "failed",
    EventType.REJECTED: "failed",
    EventType.FAILED: "failed",
    EventType.COMPLAINED: "complained",
    EventType.UNSUBSCRIBED: "unsubscribed",
    EventType.SUBSCRIBED: "subscribed",
}


class News(msgspec.Struct, frozen=True):
    """One thing that a provider tells of one mail to one person; `kind` as in `KINDS`, or empty."""

    kind: str
    recipient: str
    at: datetime | None
    id: str = ""  # of the event, where the provider has one
    message: str = ""  # how the provider calls the mail
    reason: Reason | None = None
    detail: str = ""
    name: str = ""  # the provider's own name of the event


def _view(kind: Any) -> Any:
    """The view without its constructor, which reads Django's settings and wants every provider's
    SDK: what we ask of it is a pure method over one event, and needs nothing of that."""
    return kind.__new__(kind)


_ONE = {
    "mailgun": _view(mailgun.MailgunTrackingWebhookView).esp_to_anymail_event,
    "postmark": _view(postmark.PostmarkTrackingWebhookView).esp_to_anymail_event,
    "sendgrid": _view(sendgrid.SendGridTrackingWebhookView).esp_to_anymail_event,
    "brevo": _view(brevo.BrevoTrackingWebhookView).esp_to_anymail_event,
}


_SES = _view(amazon_ses.AmazonSESTrackingWebhookView)


def one(provider: str, event: dict[str, Any]) -> News | None:
    """One event as its provider wrote it; None when it makes no sense."""
    try:
        return _news(_ONE[provider](event), str(event.get("event") or event.get("RecordType")))
    except ODD:
        return None


def of_ses(event: dict[str, Any], notice: dict[str, Any]) -> Sequence[News]:
    """SES tells of several people at once."""
    name = str(event.get("eventType") or event.get("notificationType"))
    try:
        told = _SES.esp_to_anymail_events(event, notice)
        return [_news(each, name) for each in told]
    except ODD:
        return []


def _news(event: AnymailTrackingEvent, name: str) -> News:
    kind = KINDS.get(event.event_type, "")
    said = " ".join(f"{event.mta_response or event.description or ''}".split())
    at = event.timestamp
    if not isinstance(event.recipient, str) or not (at is None or isinstance(at, datetime)):
        raise TypeError("no recipient, or no time")
    return News(
        kind=kind,
        recipient=event.recipient,
        at=at if at is None or at.tzinfo else at.replace(tzinfo=UTC),
        id=str(event.event_id or ""),
        message=str(event.message_id or ""),
        reason=_reason(event, said) if kind == "failed" else None,
        detail=said[:300],
        name=name,
    )


def _reason(event: AnymailTrackingEvent, said: str) -> Reason:
    told = reason_of(said)
    return told if told is not Reason.OTHER else REASONS.get(event.reject_reason, Reason.OTHER)
