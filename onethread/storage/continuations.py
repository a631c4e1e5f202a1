"""Redeemed links between apps: each once, with the answer of whoever redeemed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId
from onethread.storage.tables import addresses, continuations

Answer = Literal["yes", "no"]


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a talk was begun that somebody wants to go on with elsewhere."""

    address_id: AddressId
    customer_id: CustomerId
    channel: str


async def find_beginning(
    conn: AsyncConnection, address_id: UUID, session: tuple[str, str]
) -> Beginning | None:
    """The living address of this id, or of this (connector, key); None: nothing was ever said there."""
    connector, key = session
    found = await conn.execute(
        select(addresses.c.id, addresses.c.customer_id, addresses.c.channel)
        .where(
            addresses.c.valid_to.is_(None),
            (addresses.c.id == address_id)
            | ((addresses.c.connector == connector) & (addresses.c.key == key)),
        )
        .order_by(addresses.c.created_at)
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else Beginning(AddressId(row.id), CustomerId(row.customer_id), row.channel)


async def redeem(conn: AsyncConnection, nonce: bytes, begun: AddressId, here: AddressId) -> bool:
    """Note that a link was opened here; False: it was opened before, here or elsewhere."""
    made = await conn.execute(
        pg_insert(continuations)
        .values(nonce=nonce, from_address_id=begun, to_address_id=here)
        .on_conflict_do_nothing()
        .returning(continuations.c.nonce)
    )
    return made.first() is not None


async def answer_once(
    conn: AsyncConnection, nonce: bytes, here: AddressId, answer: Answer, *, open_s: int
) -> AddressId | None:
    """Keep the answer given here; where the talk was begun, or None when this is no open question of here."""
    done = await conn.execute(
        update(continuations)
        .where(
            continuations.c.nonce == nonce,
            continuations.c.to_address_id == here,
            continuations.c.answer.is_(None),
            continuations.c.asked_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, open_s),
        )
        .values(answer=answer)
        .returning(continuations.c.from_address_id)
    )
    row = done.one_or_none()
    return None if row is None else AddressId(row.from_address_id)


async def forget_old(conn: AsyncConnection, *, days: int) -> int:
    """Delete what can be neither answered nor redeemed again, long after the token itself is over."""
    gone = await conn.execute(
        continuations.delete().where(
            continuations.c.asked_at < func.now() - func.make_interval(0, 0, 0, days)
        )
    )
    return gone.rowcount
