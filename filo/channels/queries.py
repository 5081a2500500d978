"""Questions about channels, for every process: a plain psycopg cursor in, values out."""

from __future__ import annotations

from datetime import datetime, timedelta

from filo.channels import registry
from filo.channels.setup import draft, drafts, setup
from filo.channels.templates import due_libraries, shelf, template, templates
from filo.channels.types import (
    ChannelConfig,
    ChannelHealth,
    Gap,
    NoSuchChannel,
    Place,
    Traffic,
)
from filo.core import sealing, vault
from filo.core.db import Cursor
from filo.core.ids import public

__all__ = [
    "draft",
    "drafts",
    "due_libraries",
    "health",
    "load",
    "one",
    "place",
    "row_of",
    "setup",
    "shelf",
    "template",
    "templates",
    "unsecret",
]

_CHANNELS = """
SELECT channel.id, channel.kind, channel.name, channel.team_id, team.name,
       channel.sealed, channel.active, channel.answer_within,
       COALESCE(health.state, 'ok'), COALESCE(health.reason, '')
FROM channels_channel AS channel
JOIN staff_team AS team ON team.id = channel.team_id
LEFT JOIN channels_health AS health ON health.channel_id = channel.id
"""

_HEALTH = """
SELECT state, reason, last_in_at, last_out_at, failed_at, forged, unknown, conflicts, failures,
       quality, quota, ends_at, renewed_at, looked_at, exchange_from,
       keyed_at
FROM channels_health
WHERE channel_id = %s
"""

UNOPENABLE = "Its settings cannot be opened with this installation's key. Type them again."


def load(cur: Cursor) -> list[ChannelConfig]:
    """All channels with their settings opened, in the order in which they were connected."""
    cur.execute(_CHANNELS + "ORDER BY channel.id")
    return [_config(*row) for row in cur.fetchall()]


def one(cur: Cursor, id: int) -> ChannelConfig:
    """One channel, opened, or `NoSuchChannel`."""
    cur.execute(_CHANNELS + "WHERE channel.id = %s", [id])
    if (row := cur.fetchone()) is None:
        raise NoSuchChannel(public("chn", id))
    return _config(*row)


def health(cur: Cursor, id: int) -> ChannelHealth:
    """How the channel does; a channel that did nothing yet is well."""
    cur.execute(_HEALTH, [id])
    row = cur.fetchone()
    return ChannelHealth(*row) if row else ChannelHealth()


def gaps(cur: Cursor, id: int) -> list[Gap]:
    """The last silences of a channel that were looked into, newest first."""
    cur.execute(
        "SELECT at, body ->> 'from', body ->> 'to', (body ->> 'messages')::int, body ->> 'why' "
        "FROM core_event WHERE type = 'channel_gap' AND body ->> 'channel' = %s "
        "AND id > (SELECT max(id) - 100000 FROM core_event) ORDER BY id DESC LIMIT 5",
        [public("chn", id)],
    )
    return [
        Gap(
            at,
            datetime.fromisoformat(began) if began else None,
            datetime.fromisoformat(ended) if ended else None,
            many or 0,
            why or "",
        )
        for at, began, ended, many, why in cur.fetchall()
    ]


def traffic(cur: Cursor, id: int, *, since: datetime) -> Traffic:
    """How many sends went and how many failed since then."""
    cur.execute(
        "SELECT coalesce(sum(sent), 0), coalesce(sum(failed), 0) FROM channels_traffic "
        "WHERE channel_id = %s AND hour >= %s",
        [id, since],
    )
    row = cur.fetchone()
    return Traffic(int(row[0]), int(row[1])) if row else Traffic()


def place(cur: Cursor, id: int) -> Place:
    """Where the polling of a channel stands; a channel that was never polled stands nowhere."""
    cur.execute("SELECT cursor, polled_at FROM channels_cursor WHERE channel_id = %s", [id])
    row = cur.fetchone()
    return Place(*row) if row else Place()


def unsecret(channel: ChannelConfig) -> dict[str, str]:
    """The settings that may be shown, and that `Request.settings` carries."""
    try:
        fields = registry.connector(channel.kind).card.settings
    except registry.NoSuchKind:
        return {}
    open_to_all = {field.name for field in fields if not field.secret}
    return {name: value for name, value in channel.settings.items() if name in open_to_all}


def row_of(id: int) -> str:
    """The name of the row that the sealed settings are bound to."""
    return f"channel:{id}"


def _config(
    id: int,
    kind: str,
    name: str,
    team: int,
    team_name: str,
    sealed: bytes,
    active: bool,
    answer_within: timedelta | None,
    state: str,
    reason: str,
) -> ChannelConfig:
    try:
        settings = sealing.open_settings(sealed, row=row_of(id))
    except vault.Unopenable:
        settings, state, reason = {}, "needs_you", UNOPENABLE
    return ChannelConfig(
        id=id,
        public=public("chn", id),
        kind=kind,
        name=name,
        team=team,
        team_name=team_name,
        settings=settings,
        active=active,
        answer_within=answer_within,
        state=state,
        reason=reason,
    )
