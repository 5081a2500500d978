"""May we log in at both servers, or at the provider? Nothing is read, nobody is written to."""

from __future__ import annotations

from collections.abc import Generator

from filo.channels.contract import Call, Config, Hop, Reply
from filo.connectors.email import providers
from filo.core import clock

KNOCK = "KNOCK"  # log in and leave again: `road` knows how, for both servers
REFUSED = "Check user name and password. With two-step login the server wants an app password."
AWAY = "Check name, port and security of the server, and whether a firewall lets us through."
KEY = "Paste the key again. Check what it may do, and the region and domain it belongs to."
IMAP_OFF = "Check user name and password, and whether IMAP is switched on at the provider."


def check(config: Config) -> Generator[Call, Reply, tuple[Hop, ...]]:
    carrier = providers.of(config)
    if carrier:
        known = yield carrier.knock(config, clock.now())
        return (_hop("The provider takes the key", known, KEY),)
    read = f"imap://{config.get('imap_host', '')}:{config.get('imap_port') or '993'}"
    sent = f"smtp://{config.get('smtp_host', '')}:{config.get('smtp_port') or '587'}"
    mailbox = yield Call(url=read, method=KNOCK, repeatable=True)
    server = yield Call(url=sent, method=KNOCK, repeatable=True)
    return (
        _hop("The mailbox opens for reading", mailbox, IMAP_OFF),
        _hop("The server takes our mail", server, REFUSED),
    )


def _hop(name: str, reply: Reply, refused: str) -> Hop:
    if 200 <= reply.status < 300:
        return Hop(name, True)
    words = " ".join(reply.body.decode(errors="replace").split())[:300]
    return Hop(name, False, words, AWAY if reply.status == 421 else refused)
