"""E-mail: IMAP in, SMTP out, any provider."""

from __future__ import annotations
