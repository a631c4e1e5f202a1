"""Links: which address was found to be whose, by what evidence, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, AgentId, CustomerId, LinkId
from onethread.storage.tables import addresses, links

Trust = Literal["claimed", "attested", "proved"]
Evidence = Literal["phone", "platform", "contact", "deep_link", "login", "code", "desk"]
Status = Literal["asked", "proposed", "done", "refused", "undone"]


@dataclass(frozen=True, slots=True)
class Link:
    """Why an address is a customer's, or is asked to become so."""

    id: LinkId
    address_id: AddressId
    """The one that moved; while it is asked, either of the two."""
    other_address_id: AddressId | None
    customer_id: CustomerId | None
    from_customer_id: CustomerId | None
    """Whose it was; None: the address was new; equal to `customer_id`: nothing moved."""
    via: LinkId | None
    """The link that took this address along, because it was the same customer's."""
    trust: Trust
    evidence: Evidence
    detail: Mapping[str, Any]
    status: Status
    asked_at: datetime
    done_at: datetime | None
    undone_at: datetime | None
    undone_by: AgentId | None
    reason: str | None


_LINK = select(*links.c)


def _links(found: Any) -> list[Link]:
    return [Link(**row._mapping) for row in found]


async def add_link(
    conn: AsyncConnection,
    address_id: AddressId,
    other_address_id: AddressId | None,
    *,
    trust: Trust,
    evidence: Evidence,
    status: Status,
    detail: Mapping[str, str | int],
    customer_id: CustomerId | None = None,
    from_customer_id: CustomerId | None = None,
    via: LinkId | None = None,
) -> LinkId:
    """Write a link down; one that is `done` is done now."""
    made = await conn.execute(
        insert(links)
        .values(
            address_id=address_id,
            other_address_id=other_address_id,
            customer_id=customer_id,
            from_customer_id=from_customer_id,
            via=via,
            trust=trust,
            evidence=evidence,
            detail=dict(detail),
            status=status,
            done_at=func.clock_timestamp() if status == "done" else None,
        )
        .returning(links.c.id)
    )
    return LinkId(made.scalar_one())


async def read_link(conn: AsyncConnection, link_id: LinkId, *, lock: bool = False) -> Link | None:
    """A link; `lock`: nobody else changes it until this transaction ends."""
    query = _LINK.where(links.c.id == link_id)
    found = _links(await conn.execute(query.with_for_update(key_share=True) if lock else query))
    return found[0] if found else None


async def find_open(
    conn: AsyncConnection, one: AddressId, other: AddressId, evidence: Evidence, status: Status
) -> LinkId | None:
    """A link between these two, either way, that still waits."""
    pair = or_(
        and_(links.c.address_id == one, links.c.other_address_id == other),
        and_(links.c.address_id == other, links.c.other_address_id == one),
    )
    found = await conn.execute(
        select(links.c.id)
        .where(pair, links.c.evidence == evidence, links.c.status == status)
        .order_by(links.c.asked_at)
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else LinkId(row.id)


async def change_status(
    conn: AsyncConnection, link_id: LinkId, status: Status, *, expected: Status, reason: str | None = None
) -> bool:
    """Move a link on, if it is still where it is thought to be."""
    done = await conn.execute(
        update(links)
        .where(links.c.id == link_id, links.c.status == expected)
        .values(status=status, reason=reason)
    )
    return done.rowcount == 1


async def finish(
    conn: AsyncConnection,
    link_id: LinkId,
    *,
    address_id: AddressId,
    other_address_id: AddressId | None,
    customer_id: CustomerId,
    from_customer_id: CustomerId,
) -> None:
    """An asked link is done."""
    await conn.execute(
        update(links)
        .where(links.c.id == link_id)
        .values(
            address_id=address_id,
            other_address_id=other_address_id,
            customer_id=customer_id,
            from_customer_id=from_customer_id,
            status="done",
            done_at=func.clock_timestamp(),
        )
    )


async def group_of(conn: AsyncConnection, link_id: LinkId) -> list[Link]:
    """A link, and those it took along, as far as they are done."""
    return _links(
        await conn.execute(
            _LINK.where(or_(links.c.id == link_id, links.c.via == link_id), links.c.status == "done")
        )
    )


async def resting_on(
    conn: AsyncConnection, address_ids: Sequence[AddressId], since: datetime
) -> list[LinkId]:
    """Later links that were found by way of these addresses, newest first."""
    found = await conn.execute(
        select(links.c.id)
        .where(
            or_(links.c.address_id.in_(address_ids), links.c.other_address_id.in_(address_ids)),
            links.c.via.is_(None),
            links.c.status == "done",
            links.c.done_at > since,
        )
        .order_by(links.c.done_at.desc())
    )
    return [LinkId(row.id) for row in found]


async def mark_undone(
    conn: AsyncConnection, ids: Sequence[LinkId], *, by: AgentId | None, reason: str
) -> None:
    """These links count no more; the rows stay."""
    await conn.execute(
        update(links)
        .where(links.c.id.in_(ids))
        .values(status="undone", undone_at=func.clock_timestamp(), undone_by=by, reason=reason)
    )


async def links_of(conn: AsyncConnection, customer_id: CustomerId) -> list[Link]:
    """Every link of this customer's addresses, and those that were undone, oldest first."""
    mine = select(addresses.c.id).where(addresses.c.customer_id == customer_id)
    return _links(
        await conn.execute(
            _LINK.where(
                or_(
                    links.c.address_id.in_(mine),
                    links.c.other_address_id.in_(mine),
                    links.c.customer_id == customer_id,
                )
            ).order_by(links.c.asked_at, links.c.id)
        )
    )
