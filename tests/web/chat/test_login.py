"""The shop says who sits at a web chat: one person's two devices are one customer, a thief's are not."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from sqlalchemy import text

from onethread.app import House
from tests.web.house import Site, make_house, new_port, open_site

from .tab import new_token

SECRET = "a secret that shop and house share, long enough"


def login(subject: str = "c-7", key: str = SECRET, **changed: Any) -> str:
    """A token as the shop's server makes it."""
    claims = {"sub": subject, "aud": "onethread", "exp": int(time.time()) + 300, **changed}
    return jwt.encode(claims, key, "HS256")


@pytest.fixture
async def house(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    made = make_house(database_url, redis_url, tmp_path, new_port(), WEBCHAT_LOGIN_SECRET=SECRET)
    yield made
    await made.close()


@pytest.fixture
async def site(house: House) -> AsyncIterator[Site]:
    async with open_site(house) as opened:
        yield opened


async def show(
    site: Site, session: str | None, token: object, *, origin: str | None = None
) -> httpx.Response:
    headers = {"origin": origin or site.url, **({"authorization": f"Bearer {session}"} if session else {})}
    async with httpx.AsyncClient(base_url=site.url, headers=headers) as http:
        return await http.post("/chat/login", json={"token": token})


async def rows(house: House, query: str) -> list[Any]:
    async with house.engines.web.connect() as conn:
        return list(await conn.execute(text(query)))


async def test_one_person_on_two_devices_is_to_be_one_customer(site: Site, house: House) -> None:
    for number in range(2):
        answer = await show(site, await new_token(site), login(jti=str(number)))
        assert (answer.status_code, answer.json()) == (200, {"signed_in": True})
    (link,) = await rows(house, "select evidence, trust, status from links")
    assert tuple(link) == ("login", "proved", "asked")


async def test_two_people_stay_two(site: Site, house: House) -> None:
    for subject in ("c-7", "c-8"):
        assert (await show(site, await new_token(site), login(subject))).status_code == 200
    assert await rows(house, "select 1 from links") == []


async def test_a_page_that_is_loaded_again_shows_its_token_again(site: Site, house: House) -> None:
    session, token = await new_token(site), login()
    assert [(await show(site, session, token)).status_code for _ in range(2)] == [200, 200]
    assert len(await rows(house, "select 1 from addresses")) == 1
    assert await rows(house, "select 1 from links") == []


async def test_a_stolen_token_shown_at_another_session_is_refused(site: Site, house: House) -> None:
    token = login()
    assert (await show(site, await new_token(site), token)).status_code == 200
    assert (await show(site, await new_token(site), token)).status_code == 401
    assert await rows(house, "select 1 from links") == []
    assert len(await rows(house, "select 1 from addresses")) == 1


async def test_a_second_person_at_one_session_is_sent_to_a_new_one(site: Site, house: House) -> None:
    session = await new_token(site)
    assert (await show(site, session, login("c-7"))).status_code == 200
    assert (await show(site, session, login("c-8"))).status_code == 409
    assert [row.subject for row in await rows(house, "select subject from logins")] == ["c-7"]


@pytest.mark.parametrize(
    "token",
    [
        "",
        None,
        7,
        "not a token",
        jwt.encode({"sub": "c-7", "aud": "onethread", "exp": 2**33}, "", "none"),
        login(key="another secret that is as long as the first one"),
        login(aud="another-house"),
        login(exp=int(time.time()) - 600),
    ],
)
async def test_what_is_not_the_shops_word_is_refused(site: Site, house: House, token: object) -> None:
    answer = await show(site, await new_token(site), token)
    assert (answer.status_code, answer.json()) == (401, {"error": "refused"})
    assert await rows(house, "select 1 from addresses") == []
    assert await rows(house, "select 1 from logins") == []


async def test_what_the_shop_verified_is_known_of_the_address(site: Site, house: House) -> None:
    token = login(name="Ana", phone_number="+15551230001", phone_number_verified=True)
    await show(site, await new_token(site), token)
    (row,) = await rows(house, "select phone, display_name from addresses")
    assert tuple(row) == ("+15551230001", "Ana")


async def test_only_a_session_of_our_own_page_may_sign_in(site: Site) -> None:
    assert (await show(site, None, login())).status_code == 401
    evil = await show(site, await new_token(site), login(), origin="https://evil.example")
    assert evil.status_code == 403


async def test_a_session_may_try_so_many_times_a_minute(site: Site) -> None:
    session = await new_token(site)
    assert [(await show(site, session, "x")).status_code for _ in range(11)] == [401] * 10 + [429]


async def test_a_shop_without_keys_signs_nobody_in(database_url: str, redis_url: str, tmp_path: Path) -> None:
    made = make_house(database_url, redis_url, tmp_path, new_port())
    async with open_site(made) as opened:
        assert (await show(opened, await new_token(opened), login())).status_code == 404
    await made.close()
