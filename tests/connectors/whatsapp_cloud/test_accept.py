"""Meta's batches through the house's front door, into a real database."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from connectors.contract import SignatureInvalid
from onethread.ingress.accept import Accepted, accept
from onethread.ingress.bodies import BodyVault
from onethread.storage.engine import Engines, open_engines

from .door import NUMBER, OTHER_NUMBER, Json, door, envelope, message, request, value

SECRET = "s" * 40


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    opened = open_engines(database_url, lane_slots=2, turn_deadline_s=10)
    yield opened
    await opened.close()


async def everything(engines: Engines) -> list[tuple[Any, ...]]:
    """All that a webhook can leave behind."""
    found = []
    async with engines.web.connect() as conn:
        for table in ("inbox", "receipts", "webhook_bodies"):
            rows = await conn.execute(text(f"select * from {table} order by 1"))
            found += [tuple(row) for row in rows]
    return found


def batch() -> Json:
    """1,000 updates of three numbers: texts, statuses, events nobody knows, and one that is broken."""
    texts = [message("text", {"body": f"no. {n}"}, id=f"wamid.{n}") for n in range(500)]
    states = [{"id": f"wamid.s{n}", "status": "sent"} for n in range(489)]
    return envelope(
        value(messages=[*texts[:250], 5, *texts[250:300]]),
        value(messages=texts[300:400], number=OTHER_NUMBER),
        value(messages=texts[400:], number="100000000000011"),
        value(statuses=states),
        *({"event": f"NEW_{n}"} for n in range(10)),
    )


async def test_a_batch_of_a_thousand_keeps_all_but_the_broken_one_and_once(engines: Engines) -> None:
    vault, whatsapp = BodyVault(SECRET), door()
    began = time.monotonic()
    told = await accept(engines.web, vault, whatsapp, request(batch()))
    print(f"1,000 updates accepted in {time.monotonic() - began:.3f} s")
    assert told == Accepted(accepted=510, receipts=489, dead=1)
    kept = await everything(engines)
    again = await accept(engines.web, vault, whatsapp, request(batch()))
    assert again == Accepted(duplicates=511, receipts=489)
    assert await everything(engines) == kept


async def test_the_same_message_at_two_numbers_is_two_messages(engines: Engines) -> None:
    vault, whatsapp = BodyVault(SECRET), door()
    for number in (NUMBER, OTHER_NUMBER):
        body = envelope(value(messages=[message("text", {"body": "hi"})], number=number))
        assert (await accept(engines.web, vault, whatsapp, request(body))).accepted == 1


async def test_a_forged_batch_leaves_no_row(engines: Engines) -> None:
    with pytest.raises(SignatureInvalid):
        await accept(engines.web, BodyVault(SECRET), door(), request(batch(), secret="another-app"))
    assert await everything(engines) == []
