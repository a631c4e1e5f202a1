"""A request for a link is part of the turn that asks; a worker's job carries it out."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from onethread.cli.worker import jobs_of
from onethread.identity.linking import accept_link, ask_link, ask_undo, propose_link, refuse_link
from tests.fakes.house import Stage, until

from .joining import ONE, TWO, address_of, link_of


async def test_a_worker_joins_and_splits_what_was_asked_for(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    stop = asyncio.Event()
    working = asyncio.create_task(jobs_of(play.house).run(stop))
    try:
        pair = await address_of(play, ONE), await address_of(play, TWO)
        async with play.house.engines.web.begin() as conn:
            link_id = await ask_link(conn, *pair, trust="proved", evidence="code")

        async def joined() -> bool:
            return await play.customer(ONE) == await play.customer(TWO)

        await until(joined, seconds=30)
        async with play.house.engines.web.begin() as conn:
            assert await ask_undo(conn, link_id, by=None, reason="a mistake")

        async def split() -> bool:
            return not await joined()

        await until(split, seconds=30)
        async with play.house.engines.web.begin() as conn:
            assert not await ask_undo(conn, link_id, by=None, reason="again")
    finally:
        stop.set()
        await working


async def test_what_is_rolled_back_was_never_asked(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    pair = await address_of(play, ONE), await address_of(play, TWO)
    async with play.house.engines.web.connect() as conn:
        await ask_link(conn, *pair, trust="proved", evidence="code")
        await conn.rollback()
        assert (await conn.execute(text("select count(*) from links"))).scalar_one() == 0
        jobs = text("select count(*) from procrastinate_jobs")
        assert (await conn.execute(jobs)).scalar_one() == 0


async def test_a_proposal_waits_for_a_person(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    pair = await address_of(play, ONE), await address_of(play, TWO)
    async with play.house.engines.web.begin() as conn:
        first = await propose_link(conn, *pair, trust="attested", evidence="phone")
        assert await propose_link(conn, *pair[::-1], trust="attested", evidence="phone") == first
        assert await refuse_link(conn, first, "two people share it")
        assert not await accept_link(conn, first)
        second = await propose_link(conn, *pair, trust="attested", evidence="phone")
        assert await accept_link(conn, second)
    assert [(await link_of(play, link)).status for link in (first, second)] == ["refused", "asked"]
