"""A house on real stores with a fake Rasa and a fake door, and shorthands to use it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from sqlalchemy import text

from connectors.contract import Part
from onethread.app import House
from onethread.cli.worker import talk_of
from onethread.conversations.lanes import Lanes, Look
from onethread.conversations.worker import Dispatcher
from onethread.identity.resolve import resolve
from onethread.ids import CustomerId
from onethread.ingress.accept import Accepted, accept
from onethread.orders import OrdersUnavailable
from onethread.settings import Settings
from onethread.storage import inbox, outbox, threads
from tests.fakes.connector import FakeConnector, signed
from tests.fakes.rasa import SECRET, FakeRasa

PHONE = "+15551230001"
_ids = itertools.count(1)


@dataclass
class FakeShop:
    """Answers `yes`; down while `down` says so."""

    yes: bool = True
    down: bool = False
    asked: list[tuple[str, str, str, str]] = field(default_factory=list)

    async def apply(self, key: str, effect: str, order: str, note: str) -> bool:
        self.asked.append((key, effect, order, note))
        if self.down:
            raise OrdersUnavailable("down")
        return self.yes


@dataclass
class Stage:
    """One process's house with everything a test wants to see."""

    house: House
    rasa: FakeRasa
    door: FakeConnector
    shop: FakeShop

    @property
    def lanes(self) -> Lanes:
        return Lanes(self.house.engines.lanes, talk_of(self.house))

    async def receive(self, said: str = "", *, sender: str = PHONE, **more: Any) -> Accepted:
        """One webhook with one message."""
        row = {"id": f"m{next(_ids)}", "from": sender, "text": said, **more}
        return await accept(self.house.engines.web, self.house.vault, self.door, signed(row))

    async def customer(self, sender: str = PHONE) -> CustomerId:
        """The customer of an address, made when new."""
        lane = inbox.DueLane(self.door.key, self.door.account, sender, None, {"profile": {"phone": sender}})
        return await resolve(self.house.engines.lanes, self.house.connectors, lane)

    async def look(self, sender: str = PHONE) -> Look:
        """One look at the lane of an address."""
        return await self.lanes.look(await self.customer(sender))

    async def turn(self, said: str = "", *, sender: str = PHONE, **more: Any) -> list[str]:
        """Receive one message, work its lane, and tell what was newly queued for that address."""
        before = len(await self.out(sender))
        await self.receive(said, sender=sender, **more)
        await self.lanes.work(await self.customer(sender))
        return (await self.out(sender))[before:]

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.house.engines.web.connect() as conn:
            return list(await conn.execute(text(query), values))

    async def run(self, query: str, **values: Any) -> None:
        async with self.house.engines.web.begin() as conn:
            await conn.execute(text(query), values)

    async def parts(self, sender: str = PHONE) -> list[tuple[str, Part]]:
        """Status and part of everything queued for an address, in order."""
        found = await self.rows(
            "select o.status, o.part from outbox o join addresses a on a.id = o.address_id"
            " where a.key = :key order by o.id",
            key=sender,
        )
        return [(row.status, outbox.part_from_json(row.part)) for row in found]

    async def out(self, sender: str = PHONE) -> list[str]:
        """The texts queued for an address, in order."""
        return [part.text for _, part in await self.parts(sender)]

    async def inbox(self) -> list[Any]:
        return await self.rows("select * from inbox order by id")

    async def owner(self) -> str:
        (row,) = await self.rows("select owner from conversations")
        return str(row.owner)

    async def thread(self, *, notes: bool = False) -> list[threads.ThreadMessage]:
        async with self.house.engines.web.connect() as conn:
            return await threads.read_thread(conn, await self.customer(), notes=notes)

    async def agent(self, name: str = "Ana") -> Any:
        async with self.house.engines.web.begin() as conn:
            found = await conn.execute(
                text("insert into agents (email, name) values (:name, :name) returning id"), {"name": name}
            )
            return found.scalar_one()

    @asynccontextmanager
    async def worker(self, *, slots: int = 4, busy: int = 4) -> AsyncIterator[asyncio.Event]:
        """A running dispatcher; stops and drains at the end."""
        async with dispatching(self.house, slots=slots, busy=busy) as stop:
            yield stop


@asynccontextmanager
async def dispatching(house: House, *, slots: int = 4, busy: int = 4) -> AsyncIterator[asyncio.Event]:
    """Runs the lanes of a house; stops and drains them at the end."""
    stop = asyncio.Event()
    lanes = Lanes(house.engines.lanes, talk_of(house))
    dispatcher = Dispatcher(house.engines.lanes, lanes, house.connectors, slots=slots, busy=busy)
    async with asyncio.TaskGroup() as group:
        group.create_task(dispatcher.run(stop))
        try:
            yield stop
        finally:
            stop.set()


async def until(holds: Callable[[], Awaitable[bool]], *, seconds: float = 10.0) -> None:
    """Wait until it holds; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - what it waits for is in another process's database
            await asyncio.sleep(0.01)


@asynccontextmanager
async def stage(
    database_url: str,
    redis_url: str,
    *,
    rasa: FakeRasa | None = None,
    door: FakeConnector | None = None,
    turn_deadline_s: float = 10.0,
    lane_slots: int = 6,
    **more: Any,
) -> AsyncIterator[Stage]:
    """A house on these stores; `more` settings as they are named there."""
    door = door or FakeConnector()
    shop = FakeShop()
    async with rasa or FakeRasa() as room:
        settings = Settings(
            database_url=database_url,
            redis_url=redis_url,
            secret_key=SecretStr("s" * 40),
            internal_secret=SecretStr(SECRET),
            rasa_urls=(room.url,),
            turn_deadline_s=turn_deadline_s,
            lane_slots=lane_slots,
            **more,
        )
        house = House.build(settings, connectors={(door.key, door.account): door}, shop=shop)
        try:
            yield Stage(house, room, door, shop)
        finally:
            await house.close()
