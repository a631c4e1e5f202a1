"""Builds what Rasa is given of the past: the state at a safe cut, and whole turns after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.dialogue.window import LONGEST_WINDOW, Cut, TurnFacts, choose_cut
from onethread.ids import CustomerId
from onethread.storage.addresses import KnownAddress
from onethread.storage.turns import StoredTurn, events_after, latest_turns

MAX_HISTORY = 5
"""The longest memory of the policies in config.yml; a test keeps the two equal."""
_FEW = 12
"""Turns read at first: mostly the cut lies among them."""
_MANY = 2 * LONGEST_WINDOW + 1
"""Most turns ever given; a session without a safe cut in so many starts anew, even in mid-talk."""
_PAUSE = timedelta(minutes=10)
"""A customer silent for so long is idle enough for a new session when no cut is safe."""


@dataclass(frozen=True, slots=True)
class Past:
    """What one customer's next turn builds on."""

    version: int
    session: Literal["start", "continue"]
    session_started_at: datetime
    slots: Mapping[str, Any] = field(default_factory=dict)
    last_action: Mapping[str, Any] | None = None
    turns: Sequence[Sequence[Mapping[str, Any]]] = ()
    understood: Mapping[str, Any] | None = None
    """What was understood of the message before (`NewTurn.parse`)."""

    def window(self) -> dict[str, Any]:
        """The `window` of a turn's request."""
        return {
            "version": self.version,
            "slots": dict(self.slots),
            "last_action": self.last_action,
            "turns": [list(events) for events in self.turns],
        }


@dataclass(frozen=True, slots=True)
class Fresh:
    """Histories were joined or split at a time: the next session starts with these slots."""

    after: datetime
    slots: Mapping[str, Any]
    version: int
    """Turns are numbered above this, so that no number ever means two turns."""


def fresh_of(address: KnownAddress) -> Fresh | None:
    """What a join or split of this address's customer left for the next session."""
    if address.fresh_after is None:
        return None
    carry = address.carry or {}
    return Fresh(address.fresh_after, carry.get("slots", {}), carry.get("version", 0))


async def read_past(
    conn: AsyncConnection,
    customer_id: CustomerId,
    *,
    now: datetime,
    idle: timedelta,
    fresh: Fresh | None = None,
) -> Past:
    """The past of a customer; after `idle` without a turn, or without a safe cut, a session starts.

    The same after `fresh`: what was told in two histories is never shown to Rasa as one.
    """
    stored = await latest_turns(conn, customer_id, _FEW)
    if fresh is not None and (not stored or stored[-1].finished_at <= fresh.after):
        last_number = stored[-1].number if stored else 0
        return Past(
            version=max(last_number, fresh.version),
            session="start",
            session_started_at=now,
            slots=fresh.slots,
        )
    if not stored:
        return Past(version=0, session="start", session_started_at=now)
    cut = _cut(stored)
    if cut is None and len(stored) == _FEW:
        stored = await latest_turns(conn, customer_id, _MANY)
        cut = _cut(stored)
    last = stored[-1]
    silent = now - last.finished_at
    if cut is None or silent > idle or (cut.start_when_idle and silent > _PAUSE):
        return Past(
            version=last.number,
            session="start",
            session_started_at=now,
            slots=last.state.get("slots", {}),
            understood=last.parse,
        )
    base = next((turn.state for turn in stored if turn.number == cut.after), {})
    return Past(
        version=last.number,
        session="continue",
        session_started_at=last.session_started_at,
        slots=base.get("slots", {}),
        last_action=base.get("last_action"),
        turns=await events_after(conn, customer_id, cut.after),
        understood=last.parse,
    )


def _cut(stored: Sequence[StoredTurn]) -> Cut | None:
    """The cut among these turns; None when it would need the state after a turn that was not read."""
    facts = [_facts(turn) for turn in stored]
    cut = choose_cut(facts, MAX_HISTORY)
    first = next((turn for turn in facts if turn.version == cut.after + 1), None)
    known = cut.after == 0 or any(turn.number == cut.after for turn in stored)
    # What a session start forgets need not be known.
    return cut if known or (first is not None and first.session_started) else None


def _facts(turn: StoredTurn) -> TurnFacts:
    return TurnFacts(
        version=turn.number,
        actions=int(turn.facts["actions"]),
        listening=bool(turn.facts["listening"]),
        loop=bool(turn.facts["loop"]),
        session_started=bool(turn.facts["session_started"]),
        rewinds=int(turn.facts["rewinds"]),
    )
