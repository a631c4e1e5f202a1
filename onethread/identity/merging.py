"""Beside the walk: two customers who are one person become one; the older stays, nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from onethread.crashpoints import crash_at
from onethread.identity.moving import Changed, Moved, until_free
from onethread.ids import AddressId, CustomerId, LinkId, MessageId
from onethread.storage import inbox, links, moves, pages, threads
from onethread.storage.conversations import agent_name
from onethread.storage.links import Link
from onethread.storage.moves import Remembered, Talked

log = structlog.get_logger()

_RANK = {"bot": 0, "queue": 1, "agent": 2}


async def carry_out_link(engine: AsyncEngine, link_id: LinkId) -> Changed | None:
    """Do what was asked for, in one transaction that holds both lanes; None: there is nothing (left) to do.

    What waits in either lane stays where it is and is answered in the lane of the customer who stays.
    Raises OperationalError when the lanes were busy for too long.
    """
    return await until_free(engine, lambda conn: _carry_out(conn, link_id))


async def _carry_out(conn: AsyncConnection, link_id: LinkId) -> Changed | None:
    link = await links.read_link(conn, link_id, lock=True)
    if link is None or link.status != "asked" or link.other_address_id is None:
        return None
    pair = (link.address_id, link.other_address_id)
    seen = await moves.owners_of(conn, pair)
    customers = {seen[address_id][0] for address_id in pair}
    await moves.lock_lanes(conn, list(customers))
    # Another statement than the one with the locks: what it shows stays true until the commit.
    found = await moves.owners_of(conn, pair, lock=True)
    if {found[address_id][0] for address_id in pair} != customers:
        raise Moved
    if not all(in_use for _, in_use in found.values()):
        await links.change_status(
            conn, link.id, "refused", expected="asked", reason="an address is no longer this person's"
        )
        return None
    stays, *goes = await moves.older_first(conn, list(customers))
    if not goes:
        await links.finish(
            conn,
            link.id,
            address_id=link.address_id,
            other_address_id=link.other_address_id,
            customer_id=stays,
            from_customer_id=stays,
        )
        return Changed((stays,))
    address_id, other = pair if found[link.address_id][0] == goes[0] else (pair[1], pair[0])
    await _merge(conn, replace(link, address_id=address_id, other_address_id=other), goes[0], stays)
    return Changed((stays, goes[0]))


async def _merge(conn: AsyncConnection, link: Link, source: CustomerId, target: CustomerId) -> None:
    """Give all of `source` to `target`, who is the older; their lanes are held."""
    await moves.set_merged(conn, source, target)
    slots = carried(await moves.remembered(conn, target), await moves.remembered(conn, source))
    version = (await moves.remembered(conn, target)).version
    moved = await moves.move_addresses(conn, source, target)
    await moves.take_language(conn, source, target)
    await moves.move_wishes(conn, target, moved)
    await moves.move_sends(conn, source, target)
    await moves.move_files(conn, source, target)
    crash_at("identity.merge.halfway")
    talks = await moves.lock_talks(conn, [source, target])
    await _join_talks(conn, talks[target], talks[source])
    await moves.move_messages(conn, source, target)
    await moves.close_thread(conn, source, merged=True)
    await _write_down(conn, link, moved, source, target)
    # After the link's own time: an undo asks what either knew before that.
    await moves.start_fresh(conn, target, slots, version)
    await inbox.wake(conn)  # what waits is another lane's now
    log.info("identity.customers.merged", link_id=str(link.id), evidence=link.evidence, trust=link.trust)


def carried(one: Remembered, other: Remembered) -> dict[str, Any]:
    """The slots of both; where both have one, that of whoever spoke later. Pure."""
    if one.at is None or (other.at is not None and other.at < one.at):
        one, other = other, one
    return {**_filled(one.slots), **_filled(other.slots)}


def _filled(slots: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in slots.items() if value is not None}


def joined(stays: Talked, goes: Talked) -> Talked:
    """Who answers the one customer: a person before the queue before the bot. Pure."""
    one = stays if _RANK[stays.owner] >= _RANK[goes.owner] else goes
    status = "open" if "open" in (stays.status, goes.status) else one.status
    return replace(one, customer_id=stays.customer_id, status=status)


async def _join_talks(conn: AsyncConnection, stays: Talked, goes: Talked) -> None:
    await moves.set_talk(conn, joined(stays, goes))
    await moves.set_talk(conn, replace(goes, owner="bot", agent_id=None, reason=None, status="resolved"))
    if stays.agent_id and goes.agent_id and stays.agent_id != goes.agent_id:
        told = (
            f"{await agent_name(conn, goes.agent_id)} also had a conversation with this customer, who was "
            f"known twice. It goes on here, with {await agent_name(conn, stays.agent_id)}."
        )
        await note(conn, stays.customer_id, told)


async def _write_down(
    conn: AsyncConnection, link: Link, moved: list[AddressId], source: CustomerId, target: CustomerId
) -> None:
    await links.finish(
        conn,
        link.id,
        address_id=link.address_id,
        other_address_id=link.other_address_id,
        customer_id=target,
        from_customer_id=source,
    )
    for address_id in moved:
        if address_id != link.address_id:
            await links.add_link(
                conn,
                address_id,
                link.other_address_id,
                trust=link.trust,
                evidence=link.evidence,
                status="done",
                detail={},
                customer_id=target,
                from_customer_id=source,
                via=link.id,
            )


async def note(conn: AsyncConnection, customer_id: CustomerId, said: str) -> None:
    """A note of the house's in the thread, for people."""
    await pages.append(
        conn,
        customer_id,
        [threads.NewMessage(id=MessageId(uuid4()), direction="note", author="house", text=said)],
    )
