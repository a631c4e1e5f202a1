"""Links to go on elsewhere: of open doors alone, each with a token only this house makes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import text

from onethread.app import House
from onethread.identity.tokens import LinkTokens
from simulator.telegram import FakeTelegram
from tests.web.house import Site, make_house, new_port, open_site

from .tab import new_token

BOT = "123456:a-bot-of-a-test"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=BOT) as fake:
        yield fake


@pytest.fixture
async def house(
    database_url: str, redis_url: str, tmp_path: Path, telegram: FakeTelegram
) -> AsyncIterator[House]:
    made = make_house(
        database_url,
        redis_url,
        tmp_path,
        new_port(),
        TELEGRAM_BOT_TOKEN=BOT,
        TELEGRAM_SECRET_TOKEN="a-secret-of-a-test",
        TELEGRAM_API_URL=telegram.api_url,
    )
    yield made
    await made.close()


@pytest.fixture
async def site(house: House) -> AsyncIterator[Site]:
    async with open_site(house) as opened:
        yield opened


async def ask(site: Site, token: str | None, origin: str | None = None) -> httpx.Response:
    headers = {"origin": origin or site.url, **({"authorization": f"Bearer {token}"} if token else {})}
    async with httpx.AsyncClient(base_url=site.url, headers=headers) as http:
        return await http.post("/chat/links")


async def test_a_link_carries_a_token_for_this_session(site: Site, house: House) -> None:
    token = await new_token(site)
    answers = [(await ask(site, token)).json() for _ in range(2)]
    carried = []
    for answer in answers:
        (link,) = [link for link in answer["links"] if link["channel"] == "telegram"]
        url = urlsplit(link["url"])
        assert url.netloc == "t.me"
        carried += parse_qs(url.query)["start"]
    tokens = LinkTokens(house.settings.secret_key.get_secret_value())
    said = [tokens.check(one, time.time()) for one in carried]
    async with house.engines.web.connect() as conn:
        key = (await conn.execute(text("select address_key from webchat_sessions"))).scalar_one()
    assert [one.subject.hex() for one in said if one] == [key, key]
    assert said[0] != said[1]
    assert token not in str(answers)


async def test_a_platform_that_is_away_is_not_offered(site: Site, telegram: FakeTelegram) -> None:
    await telegram.__aexit__(None, None, None)
    answer = await ask(site, await new_token(site))
    assert (answer.status_code, [link["channel"] for link in answer.json()["links"]]) == (200, [])


async def test_only_a_session_of_our_own_page_is_given_links(site: Site) -> None:
    token = await new_token(site)
    assert (await ask(site, None)).status_code == 401
    assert (await ask(site, token, "https://evil.example")).status_code == 403


async def test_a_session_is_given_links_so_many_times_a_minute(site: Site) -> None:
    token = await new_token(site)
    assert [(await ask(site, token)).status_code for _ in range(11)] == [200] * 10 + [429]
