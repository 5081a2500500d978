"""One mail over SMTP. What matters: did it fail before it was handed over, or is there doubt?"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from urllib.parse import urlsplit

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from filo.channels.contract import Call, Config, Doubtful, Reply
from filo.connectors.email.security import Security, context, port, security

BEFORE = 12.0  # seconds until the mail may be handed over; both together stay under the sender's 30
AFTER = 16.0
NOT_REACHED = 421  # RFC 5321: service not available


async def carry(call: Call, config: Config) -> Reply:
    line = _line(call, config)
    try:
        refused = await _come_in(line, config, call)
        return refused or await _hand_over_mail(line, call.body or b"")
    finally:
        line.close()


async def knock(call: Call, config: Config) -> Reply:
    """Log in and leave: nothing is handed over."""
    line = _line(call, config)
    try:
        return await _come_in(line, config) or Reply(200)
    finally:
        line.close()


def _line(call: Call, config: Config) -> SMTP:
    return SMTP(
        hostname=urlsplit(call.url).hostname,
        port=port(config.get("smtp_port", ""), otherwise=587),
        timeout=BEFORE,
        use_tls=_security(config) is Security.TLS,
        start_tls=_security(config) is Security.STARTTLS,
        tls_context=context() if _security(config) is not Security.NONE else None,
        local_hostname=config.get("address", "").rpartition("@")[2] or "localhost",
    )


async def _come_in(line: SMTP, config: Config, call: Call | None = None) -> Reply | None:
    """Connect and log in, and name the people of a mail; an answer is a no."""
    try:
        async with asyncio.timeout(BEFORE):
            await line.connect()
            await line.ehlo()
            if config.get("username") and line.supports_extension("auth"):
                await line.login(config["username"], config.get("password", ""))
            if call is not None:
                await _name_people(line, call)
    except SMTPResponseException as refusal:
        return _reply(refusal)
    except (SMTPException, OSError, TimeoutError, ssl.SSLError, UnicodeError) as trouble:
        return Reply(NOT_REACHED, f"{type(trouble).__name__}: {trouble}".encode()[:300])
    return None


async def _name_people(line: SMTP, call: Call) -> None:
    sender, recipient = call.headers["mail-from"], call.headers["rcpt-to"]
    ascii_only = sender.isascii() and recipient.isascii()
    if not ascii_only and not line.supports_extension("smtputf8"):
        raise SMTPRecipientRefused(553, "5.6.7 their mail server takes no such address", recipient)
    options = [] if ascii_only else ["SMTPUTF8"]
    encoding = "ascii" if ascii_only else "utf-8"
    await line.mail(sender, options=options, encoding=encoding)
    await line.rcpt(recipient, encoding=encoding)


async def _hand_over_mail(line: SMTP, mail: bytes) -> Reply:
    try:
        async with asyncio.timeout(AFTER):
            taken = await line.data(mail, timeout=AFTER)
    except (SMTPServerDisconnected, SMTPTimeoutError, TimeoutError, OSError) as cut:
        raise Doubtful("the line was cut after the mail was handed over") from cut
    except SMTPResponseException as refusal:
        return _reply(refusal)
    with suppress(SMTPException, OSError, TimeoutError):
        await line.quit(timeout=2)
    return Reply(taken.code, taken.message.encode())


def _reply(refusal: SMTPResponseException) -> Reply:
    code = refusal.code if refusal.code > 0 else NOT_REACHED
    if isinstance(refusal, SMTPAuthenticationError) and code >= 500:
        code = 535
    return Reply(code, str(refusal.message).encode())


def _security(config: Config) -> Security:
    number = port(config.get("smtp_port", ""), otherwise=587)
    return security(config.get("smtp_tls", ""), port=number, implicit=465)
