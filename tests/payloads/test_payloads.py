"""Every recorded webhook, posted signed to its door over HTTP, all into one database.

`ONETHREAD_PAYLOADS=folder` adds another folder of `<connector>/<file>`; `-s` shows how long answers took.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from connectors.contract import (
    AccountNotice,
    Connector,
    InboundEvent,
    InboundMessage,
    PayloadInvalid,
    SignatureInvalid,
    WebhookRequest,
)
from connectors.registry import build
from onethread.app import House
from onethread.storage.notices import list_notices
from tests.fakes.house import dispatching, until
from tests.fakes.rasa import FakeRasa
from tests.web.house import Site, make_house, new_port, open_site

from .posting import ENV, Payload, Vector, payloads, vectors

_TABLES = ("inbox", "receipts", "webhook_bodies", "consent_events")
_ALL = payloads()


@pytest.fixture
async def house(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with FakeRasa() as rasa:
        made = make_house(database_url, redis_url, tmp_path, new_port(), rasa_urls=(rasa.url,), **ENV)
        yield made
        await made.close()


@pytest.fixture
async def site(house: House) -> AsyncIterator[Site]:
    async with open_site(house) as opened:
        yield opened


class Poster:
    """Posts payloads over one connection and keeps how long each answer took."""

    def __init__(self, site: Site, http: httpx.AsyncClient) -> None:
        self._site, self._http = site, http
        self.took: list[tuple[float, str]] = []

    async def post(self, payload: Payload) -> int:
        request = payload.request(self._site.url)
        began = time.perf_counter()
        answer = await self._http.post(request.url, content=request.body, headers=dict(request.headers))
        self.took.append((time.perf_counter() - began, payload.name))
        return answer.status_code


async def rows(house: House, query: str) -> list[Any]:
    async with house.engines.web.connect() as conn:
        return list(await conn.execute(text(query)))


async def everything(house: House) -> Mapping[str, Sequence[Any]]:
    """All that a webhook can leave behind."""
    return {table: await rows(house, f"select * from {table} order by 1") for table in _TABLES}


def told(door: Connector, request: WebhookRequest) -> Sequence[InboundEvent]:
    """What the door makes of it; a body nobody can read is one dead entry."""
    try:
        return door.parse(request)
    except PayloadInvalid:
        return [AccountNotice(f"unreadable:{sha256(request.body).hexdigest()}", "unreadable")]


async def stored(house: House, payload: Payload, event: InboundEvent) -> int:
    """How often one of its events stands in the database."""
    async with house.engines.web.connect() as conn:
        if isinstance(event, InboundMessage | AccountNotice):
            key = event.provider_message_id if isinstance(event, InboundMessage) else event.notice_id
            query = "select count(*) from inbox where connector = :connector and provider_message_id = :key"
            found = await conn.execute(text(query), {"connector": payload.connector, "key": key})
        else:
            found = await conn.execute(
                text(
                    "select count(*) from receipts where connector = :connector and status = :status"
                    " and provider_message_id = :key and oid = :oid"
                ),
                {
                    "connector": payload.connector,
                    "status": event.status.value,
                    "key": event.provider_message_id or "",
                    "oid": event.oid or "",
                },
            )
        return int(found.scalar_one())


async def visible_nowhere(house: House) -> list[str]:
    """Ids of what stands neither in a thread nor on the desk's page of notices."""
    in_threads = {row.inbox_id for row in await rows(house, "select inbox_id from messages")}
    async with house.engines.web.connect() as conn:
        noticed = {notice.id for notice in await list_notices(conn, 10_000)}
    kept = await rows(house, "select id, connector, provider_message_id, status from inbox")
    return [
        f"{row.connector} {row.provider_message_id} ({row.status})"
        for row in kept
        if row.id not in in_threads | noticed
    ]


async def test_each_element_leaves_one_meaning_that_people_see_and_nothing_when_it_comes_again(
    site: Site, house: House
) -> None:
    wrong: list[str] = []
    async with httpx.AsyncClient(timeout=30) as http:
        poster = Poster(site, http)
        for payload in _ALL:
            status = await poster.post(payload)
            request = payload.request(site.url)
            events = told(house.connectors[payload.connector, "default"], request)
            counts = [await stored(house, payload, event) for event in events]
            if status != 200 or len(events) != payload.elements() or counts != [1] * len(events):
                wrong.append(f"{payload.name}: {status}, {payload.elements()} elements, stored {counts}")
        assert wrong == []
        once = await everything(house)
        assert [await poster.post(payload) for payload in reversed(_ALL)] == [200] * len(_ALL)
        assert await everything(house) == once

        async def nothing_waits() -> bool:
            return not await rows(house, "select 1 from inbox where status = 'pending' limit 1")

        async with dispatching(house):
            await until(nothing_waits, seconds=60)
        assert await visible_nowhere(house) == []
        answered = await everything(house)
        assert {await poster.post(payload) for payload in _ALL} == {200}
        assert await everything(house) == answered
    dead = [row for row in once["inbox"] if row.status == "dead"]
    slowest = ", ".join(f"{name} {took * 1000:.1f} ms" for took, name in sorted(poster.took)[-3:])
    print(
        f"\n{len(_ALL)} payloads: {len(once['inbox'])} entries ({len(dead)} unreadable),"
        f" {len(once['receipts'])} receipts; slowest answers: {slowest}"
    )


async def test_with_a_foreign_signature_none_leaves_a_row(site: Site, house: House) -> None:
    async with httpx.AsyncClient(timeout=30) as http:
        for payload in _ALL:
            request = payload.request(site.url)
            for name in request.headers:
                if name == "content-type":
                    continue
                for forged in ("", request.headers[name].swapcase(), request.headers[name][:-1]):
                    headers = dict(request.headers) | {name: forged}
                    answer = await http.post(request.url, content=request.body, headers=headers)
                    assert answer.status_code == 403, payload.name
            if payload.connector != "telegram":  # which signs nothing, but shows a secret
                altered = request.body[:-1] + bytes([request.body[-1] ^ 1])
                answer = await http.post(request.url, content=altered, headers=dict(request.headers))
                assert answer.status_code == 403, payload.name
    assert not any((await everything(house)).values())


@pytest.mark.parametrize("vector", list(vectors()), ids=lambda vector: vector.name)
def test_a_signature_somebody_else_made_is_judged_rightly(vector: Vector) -> None:
    changes = {"WHATSAPP_APP_SECRET": vector.secret, "TWILIO_AUTH_TOKEN": vector.secret}
    door = build(ENV | {"ONETHREAD_PUBLIC_URL": "https://shop.example"} | changes)[
        vector.connector, "default"
    ]
    if vector.valid:
        door.verify(vector.request)
    else:
        with pytest.raises(SignatureInvalid):
            door.verify(vector.request)
