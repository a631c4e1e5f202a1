"""People at the desk, for tests: they sign in through the pages and press buttons there."""

from __future__ import annotations

import re
from typing import Self
from uuid import UUID, uuid4

import httpx
from argon2 import PasswordHasher

from connectors.contract import Address
from onethread.app import House
from onethread.ids import CustomerId, MessageId
from onethread.storage import agents, pages, threads
from onethread.storage.addresses import create_customer, find_address
from onethread.storage.agents import Agent, Role
from onethread.storage.conversations import set_owner

PASSWORD = "correct horse battery"
# Cheap on purpose: the hash is not what these tests are about.
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


async def add_person(house: House, name: str, role: Role = "agent") -> Agent:
    """Somebody with the password of these tests."""
    async with house.engines.web.begin() as conn:
        made = await agents.add_agent(
            conn, email=f"{name.lower()}@shop.example", name=name, role=role, password_hash=PASSWORD_HASH
        )
    assert made is not None
    return made


async def add_customer(
    house: House, text: str = "I need a person", *, connector: str = "webchat", owner: str = "queue"
) -> CustomerId:
    """A customer who wrote once."""
    key = uuid4().hex
    place = Address(connector, "default" if connector == "webchat" else _account(house, connector), key)
    door = house.connector(place.connector, place.account)
    async with house.engines.web.begin() as conn:
        customer_id = await create_customer(
            conn,
            place.connector,
            place.account,
            key,
            channel=door.channel.value,
            phone=None,
            display_name="",
        )
        known = await find_address(conn, place.connector, place.account, key)
        assert known is not None
        heard = threads.NewMessage(
            id=MessageId(uuid4()),
            direction="in",
            author="customer",
            text=text,
            address_id=known.id,
            channel=known.channel,
        )
        await pages.append(conn, customer_id, [heard])
        if owner == "queue":
            await set_owner(conn, customer_id, "queue", reason="asked")
    return customer_id


def _account(house: House, connector: str) -> str:
    return next(account for key, account in house.connectors if key == connector)


class Person:
    """One browser of one person."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.AsyncClient(base_url=url, headers={"origin": url}, timeout=20)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def sign_in(self, agent: Agent, password: str = PASSWORD) -> httpx.Response:
        return await self.http.post("/desk/sign-in", data={"email": agent.email, "password": password})

    async def csrf(self) -> str:
        page = (await self.http.get("/desk")).text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found is not None
        return found.group(1)

    async def press(self, customer_id: UUID, act: str, **fields: str) -> httpx.Response:
        form = {"csrf": await self.csrf(), **fields}
        return await self.http.post(
            f"/desk/c/{customer_id}/{act}", data=form, headers={"accept": "application/json"}
        )

    async def see(self, customer_id: UUID) -> str:
        return (await self.http.get(f"/desk/c/{customer_id}")).text
