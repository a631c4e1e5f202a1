"""`/api/v1`: a program with a token reads a customer and their tracker, and undoes a link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from onethread.storage import api_tokens
from tests.fakes.house import Stage, stage
from tests.identity.joining import ONE, TWO, join
from tests.web.house import make_house, new_port, open_site

NAME = "a reporting tool"
RASAS_KEYS = {
    "sender_id",
    "slots",
    "latest_message",
    "latest_event_time",
    "followup_action",
    "paused",
    "events",
    "latest_input_channel",
    "active_loop",
    "latest_action",
    "latest_action_name",
}


@pytest.fixture
async def play(database_url: str, redis_url: str) -> AsyncIterator[Stage]:
    async with stage(database_url, redis_url) as made:
        yield made


@pytest.fixture
async def api(play: Stage, redis_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a token; its house shares the stage's database."""
    async with play.house.engines.web.begin() as conn:
        token = await api_tokens.make_token(conn, NAME)
    secret = play.house.settings.secret_key.get_secret_value()
    house = make_house(play.house.settings.database_url, redis_url, tmp_path, new_port(), secret=secret)
    headers = {"authorization": f"Bearer {token}"}
    async with (
        open_site(house) as site,
        httpx.AsyncClient(base_url=f"{site.url}/api/v1", headers=headers, timeout=30) as client,
    ):
        yield client
    await house.close()


async def test_the_tracker_is_rasas_own_json_of_both_histories(play: Stage, api: httpx.AsyncClient) -> None:
    await play.turn("one a", sender=ONE)
    await play.turn("two a", sender=TWO)
    await play.turn("one b", sender=ONE)
    merged = await play.customer(TWO)
    await join(play, ONE, TWO)
    await play.turn("both", sender=TWO)
    customer = await play.customer(ONE)
    found = (await api.get(f"/customers/{customer}/tracker")).json()
    assert set(found) == RASAS_KEYS
    assert found["sender_id"] == str(customer)
    heard = [event["text"] for event in found["events"] if event["event"] == "user"]
    # Whole sessions, one after another: what was told in two is never shown as one talk.
    assert heard == ["one a", "one b", "two a", "both"]
    assert [event["event"] for event in found["events"]].count("session_started") == 3
    assert found["latest_message"]["text"] == "both"
    assert (found["paused"], found["latest_action_name"]) == (False, "action_listen")
    # Whoever asks by the old id gets the same.
    assert (await api.get(f"/customers/{merged}/tracker")).json() == found
    short = (await api.get(f"/customers/{customer}/tracker?include_events=NONE")).json()
    assert short == {**found, "events": None}


async def test_a_customer_is_told_with_addresses_and_links(play: Stage, api: httpx.AsyncClient) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    link_id = await join(play, ONE, TWO)
    found = (await api.get(f"/customers/{await play.customer(ONE)}")).json()
    assert len(found["addresses"]) == 2
    (link,) = found["links"]
    assert (link["id"], link["trust"], link["evidence"], link["status"]) == (
        str(link_id),
        "proved",
        "code",
        "done",
    )
    (row,) = await play.rows("select action, detail from audit")
    assert (row.action, row.detail) == ("api.customer", {"token": NAME})


async def test_a_link_is_undone_by_a_job(play: Stage, api: httpx.AsyncClient) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    link_id = await join(play, ONE, TWO)
    assert (await api.delete(f"/links/{link_id}")).status_code == 202
    (job,) = await play.rows("select args from procrastinate_jobs where task_name = 'identity.undo'")
    assert job.args == {"link_id": str(link_id), "by": "", "reason": f"by {NAME}"}
    assert [row.action for row in await play.rows("select action from audit")] == ["api.unlink"]
    assert (await api.delete(f"/links/{await play.customer(ONE)}")).status_code == 404


async def test_without_a_living_token_nothing_is_told(play: Stage, api: httpx.AsyncClient) -> None:
    await play.turn("one", sender=ONE)
    path = f"/customers/{await play.customer(ONE)}/tracker"
    good = api.headers["authorization"]
    for given in ("", "Bearer", "Bearer nonsense", good[:-1], good.replace("Bearer", "Basic")):
        assert (await api.get(path, headers={"authorization": given})).status_code == 401
    assert (await api.get(f"{path}?token={good}", headers={"authorization": ""})).status_code == 401
    assert (await api.get(path)).status_code == 200
    async with play.house.engines.web.begin() as conn:
        assert await api_tokens.revoke_token(conn, NAME) == 1
    assert (await api.get(path)).status_code == 401
    kept = await play.rows("select token_hash from api_tokens")
    assert good.partition(" ")[2].encode() not in kept[0].token_hash


async def test_nobody_may_ask_without_end(play: Stage, api: httpx.AsyncClient) -> None:
    unknown = "/customers/00000000-0000-0000-0000-000000000000"
    assert (await api.get(unknown)).status_code == 404
    wrong = [(await api.get(unknown, headers={"authorization": "x"})).status_code for _ in range(21)]
    assert wrong == [401] * 20 + [429]
