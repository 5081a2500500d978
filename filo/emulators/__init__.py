"""The providers' side, for demo and tests: one small server that plays them all."""

from __future__ import annotations
