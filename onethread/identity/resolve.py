"""Step 2: finds, or makes, the customer behind an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import Connector
from onethread.ids import AddressId, CustomerId
from onethread.storage.addresses import create_customer, refresh_address
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


async def refresh(conn: AsyncConnection, address_id: AddressId, content: Mapping[str, Any]) -> None:
    """Take over what the platform attests of an address with this message."""
    phone, name = attested(content)
    await refresh_address(conn, address_id, phone=phone, display_name=name)


def attested(content: Mapping[str, Any]) -> tuple[str | None, str]:
    """Phone and display name as the platform gave them with a message."""
    profile = content.get("profile") or {}
    return profile.get("phone") or None, profile.get("display_name") or ""
