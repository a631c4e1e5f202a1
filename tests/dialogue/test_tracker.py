"""What Rasa is given of the past."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.dialogue.tracker import MAX_HISTORY, read_past
from onethread.ids import CustomerId, TurnId
from onethread.storage import pages
from onethread.storage.addresses import create_customer, find_address
from onethread.storage.engine import open_engines
from onethread.storage.turns import NewTurn

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def conn(database_url: str) -> AsyncIterator[AsyncConnection]:
    engines = open_engines(database_url, lane_slots=1, turn_deadline_s=10)
    async with engines.web.connect() as opened:
        yield opened
    await engines.close()


async def a_customer(conn: AsyncConnection, *turns: dict[str, Any]) -> CustomerId:
    customer = await create_customer(
        conn, "fake", "default", "key", channel="sms", phone=None, display_name=""
    )
    address = await find_address(conn, "fake", "default", "key")
    assert address is not None
    for number, facts in enumerate(turns, 1):
        whole = {
            "actions": 2,
            "listening": True,
            "loop": False,
            "session_started": number == 1,
            "rewinds": 0,
            **facts,
        }
        turn = NewTurn(
            number=number,
            model="m",
            facts=whole,
            state={"slots": {"after": number}, "last_action": {"name": f"listen {number}"}},
            parse=None,
            session_started_at=NOW - DAY,
            started_at=NOW,
            events=[{"turn": number, "place": place} for place in range(3)],
        )
        await pages.put(conn, pages.Page(customer, address.id, 1, turn_id=TurnId(uuid4()), turn=turn))
    return customer


async def test_a_first_turn_is_a_start(conn: AsyncConnection) -> None:
    past = await read_past(conn, await a_customer(conn), now=NOW, idle=DAY)
    assert (past.session, past.version, past.window()["turns"]) == ("start", 0, [])


async def test_a_short_talk_is_given_whole(conn: AsyncConnection) -> None:
    past = await read_past(conn, await a_customer(conn, {}, {}), now=NOW, idle=DAY)
    assert (past.session, past.version, past.slots, past.last_action) == ("continue", 2, {}, None)
    assert [[event["turn"] for event in turn] for turn in past.turns] == [[1, 1, 1], [2, 2, 2]]
    assert past.session_started_at == NOW - DAY


async def test_a_long_talk_is_cut_and_the_state_at_the_cut_goes_along(conn: AsyncConnection) -> None:
    past = await read_past(conn, await a_customer(conn, *[{}] * 40), now=NOW, idle=DAY)
    first = past.turns[0][0]["turn"]
    assert past.version == 40
    assert first > 30
    assert past.slots == {"after": first - 1}
    assert past.last_action == {"name": f"listen {first - 1}"}


async def test_a_cut_further_back_is_found(conn: AsyncConnection) -> None:
    in_a_form = [{"loop": True}] * 20
    past = await read_past(conn, await a_customer(conn, *[{}] * 5, *in_a_form), now=NOW, idle=DAY)
    assert past.session == "continue"
    assert [turn[0]["turn"] for turn in past.turns] == list(range(past.turns[0][0]["turn"], 26))
    assert past.slots == {"after": 5}


async def test_without_any_safe_cut_a_pause_starts_a_session(conn: AsyncConnection) -> None:
    customer = await a_customer(conn, *[{"loop": True}] * 45)
    running = await read_past(conn, customer, now=datetime.now(UTC), idle=DAY)
    assert (running.session, len(running.turns)) == ("continue", 45)
    later = await read_past(conn, customer, now=datetime.now(UTC) + timedelta(minutes=11), idle=DAY)
    assert (later.session, later.slots, later.window()["turns"]) == ("start", {"after": 45}, [])


async def test_a_session_never_grows_beyond_all_bounds(conn: AsyncConnection) -> None:
    customer = await a_customer(conn, *[{"loop": True}] * 70)
    past = await read_past(conn, customer, now=datetime.now(UTC), idle=DAY)
    assert past.session == "start"


async def test_after_a_long_silence_a_session_starts_with_the_slots(conn: AsyncConnection) -> None:
    customer = await a_customer(conn, {}, {})
    await conn.execute(text("update turns set finished_at = now() - interval '25 hours'"))
    past = await read_past(conn, customer, now=NOW, idle=DAY)
    assert (past.session, past.version, past.slots) == ("start", 2, {"after": 2})


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=1)])
async def test_a_clock_that_was_set_by_an_hour_starts_no_session(
    conn: AsyncConnection, step: timedelta
) -> None:
    customer = await a_customer(conn, {}, {})
    past = await read_past(conn, customer, now=datetime.now(UTC) + step, idle=DAY)
    assert (past.session, past.version, len(past.turns)) == ("continue", 2, 2)


def test_the_window_knows_the_policies_memory() -> None:
    config = yaml.safe_load((Path(__file__).resolve().parents[2] / "config.yml").read_text())
    remembered = [policy["max_history"] for policy in config["policies"] if "max_history" in policy]
    assert max(remembered) == MAX_HISTORY
