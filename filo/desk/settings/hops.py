"""Hops as the page shows them: the connector's own, and the three that only traffic can prove."""

from __future__ import annotations

import msgspec
from django.utils.translation import gettext as _

from filo.channels import queries as channels
from filo.channels.contract import Hop
from filo.channels.types import ChannelConfig, ChannelHealth
from filo.conversations import queries
from filo.desk.access import Asked


class Shown(msgspec.Struct, frozen=True):
    """`state`: waits, passed, failed. `detail` is the provider's word, `mend` what to do."""

    words: str
    state: str
    detail: str = ""
    mend: str = ""


def shown(hop: Hop) -> Shown:
    """A connector's hop in the reader's language; what holds needs no mending."""
    detail = _(hop.detail) if hop.detail else ""
    if hop.ok:
        return Shown(_(hop.name), "passed", detail)
    return Shown(_(hop.name), "failed", detail, _(hop.mend) if hop.mend else "")


def ours(request: Asked, found: ChannelConfig) -> list[Shown]:
    """Does the provider reach us, did a message come in, did an answer go out?"""
    health = channels.health(request.cur, found.id)
    heard = queries.heard_on(request.cur, found.id)
    return [_reached(health, heard=heard), _heard(health, heard=heard), _answered(health)]


def _reached(health: ChannelHealth, *, heard: bool) -> Shown:
    words = _("The provider reaches us")
    if health.last_in_at or heard:
        return Shown(words, "passed")
    if health.forged:
        mend = _("Calls come with a wrong signature. Compare the secret with the provider's.")
        return Shown(words, "failed", "", mend)
    mend = _("Nothing has come yet: write a message to the channel, as a customer would.")
    return Shown(words, "waits", "", mend)


def _heard(health: ChannelHealth, *, heard: bool) -> Shown:
    words = _("A message came in")
    if heard:
        return Shown(words, "passed")
    if health.unknown:
        mend = _("Calls come that are not understood: Settings, Not understood, shows why.")
        return Shown(words, "failed", "", mend)
    return Shown(words, "waits")


def _answered(health: ChannelHealth) -> Shown:
    words = _("An answer went out")
    failed = health.failed_at
    if failed and (health.last_out_at is None or failed > health.last_out_at):
        mend = _("The provider refused it. Test each hop, and mend what it names.")
        return Shown(words, "failed", health.reason, mend)
    return Shown(words, "passed" if health.last_out_at else "waits")
