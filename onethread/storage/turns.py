"""Finished turns: Rasa's events, the state after each, and what was asked of the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId, TurnId
from onethread.storage import driver
from onethread.storage.tables import effects


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One finished turn, without its events."""

    number: int
    facts: Mapping[str, Any]
    state: Mapping[str, Any]
    session_started_at: datetime
    finished_at: datetime
    parse: Mapping[str, Any] | None = None
    """What was understood of its message; see `NewTurn.parse`."""


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn about to be stored with everything Rasa said of it."""

    number: int
    model: str
    facts: Mapping[str, Any]
    state: Mapping[str, Any]
    parse: Mapping[str, Any] | None
    session_started_at: datetime
    started_at: datetime
    events: Sequence[Mapping[str, Any]]


_LATEST = """
select number, facts, state, session_started_at, finished_at, parse from turns
where customer_id = %(customer_id)s
order by number desc
limit %(limit)s
"""
_EVENTS = """
select events from turns
where customer_id = %(customer_id)s and number > %(number)s
order by number
"""


async def latest_turns(conn: AsyncConnection, customer_id: CustomerId, limit: int) -> list[StoredTurn]:
    """The newest turns, oldest of them first."""
    values = {"customer_id": customer_id, "limit": limit}
    return (await driver.fetch_as(conn, StoredTurn, _LATEST, values))[::-1]


async def events_after(
    conn: AsyncConnection, customer_id: CustomerId, number: int
) -> list[list[dict[str, Any]]]:
    """Rasa's events of every turn after one, a list a turn, in order."""
    values = {"customer_id": customer_id, "number": number}
    return [events for (events,) in await driver.fetch(conn, _EVENTS, values)]


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
