"""Who may ask what, asked for real: the permission matrix, and the crawl for a canary."""

from __future__ import annotations
