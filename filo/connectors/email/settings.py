"""What an administrator types: who carries the mail decides what is asked besides."""

from __future__ import annotations

from filo.channels.contract import Setting
from filo.connectors.email import providers

BOX = (providers.MAILBOX,)
CARRIED = tuple(providers.PROVIDERS)

_MAILBOX = (
    Setting("imap_host", "IMAP server", help="For example imap.example.com.", only=BOX),
    Setting("imap_port", "IMAP port", default="993", required=False, only=BOX),
    Setting(
        "imap_tls",
        "IMAP security",
        default="tls",
        required=False,
        help="tls, starttls or none.",
        only=BOX,
    ),
    Setting("smtp_host", "SMTP server", help="For example smtp.example.com.", only=BOX),
    Setting("smtp_port", "SMTP port", default="587", required=False, only=BOX),
    Setting(
        "smtp_tls",
        "SMTP security",
        default="starttls",
        required=False,
        help="starttls, tls or none.",
        only=BOX,
    ),
    Setting("username", "User name", required=False, help="Often the address itself.", only=BOX),
    Setting("password", "Password", secret=True, required=False, only=BOX),
    Setting(
        "since",
        "Take over mail since",
        required=False,
        help="A date like 2026-11-01. Empty: only what comes from now on.",
        only=BOX,
    ),
)
_PROVIDER = (
    Setting(
        "api_key",
        "API key",
        secret=True,
        help="Postmark: the server token. Amazon SES: the secret access key.",
        only=CARRIED,
    ),
    Setting(
        "domain",
        "Sending domain",
        required=False,
        help="Only when it is not the domain of the address.",
        only=("mailgun",),
    ),
    Setting(
        "region",
        "Region",
        required=False,
        help="eu, when the account is in the EU.",
        only=("mailgun", "sendgrid"),
    ),
    Setting(
        "stream",
        "Message stream",
        required=False,
        help="Empty: outbound, the one that every server has.",
        only=("postmark",),
    ),
    Setting("access_key", "Access key ID", only=("ses",)),
    Setting("aws_region", "AWS region", help="For example eu-west-1.", only=("ses",)),
    Setting(
        "configuration_set",
        "Configuration set",
        required=False,
        help="The one whose events go to the topic that calls Filo.",
        only=("ses",),
    ),
    Setting(
        "hook_key",
        "Webhook key",
        secret=True,
        help="Mailgun: the HTTP webhook signing key. SendGrid: the verification key of the"
        " event webhook.",
        only=("mailgun", "sendgrid"),
    ),
    Setting(
        "hook_password",
        "Webhook password",
        secret=True,
        made=True,
        help="The provider shows it when it calls, as the password of the user filo.",
        only=("postmark", "sendgrid", "ses", "brevo"),
    ),
    Setting("api_base", "API address", required=False, only=CARRIED),
)
_TRUST = (
    Setting(
        "trusted_results",
        "Who checks your mail",
        required=False,
        help="The name before the first ; of Authentication-Results in a mail you received:"
        " only that server is believed about senders.",
    ),
    Setting(
        "dkim_selector",
        "DKIM selector",
        required=False,
        help="Only where your mail server does not sign what it sends.",
        only=BOX,
    ),
    Setting(
        "dkim_key",
        "DKIM private key",
        secret=True,
        required=False,
        help="RSA or Ed25519, in PEM form. Its public half stands in your DNS.",
        only=BOX,
    ),
)
SETTINGS = (
    Setting(
        "provider",
        "Who carries your mail",
        required=False,
        default=providers.MAILBOX,
        choices=providers.NAMES,
        help="mailbox: any mail server, by IMAP and SMTP. The others are mail providers, by their"
        " webhooks and API.",
    ),
    Setting("address", "Address", help="The mailbox your customers write to."),
    *_MAILBOX,
    *_PROVIDER,
    *_TRUST,
)
