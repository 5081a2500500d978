"""Settings: oneself, the people, the teams, the channels, and what could not be understood."""

from __future__ import annotations
