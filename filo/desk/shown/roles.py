"""What a role is called."""

from __future__ import annotations

from django.utils.translation import pgettext


def roles() -> dict[str, str]:
    return {
        "agent": pgettext("role", "Agent"),
        "supervisor": pgettext("role", "Supervisor"),
        "admin": pgettext("role", "Administrator"),
    }
