from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from simulator.http import HttpServer, Request, Response
from simulator.meta import FakeMeta
from simulator.phones import Line, PhonesPage, PhonesServer
from simulator.telegram import FakeTelegram

ANN = "+15551230001"
TEXT = {"person": "p1", "line": "whatsapp", "do": "text", "text": "hi"}


class House:
    """Takes every webhook, unless told to answer otherwise."""

    def __init__(self) -> None:
        self.status = 200

    async def __call__(self, request: Request) -> Response:
        return Response(self.status)


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def meta() -> FakeMeta:
    return FakeMeta(phone_number_id="9", access_token="t", app_secret="s", retry_s=30.0)


@pytest.fixture
async def client(house: House, meta: FakeMeta) -> AsyncIterator[httpx.AsyncClient]:
    web = HttpServer(house)
    await web.start("127.0.0.1", 0)
    meta.house_url = f"http://127.0.0.1:{web.port}"
    telegram = FakeTelegram(token="9:t", house_url=meta.house_url)
    lines = [Line("whatsapp", meta, "+15550009001"), Line("telegram", telegram, "@shop_bot")]
    server = PhonesServer([meta, telegram], PhonesPage(lines, house_url="http://127.0.0.1:8800"))
    await server.start()
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as opened:
        yield opened
    await server.stop()
    await web.stop()


async def told(lines: AsyncIterator[str], name: str, until: str = "") -> Any:
    """The data of the next event called `name` that holds `until`."""
    async with asyncio.timeout(10):
        async for line in lines:
            if line == f"event: {name}":
                data = (await anext(lines)).removeprefix("data: ")
                if until in data:
                    return json.loads(data)
    raise AssertionError("the stream ended")


@pytest.mark.parametrize("path", ["/", "/phones.css", "/phones.js", "/bubble.js", "/server.js"])
async def test_the_page_and_its_files_are_served_under_a_strict_policy(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-src http://127.0.0.1:8800" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/nothing", "/../page.py", "/static/phones.js", "/page.py", "/meta"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_the_page_has_no_inline_code(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert "style=" not in page
    assert "onclick" not in page
    assert page.count("<script") == page.count('<script type="module" src=') == 1


async def test_what_a_person_writes_is_shown_with_its_state(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/live") as live:
        lines = live.aiter_lines()
        assert (await told(lines, "changed"))["people"][0]["phone"] == ANN
        assert (await client.post("/act", json=TEXT)).status_code == 204
        phone = await told(lines, "changed", '"state": "delivered"')
    assert (phone["person"], phone["line"]) == ("p1", "whatsapp")
    ((side, text),) = [(bubble["side"], bubble["text"]) for bubble in phone["bubbles"]]
    assert (side, text) == ("out", "hi")
    assert 86_000 < phone["window_for_s"] <= 86_400


async def test_a_page_that_was_away_gets_what_it_missed_and_no_more(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/live") as live:
        lines = live.aiter_lines()
        async for line in lines:
            if line.startswith("id: "):
                last_id = line.removeprefix("id: ")
                break
    await client.post("/act", json=TEXT)
    async with client.stream("GET", "/live", headers={"last-event-id": last_id}) as live:
        assert (await told(live.aiter_lines(), "changed"))["line"] == "whatsapp"
    async with client.stream("GET", "/live", headers={"last-event-id": "another.99"}) as live:
        assert "people" in await told(live.aiter_lines(), "changed")


async def test_a_house_that_is_down_is_told_as_such_with_the_next_try(
    client: httpx.AsyncClient, house: House, meta: FakeMeta
) -> None:
    house.status = 503
    await client.post("/act", json=TEXT)
    await meta.until(lambda: bool(meta.deliveries) and meta.deliveries[0].next_at is not None)
    (bubble,) = (await client.get("/meta/control/threads")).json()[ANN]["bubbles"]
    assert bubble["state"] == "the house answered 503"
    assert bubble["next_at"] > bubble["at"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        TEXT | {"person": "p9"},
        TEXT | {"line": "fax"},
        TEXT | {"do": "dance"},
        TEXT | {"text": ""},
        TEXT | {"text": 5},
        TEXT | {"wings": "two"},
        TEXT | {"do": "edit", "bubble": "none"},
        TEXT | {"line": "telegram", "do": "revoke", "bubble": "1"},
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_sentence(
    client: httpx.AsyncClient, said: dict[str, Any]
) -> None:
    answer = await client.post("/act", json=said)
    assert (answer.status_code, answer.text != "") == (400, True)


@pytest.mark.parametrize("path", ["/act", "/people", "/meta/control/faults", "/meta/control/files"])
async def test_another_page_may_do_nothing(client: httpx.AsyncClient, meta: FakeMeta, path: str) -> None:
    answer = await client.post(path, json=TEXT, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert meta.threads == {}


async def test_a_person_is_added_and_known_by_name(client: httpx.AsyncClient, meta: FakeMeta) -> None:
    said = {"name": "Bo", "phone": "+15551230002", "telegram": ""}
    added = (await client.post("/people", json=said)).json()
    assert added["telegram"] == "15551230002"
    assert [one["name"] for one in (await client.get("/state")).json()["people"]] == ["Ann", "Bo"]
    assert meta.names["+15551230002"] == "Bo"


@pytest.mark.parametrize(
    "said",
    [
        {"name": "", "phone": "+15551230002"},
        {"name": "Bo", "phone": "me"},
        {"name": "Bo", "phone": ANN},
        {"name": "Bo", "phone": "+15551230002", "telegram": "@bo"},
        [],
    ],
)
async def test_who_is_no_person_is_refused(client: httpx.AsyncClient, said: object) -> None:
    assert (await client.post("/people", json=said)).status_code == 400


async def test_each_platform_is_below_its_name(client: httpx.AsyncClient, meta: FakeMeta) -> None:
    answer = await client.get("/meta/v24.0/9", headers={"authorization": "Bearer t"})
    assert answer.json()["verified_name"] == "Shop"
    assert (await client.get("/telegram/bot9:t/getMe")).json()["ok"] is True
    assert meta.api_url == f"{client.base_url}/meta".replace("//meta", "/meta")


async def test_it_says_when_it_is_up(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).status_code == 200
