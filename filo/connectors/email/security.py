"""How a line to a mail server is secured, in the words that people type."""

from __future__ import annotations

import ssl
from enum import StrEnum
from functools import cache


class Security(StrEnum):
    TLS = "tls"  # from the first byte
    STARTTLS = "starttls"
    NONE = "none"


NONE = {"none", "no", "off", "false", "0", "plain"}


def security(written: str, *, port: int, implicit: int) -> Security:
    """What a setting means; an empty one, or a mere yes, is told by the port."""
    word = written.strip().lower()
    if word in NONE:
        return Security.NONE
    if word == "starttls":
        return Security.STARTTLS
    if word in {"tls", "ssl", "implicit"}:
        return Security.TLS
    return Security.TLS if port == implicit else Security.STARTTLS


def port(written: str, *, otherwise: int) -> int:
    return int(written) if written.strip().isdigit() else otherwise


@cache
def context() -> ssl.SSLContext:
    """Certificates are always checked: a mailbox's password goes over this line."""
    return ssl.create_default_context()
