"""Would Apple and Google take a push from us? No device is woken: there is none of this address."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from filo.channels.contract import Call, Config, Device, Failed, Hop, Later, Notice, Reply, Scope
from filo.connectors.app import apns, fcm, webpush

NOBODY = Device("apns", "0" * 64)
APPLE = "Paste the whole .p8 file, its key ID, the team ID and the app's bundle ID again."
GOOGLE = "Make a new private key in the Firebase console, and paste the whole file."


def check(config: Config, *, at: datetime) -> Generator[Call, Reply, tuple[Hop, ...]]:
    hops = [Hop("The key for web push", True, webpush.public_key(config))]
    if config.get("apns_key"):
        hops.append((yield from _apple(config, at)))
    if config.get("fcm_account"):
        hops.append((yield from _google(config, at)))
    return tuple(hops)


def _apple(config: Config, at: datetime) -> Generator[Call, Reply, Hop]:
    try:
        yield from apns.push(NOBODY, Notice("Filo"), config, at=at)
    except (Failed, Later) as verdict:
        # "There is no such device" is said only to somebody whose key holds.
        known = isinstance(verdict, Failed) and verdict.scope is Scope.PERSON
        return Hop("Apple takes our key", known, "" if known else verdict.detail, APPLE)
    return Hop("Apple takes our key", True)


def _google(config: Config, at: datetime) -> Generator[Call, Reply, Hop]:
    try:
        yield from fcm.access(config, at)
    except (Failed, Later) as verdict:
        return Hop("Google takes our service account", False, verdict.detail, GOOGLE)
    return Hop("Google takes our service account", True)
