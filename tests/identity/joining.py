"""Joins and splits two addresses of a stage, as the jobs do."""

from __future__ import annotations

from typing import Any

from onethread.identity.linking import ask_link
from onethread.identity.merging import carry_out_link
from onethread.identity.undoing import undo_link
from onethread.ids import AddressId, CustomerId, LinkId
from onethread.storage.addresses import find_address
from onethread.storage.links import Link, read_link
from tests.fakes.house import Stage

ONE, TWO, THREE = "+15550000001", "+15550000002", "+15550000003"


async def address_of(play: Stage, key: str) -> AddressId:
    async with play.house.engines.web.connect() as conn:
        found = await find_address(conn, play.door.key, play.door.account, key)
    assert found is not None
    return found.id


async def asked(play: Stage, one: str, other: str) -> LinkId:
    """A request, committed; its job waits in the queue."""
    pair = await address_of(play, one), await address_of(play, other)
    async with play.house.engines.web.begin() as conn:
        return await ask_link(conn, *pair, trust="proved", evidence="code")


async def join(play: Stage, one: str, other: str) -> LinkId:
    link_id = await asked(play, one, other)
    await carry_out_link(play.house.engines.senders, link_id)
    return link_id


async def undo(play: Stage, link_id: LinkId) -> None:
    await undo_link(play.house.engines.senders, link_id, by=None, reason="a mistake")


async def link_of(play: Stage, link_id: LinkId) -> Link:
    async with play.house.engines.web.connect() as conn:
        found = await read_link(conn, link_id)
    assert found is not None
    return found


async def said_to(play: Stage, customer_id: CustomerId) -> list[tuple[int, str]]:
    """Number and text of a customer's thread."""
    rows = await play.rows(
        "select seq, text from messages where customer_id = :id order by seq", id=customer_id
    )
    return [(row.seq, row.text) for row in rows]


async def everything(play: Stage) -> dict[str, Any]:
    """All rows that say whose something is, to be compared."""
    return {
        name: [tuple(row) for row in await play.rows(query)]
        for name, query in {
            "addresses": "select id, customer_id from addresses order by id",
            "messages": "select id, customer_id, seq, home_customer_id, home_seq from messages order by id",
            "turns": "select id, customer_id, number, events from turns order by id",
            "outbox": "select id, customer_id from outbox order by id",
        }.items()
    }
