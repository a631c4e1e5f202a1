"""Beside the walk: undoes a link; what came from each address goes back with it, to whom it was before."""

from __future__ import annotations

from dataclasses import replace

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from onethread.crashpoints import crash_at
from onethread.identity.merging import note
from onethread.identity.moving import Changed, Moved, until_free
from onethread.ids import AddressId, AgentId, CustomerId, LinkId
from onethread.storage import inbox, links, moves
from onethread.storage.addresses import add_customer, read_address
from onethread.storage.links import Link

log = structlog.get_logger()


async def undo_link(
    engine: AsyncEngine, link_id: LinkId, *, by: AgentId | None, reason: str
) -> Changed | None:
    """Split what this link joined, and later links found by way of it; None: there is nothing (left) to undo.

    Each split is one transaction that holds both lanes; done again after a crash it goes on where it was.
    Raises OperationalError when the lanes were busy for too long.
    """
    changed: set[CustomerId] = set()
    async with engine.connect() as conn:
        link = await links.read_link(conn, link_id)
        if link is None or link.status != "done":
            return None
        if link.via is not None:
            link = await links.read_link(conn, link.via)
            if link is None:
                return None
        group = await links.group_of(conn, link.id)
        moved = [one.address_id for one in group]
        later = [] if link.done_at is None else await links.resting_on(conn, moved, link.done_at)
    for other in later:
        rests = await undo_link(engine, other, by=by, reason=f"it rests on a link that was undone: {reason}")
        changed |= set(rests.customers if rests else ())
    mine = await until_free(engine, lambda conn: _undo(conn, link.id, by, reason))
    changed |= set(mine.customers if mine else ())
    return Changed(tuple(changed)) if changed else None


async def _undo(conn: AsyncConnection, link_id: LinkId, by: AgentId | None, reason: str) -> Changed | None:
    link = await links.read_link(conn, link_id, lock=True)
    if link is None or link.status != "done" or link.customer_id is None or link.done_at is None:
        return None
    group = await links.group_of(conn, link_id)
    if link.from_customer_id == link.customer_id:  # nothing had moved
        await links.mark_undone(conn, [link_id], by=by, reason=reason)
        return Changed((link.customer_id,))
    ids = [one.address_id for one in group]
    source = (await moves.owners_of(conn, [link.address_id]))[link.address_id][0]
    target = link.from_customer_id or await _made_anew(conn, link, source)
    await moves.lock_lanes(conn, [source, target])
    owners = await moves.owners_of(conn, ids, lock=True)
    if owners[link.address_id][0] != source:
        raise Moved
    with_it = [address_id for address_id in ids if owners[address_id][0] == source]
    await _split(conn, link, with_it, source, target)
    await links.mark_undone(conn, [one.id for one in group], by=by, reason=reason)
    log.info("identity.link.undone", link_id=str(link_id), evidence=link.evidence)
    return Changed((source, target))


async def _made_anew(conn: AsyncConnection, link: Link, source: CustomerId) -> CustomerId:
    """A customer for an address that never had one of its own."""
    known = await read_address(conn, link.address_id)
    if known is None:
        raise LookupError("a link without its address")
    return await add_customer(
        conn,
        display_name=known.display_name,
        language=known.language,
        language_asked=known.language_asked,
    )


async def _split(
    conn: AsyncConnection, link: Link, ids: list[AddressId], source: CustomerId, target: CustomerId
) -> None:
    """Give these addresses, and all that came from them, back to `target`; both lanes are held."""
    await moves.set_merged(conn, target, None)
    # What either knew before they were joined; what was learnt since may be the other's.
    before = await moves.remembered(conn, source, before=link.done_at)
    back = await moves.remembered(conn, target, before=link.done_at)
    version = (await moves.remembered(conn, source)).version
    await moves.move_addresses(conn, source, target, ids)
    await moves.move_wishes(conn, target, ids)
    talks = await moves.lock_talks(conn, [source, target])
    await moves.set_talk(conn, _open_again(talks[target]))
    await moves.messages_home(conn, source, target, ids)
    crash_at("identity.undo.halfway")
    await moves.close_thread(conn, target, merged=False)
    moved = await moves.move_turns(conn, source, target, ids, version=back.version)
    await moves.start_fresh(conn, source, before.slots, version)
    await moves.start_fresh(conn, target, back.slots, back.version + moved)
    await note(conn, source, "A link was undone: one address and its messages are another customer's again.")
    await inbox.wake(conn)


def _open_again(talk: moves.Talked) -> moves.Talked:
    return replace(talk, owner="bot", agent_id=None, reason=None, status="open")
