"""Step 2: finds, or makes, the customer behind an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import Connector
from onethread.ids import CustomerId
from onethread.storage.addresses import KnownAddress, create_customer, refresh_address
from onethread.storage.inbox import DueLane


async def resolve(
    engine: AsyncEngine, connectors: Mapping[tuple[str, str], Connector], lane: DueLane
) -> CustomerId:
    """The customer of this lane's address, made in one short transaction of its own when nobody knows it.

    A phone number counts only when the platform attests it. Raises KeyError when the door is not open here.
    """
    if lane.customer_id is not None:
        return lane.customer_id
    door = connectors[lane.connector, lane.account]
    phone, name = attested(lane.content)
    async with engine.begin() as conn:
        return await create_customer(
            conn,
            lane.connector,
            lane.account,
            lane.address_key,
            channel=door.channel.value,
            phone=phone,
            display_name=name,
        )


async def refresh(conn: AsyncConnection, known: KnownAddress, content: Mapping[str, Any]) -> KnownAddress:
    """Take over what the platform attests of an address with this message; who writes can be reached."""
    phone, name = attested(content)
    fresh = replace(
        known,
        phone=phone or known.phone,
        display_name=name or known.display_name,
        undeliverable=None,
    )
    if fresh != known:
        await refresh_address(conn, known.id, phone=fresh.phone, display_name=fresh.display_name)
    return fresh


def attested(content: Mapping[str, Any]) -> tuple[str | None, str]:
    """Phone and display name as the platform gave them with a message."""
    profile = content.get("profile") or {}
    return profile.get("phone") or None, profile.get("display_name") or ""
