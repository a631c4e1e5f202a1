"""Webhooks with one text each, for every door, and the rooms that hear them."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from sqlalchemy import text

from onethread.app import House
from tests.fakes.house import dispatching, until
from tests.fakes.rasa import FakeRasa
from tests.payloads.posting import ENV, signature
from tests.web.house import Site, make_house, new_port, open_site

DOORS = ("telegram", "twilio_sms", "twilio_whatsapp", "whatsapp_cloud")
NUMBER = ENV["WHATSAPP_PHONE_NUMBER_ID"]


def count(scaled: int, full: int) -> int:
    """How often; `ONETHREAD_FAULTS=full` takes the catalogue's own figure."""
    return full if os.environ.get("ONETHREAD_FAULTS") == "full" else scaled


@dataclass(frozen=True, slots=True)
class Knock:
    """One signed webhook."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def signed(door: str, base: str, body: bytes, *, query: str = "") -> Knock:
    url = f"{base}/webhooks/{door}/default{query}"
    return Knock(url, signature(door, url, body), body)


def knock(door: str, base: str, number: int, said: str = "hello", *, sender: int = 0, at: int = 0) -> Knock:
    """The `number`th message, of the `sender`th person (each of their own when 0), said at `at`."""
    person = sender or number
    if door == "telegram":
        people = {"id": 700_000 + person, "is_bot": False, "first_name": "Pat"}
        chat = {"id": people["id"], "type": "private"}
        message = {"message_id": number, "from": people, "chat": chat, "date": at or _now(), "text": said}
        return signed(door, base, json.dumps({"update_id": 50_000 + number, "message": message}).encode())
    phone = f"+1555{7_000_000 + person}"
    if door == "whatsapp_cloud":
        message = {
            "from": phone[1:],
            "id": f"wamid.K{number}",
            "timestamp": str(at or _now()),
            "type": "text",
            "text": {"body": said},
        }
        return signed(door, base, json.dumps(meta([message])).encode())
    prefix = "whatsapp:" if door == "twilio_whatsapp" else ""
    fields = {"MessageSid": f"SM{number:032}", "From": f"{prefix}{phone}", "Body": said, "NumMedia": "0"}
    return signed(door, base, urlencode(fields).encode())


def meta(messages: Iterable[object] = (), statuses: Iterable[object] = (), number: str = NUMBER) -> Any:
    """Meta's envelope around messages and statuses of one number."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": number},
        "messages": list(messages),
        "statuses": list(statuses),
    }
    changes = [{"value": value, "field": "messages"}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


def _now() -> int:
    return int(time.time())


async def post(http: httpx.AsyncClient, one: Knock, **headers: str) -> int:
    """The status; extra headers win."""
    answer = await http.post(one.url, content=one.body, headers=dict(one.headers) | headers)
    return answer.status_code


@dataclass(frozen=True, slots=True)
class Rooms:
    """A web process on a socket, and the Rasa behind it."""

    site: Site
    house: House
    rasa: FakeRasa

    @property
    def url(self) -> str:
        return self.site.url

    async def ask(self, query: str) -> list[Any]:
        async with self.house.engines.web.connect() as conn:
            return list(await conn.execute(text(query)))

    async def run(self, query: str) -> None:
        async with self.house.engines.web.begin() as conn:
            await conn.execute(text(query))

    async def kept(self) -> int:
        (row,) = await self.ask("select count(*) as n from inbox")
        return int(row.n)

    async def answer(self) -> list[str]:
        """Let the lanes work until nothing waits; what Rasa was told, in order."""

        async def nothing_waits() -> bool:
            return not await self.ask("select 1 from inbox where status = 'pending' limit 1")

        async with dispatching(self.house):
            await until(nothing_waits, seconds=60)
        return self.rasa.texts()


@asynccontextmanager
async def open_rooms(
    database_url: str, redis_url: str, tmp_path: Path, *, config: Mapping[str, object] | None = None
) -> AsyncIterator[Rooms]:
    """Every door open. `config`: Sanic's, changed."""
    async with FakeRasa() as rasa:
        house = make_house(database_url, redis_url, tmp_path, new_port(), rasa_urls=(rasa.url,), **ENV)
        try:
            async with open_site(house, **(config or {})) as site:
                yield Rooms(site, house, rasa)
        finally:
            await house.close()


def clients(connections: int = 8) -> httpx.AsyncClient:
    """So many connections and no more."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(limits=limits, timeout=60)


async def all_of(http: httpx.AsyncClient, knocks: Iterable[Knock]) -> list[int]:
    """All at once, as many at a time as there are connections."""
    return await asyncio.gather(*(post(http, one) for one in knocks))
