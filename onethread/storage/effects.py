"""What turns asked of the shop: taken one at a time, done once, told to the customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId, TurnId
from onethread.storage.tables import effects


@dataclass(frozen=True, slots=True)
class AskedEffect:
    """One request, held by this transaction."""

    id: int
    turn_id: TurnId
    place: int
    customer_id: CustomerId
    address_id: AddressId
    effect: str
    order_number: str
    note: str
    asked_at: datetime

    @property
    def key(self) -> str:
        """The same for every try."""
        return f"{self.turn_id}:{self.place}"


async def take_effect(conn: AsyncConnection) -> AskedEffect | None:
    """The oldest due request that no other worker holds, until this transaction ends."""
    found = await conn.execute(
        select(
            effects.c.id,
            effects.c.turn_id,
            effects.c.place,
            effects.c.customer_id,
            effects.c.address_id,
            effects.c.effect,
            effects.c.order_number,
            effects.c.note,
            effects.c.asked_at,
        )
        .where(effects.c.status == "asked", effects.c.due_at <= func.now())
        .order_by(effects.c.due_at)
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    )
    row = found.one_or_none()
    return None if row is None else AskedEffect(**row._mapping)


async def end_effect(
    conn: AsyncConnection, effect_id: int, status: Literal["done", "refused", "failed"]
) -> None:
    """This request has its answer."""
    await conn.execute(
        update(effects)
        .where(effects.c.id == effect_id)
        .values(status=status, attempts=effects.c.attempts + 1)
    )


async def postpone_effect(conn: AsyncConnection, effect_id: int, delay_s: float) -> None:
    """Ask again later, with the same key."""
    await conn.execute(
        update(effects)
        .where(effects.c.id == effect_id)
        .values(
            attempts=effects.c.attempts + 1,
            due_at=func.clock_timestamp() + timedelta(seconds=delay_s),
        )
    )
