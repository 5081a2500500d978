"""The whole house: settings, addresses, processes, command line. It may reach into every part."""

from __future__ import annotations
