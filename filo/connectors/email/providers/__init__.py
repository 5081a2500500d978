"""Mail by a provider's webhooks and HTTP API (Mailgun, Postmark, …) instead of IMAP and SMTP."""

from __future__ import annotations

from collections.abc import Mapping

from filo.channels.contract import Config
from filo.connectors.email.providers.brevo import Brevo
from filo.connectors.email.providers.mailgun import Mailgun
from filo.connectors.email.providers.postmark import Postmark
from filo.connectors.email.providers.sendgrid import SendGrid
from filo.connectors.email.providers.ses import Ses
from filo.connectors.email.providers.wire import Provider

MAILBOX = "mailbox"  # no provider: IMAP and SMTP
PROVIDERS: Mapping[str, Provider] = {
    one.name: one for one in (Mailgun(), Postmark(), SendGrid(), Ses(), Brevo())
}
NAMES = (MAILBOX, *PROVIDERS)


def of(config: Config) -> Provider | None:
    """Who carries this channel's mail; None for a mailbox."""
    return PROVIDERS.get(config.get("provider", ""))
