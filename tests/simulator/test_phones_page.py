from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from simulator.http import HttpServer, Request, Response
from simulator.phones import PhonesPage
from simulator.twilio import FakeTwilio

SID, ANN = "AC" + "3" * 32, "+15551230001"


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async def house(request: Request) -> Response:
        return Response(200)

    web = HttpServer(house)
    await web.start("127.0.0.1", 0)
    async with FakeTwilio(
        account_sid=SID, auth_token="t", number="+15550009000", house_url=f"http://127.0.0.1:{web.port}"
    ) as fake:
        PhonesPage(fake)
        yield fake
    await web.stop()


@pytest.fixture
async def client(twilio: FakeTwilio) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=twilio.api_url, trust_env=False) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/", "/phones.css", "/phones.js"])
async def test_the_page_and_its_files_are_served_under_a_strict_policy(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_the_page_has_no_inline_code(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert "style=" not in page
    assert "onclick" not in page
    assert page.count("<script") == page.count('<script type="module" src=') == 1


async def test_what_a_phone_writes_is_shown_with_its_state(
    client: httpx.AsyncClient, twilio: FakeTwilio
) -> None:
    async with client.stream("GET", "/live") as live:
        lines = live.aiter_lines()
        assert (await anext(lines)).startswith("data:")
        answer = await client.post("/sms", json={"from": ANN, "text": "hi"})
        assert answer.status_code == 204
        async for line in lines:
            phones = (await client.get("/state")).json()["phones"]
            if line.startswith("data:") and phones[ANN]["bubbles"][0]["state"] == "delivered":
                break
    ((bubble,),) = [phone["bubbles"] for phone in phones.values()]
    assert (bubble["side"], bubble["text"]) == ("out", "hi")


@pytest.mark.parametrize(
    "said", [{}, {"from": "me", "text": "hi"}, {"from": ANN, "text": " "}, {"from": ANN, "text": "a" * 1601}]
)
async def test_what_is_no_sms_is_refused(client: httpx.AsyncClient, said: dict[str, str]) -> None:
    assert (await client.post("/sms", json=said)).status_code == 400


async def test_another_page_may_not_write(client: httpx.AsyncClient, twilio: FakeTwilio) -> None:
    answer = await client.post(
        "/sms", json={"from": ANN, "text": "hi"}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert twilio.carrier.phones == {}


async def test_it_says_when_it_is_up(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).status_code == 200
    assert (await client.get("/nothing")).status_code == 404
