"""Who somebody is elsewhere, as the answer to a message of ours told it."""

from __future__ import annotations

import logging

import psycopg

from filo.channels.contract import Handle
from filo.core.db import connect
from filo.core.events import ring
from filo.customers.operations import recognise

log = logging.getLogger("filo.sender")


def attest(who: Handle) -> None:
    """`who.also` are the same person, by the provider's word. The message has gone out: what fails
    here is told in the log, and the person's next word joins them anew."""
    try:
        with connect(name="filo sender people") as connection, connection.transaction():
            cur = connection.cursor()
            recognise(cur, [who])
            ring(cur)
    except psycopg.Error:
        log.exception("an identity that came to light was not kept")
