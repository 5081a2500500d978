"""What is asked of a run, and what it found."""

from __future__ import annotations

from typing import Any

import msgspec

from torture.checker import Inbound, Odd, Outbound
from torture.heard import Live
from torture.killer import Killer
from torture.played import Played
from torture.poison import Cured

RECOVERY = 10.0


class Order(msgspec.Struct, frozen=True):
    """What is asked of a run."""

    events: int
    kills: int
    crashes: int
    stops: int
    seed: int
    mode: str
    answers: float = 0.25  # share of the messages that an agent answers
    recovery: float = RECOVERY  # seconds within which all is back after a crash
    amends: float = 0.04  # share that gets a new version and a reaction


class Result(msgspec.Struct, frozen=True):
    """What a run found. Every figure is explained in docs/why/torture.md."""

    events: int
    kills: int
    crashes: int
    stops: int
    seed: int
    mode: str
    accepted: int
    stored: int
    lost: int
    doubled: int
    missing: int
    gaps: int
    missed_live: int
    twice_live: int
    overheard: int
    flagged: int
    flagged_unseen: int
    edits_lost: int
    answers: int
    visible: int
    absorbed: int
    heard_live: int
    reconnects: int
    resets: int
    poison: int
    dead: int
    revived: int
    refusals: int
    repeats: int
    recovery: float
    recovered: bool
    finished: bool
    seconds: float
    played: dict[str, int]  # of the played providers: kind -> acts that were thanked
    played_answers: dict[str, int]  # kind -> answers of ours that stand on devices
    odd: tuple[Odd, ...]  # each answer that is doubled or missing, with what is known of it

    @classmethod
    def of(
        cls,
        order: Order,
        counted: tuple[Inbound, Outbound, Live, Cured],
        *,
        killer: Killer,
        absorbed: int = 0,
        refusals: int,
        repeats: int,
        finished: bool,
        seconds: float,
        played: Played | None = None,
    ) -> Result:
        inbound, outbound, live, cured = counted
        return cls(
            events=order.events,
            kills=killer.kills,
            crashes=killer.crashes,
            stops=killer.stops,
            seed=order.seed,
            mode=order.mode,
            accepted=inbound.accepted,
            stored=inbound.stored,
            lost=inbound.lost,
            doubled=inbound.doubled + outbound.doubled,
            missing=outbound.missing,
            gaps=inbound.gaps,
            missed_live=live.missed,
            twice_live=live.twice,
            overheard=live.overheard,
            flagged=outbound.flagged,
            flagged_unseen=outbound.flagged_unseen,
            edits_lost=inbound.edits_lost,
            answers=outbound.answers,
            visible=outbound.visible,
            absorbed=absorbed,
            heard_live=live.heard,
            reconnects=live.connects,
            resets=live.resets,
            poison=cured.poison,
            dead=cured.dead,
            revived=cured.revived,
            refusals=refusals,
            repeats=repeats,
            recovery=round(killer.recovery, 1),
            recovered=killer.recovery <= order.recovery,
            finished=finished,
            seconds=round(seconds, 1),
            **_played(played) | {"odd": outbound.odd},
        )

    @property
    def holds(self) -> bool:
        """Is every promise kept?"""
        broken = (
            self.lost,
            self.doubled,
            self.missing,
            self.gaps,
            self.missed_live,
            self.twice_live,
            self.overheard,
            self.edits_lost,
        )
        cured = self.poison == self.dead == self.revived
        return self.finished and self.recovered and cured and not any(broken)


def _played(played: Played | None) -> dict[str, Any]:
    """The control has no town."""
    accepted, shown = (played.by_kind, played.shown_by_kind()) if played else ({}, {})
    return {"played": dict(accepted), "played_answers": shown}
