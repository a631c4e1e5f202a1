"""Finished turns: Rasa's events, the state after each, and what was asked of the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId, TurnId
from onethread.storage.tables import effects, tracker_events, turns

PLACES = 4096
"""Most events one turn may have."""


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One finished turn, without its events."""

    number: int
    facts: Mapping[str, Any]
    state: Mapping[str, Any]
    session_started_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn about to be stored with everything Rasa said of it."""

    id: TurnId
    customer_id: CustomerId
    number: int
    model: str
    facts: Mapping[str, Any]
    state: Mapping[str, Any]
    parse: Mapping[str, Any] | None
    session_started_at: datetime
    started_at: datetime
    events: Sequence[Mapping[str, Any]]


async def latest_turns(conn: AsyncConnection, customer_id: CustomerId, limit: int) -> list[StoredTurn]:
    """The newest turns, oldest of them first."""
    found = await conn.execute(
        select(
            turns.c.number,
            turns.c.facts,
            turns.c.state,
            turns.c.session_started_at,
            turns.c.finished_at,
        )
        .where(turns.c.customer_id == customer_id)
        .order_by(turns.c.number.desc())
        .limit(limit)
    )
    return [StoredTurn(**row._mapping) for row in found][::-1]


async def events_after(
    conn: AsyncConnection, customer_id: CustomerId, number: int
) -> list[list[dict[str, Any]]]:
    """Rasa's events of every turn after one, a list a turn, in order."""
    found = await conn.execute(
        select(tracker_events.c.turn_number, tracker_events.c.event)
        .where(tracker_events.c.customer_id == customer_id, tracker_events.c.seq >= (number + 1) * PLACES)
        .order_by(tracker_events.c.seq)
    )
    grouped: dict[int, list[dict[str, Any]]] = {}
    for row in found:
        grouped.setdefault(row.turn_number, []).append(row.event)
    return list(grouped.values())


async def insert_turn(conn: AsyncConnection, turn: NewTurn) -> None:
    """Store one turn; a second turn of the same number is refused by the database."""
    await conn.execute(
        insert(turns).values(
            id=turn.id,
            customer_id=turn.customer_id,
            number=turn.number,
            model=turn.model,
            facts=dict(turn.facts),
            state=dict(turn.state),
            parse=None if turn.parse is None else dict(turn.parse),
            session_started_at=turn.session_started_at,
            started_at=turn.started_at,
        )
    )
    if turn.events:
        await conn.execute(
            insert(tracker_events),
            [
                {
                    "customer_id": turn.customer_id,
                    "seq": turn.number * PLACES + place,
                    "turn_number": turn.number,
                    "event": dict(event),
                }
                for place, event in enumerate(turn.events)
            ],
        )


async def ask_effect(
    conn: AsyncConnection,
    turn_id: TurnId,
    place: int,
    *,
    customer_id: CustomerId,
    address_id: AddressId,
    effect: str,
    order: str,
    note: str,
) -> None:
    """Write down what the shop is to be asked once this turn is committed."""
    await conn.execute(
        insert(effects).values(
            turn_id=turn_id,
            place=place,
            customer_id=customer_id,
            address_id=address_id,
            effect=effect,
            order_number=order,
            note=note,
        )
    )
