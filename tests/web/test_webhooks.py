"""The public port as platforms and strangers see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from onethread.app import House
from onethread.storage import stops
from tests.web.house import Site, make_house, new_port, open_site

TOKEN = "a-token-of-a-test"


@pytest.fixture
async def house(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    made = make_house(database_url, redis_url, tmp_path, new_port())
    yield made
    await made.close()


@pytest.fixture
async def site(house: House) -> AsyncIterator[Site]:
    async with open_site(house) as opened:
        yield opened


def form(sid: str = "SM1") -> dict[str, str]:
    return {
        "MessageSid": sid,
        "AccountSid": "AC00000000000000000000000000000001",
        "From": "+15551230001",
        "To": "+15550009000",
        "Body": "",
        "NumMedia": "0",
    }


def post(
    site: Site, fields: dict[str, str], path: str = "/webhooks/twilio_sms", **headers: str
) -> httpx.Request:
    signature = RequestValidator(TOKEN).compute_signature(f"{site.url}{path}", fields)
    return httpx.Request(
        "POST",
        f"{site.url}{path}",
        content=urlencode(fields),
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "x-twilio-signature": signature,
            **headers,
        },
    )


async def kept(house: House) -> int:
    async with house.engines.web.connect() as conn:
        return int((await conn.execute(text("select count(*) from inbox"))).scalar_one())


async def test_a_signed_webhook_is_kept_once_however_often_it_comes(site: Site, house: House) -> None:
    async with httpx.AsyncClient() as http:
        answers = await asyncio.gather(*(http.send(post(site, form())) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert await kept(house) == 1


async def test_the_path_may_name_the_default_account_and_carry_a_query(site: Site, house: House) -> None:
    async with httpx.AsyncClient() as http:
        for sid, path in (
            ("SM1", "/webhooks/twilio_sms/default"),
            ("SM2", "/webhooks/twilio_sms?a=b%20c&d="),
        ):
            assert (await http.send(post(site, form(sid), path))).status_code == 200
    assert await kept(house) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"},
        {"forwarded": "host=evil.example;proto=https"},
    ],
)
async def test_the_url_is_the_configured_one_whatever_headers_say(
    site: Site, house: House, headers: dict[str, str]
) -> None:
    async with httpx.AsyncClient() as http:
        assert (await http.send(post(site, form(), **headers))).status_code == 200
    assert await kept(house) == 1


async def test_a_forged_signature_leaves_no_row(site: Site, house: House) -> None:
    async with httpx.AsyncClient() as http:
        for signature in ("", "forged", "A" * 28):
            answer = await http.send(post(site, form(), **{"x-twilio-signature": signature}))
            assert answer.status_code == 403
    assert await kept(house) == 0


async def test_unknown_doors_and_handshakes_are_refused_clearly(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url) as http:
        assert (await http.post("/webhooks/nobody")).status_code == 404
        assert (await http.post("/webhooks/twilio_sms/other")).status_code == 404
        assert (await http.get("/webhooks/twilio_sms")).status_code == 405
        assert (await http.post("/webhooks/webchat/default", json={"type": "message"})).status_code == 403


async def test_a_body_above_the_limit_is_refused(site: Site, house: House) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{site.url}/webhooks/twilio_sms", content=b"x" * (256 * 1024 + 1))
    assert answer.status_code == 413
    assert await kept(house) == 0


async def test_while_postgres_is_away_the_platform_is_asked_to_come_again(
    redis_url: str, tmp_path: Path
) -> None:
    nowhere = f"postgresql://nobody:nothing@127.0.0.1:{new_port()}/none"
    house = make_house(nowhere, redis_url, tmp_path, new_port())
    async with open_site(house) as site, httpx.AsyncClient(timeout=20) as http:
        assert (await http.send(post(site, form()))).status_code == 503
        ready = await http.get(f"{site.url}/ready?all=1")
        assert ready.status_code == 503
        assert ready.json()["parts"]["postgres"]["ok"] is False
        assert (await http.get(f"{site.url}/health")).status_code == 200
        assert (await http.get(f"{site.url}/desk/sign-in")).status_code == 200
    await house.close()


async def test_every_answer_carries_the_protective_headers(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url) as http:
        for path in ("/chat", "/desk/sign-in", "/nothing", "/health", "/webhooks/none"):
            headers = (await http.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'self'" in policy and "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
        assert (
            "frame-ancestors 'none'" in (await http.get("/desk/sign-in")).headers["content-security-policy"]
        )
        assert "frame-ancestors 'self'" in (await http.get("/chat")).headers["content-security-policy"]


async def test_a_page_finds_all_its_files_and_may_keep_them(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url) as http:
        page = (await http.get("/chat")).text
        paths = [word.split('"')[1] for word in page.split() if "/static/" in word]
        assert len(paths) >= 4
        for path in paths:
            answer = await http.get(path)
            assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
        assert (await http.get(paths[0].rpartition("/")[0] + "/../../app.py")).status_code == 404
        assert urlsplit(paths[0]).path.startswith("/static/")


async def test_an_unknown_page_is_said_so_to_people_and_programs(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url) as http:
        person = await http.get("/nothing", headers={"accept": "text/html"})
        program = await http.get("/nothing")
    assert "There is no such page" in person.text and person.headers["content-type"].startswith("text/html")
    assert program.json()["status"] == 404


async def test_metrics_count_routes_and_not_ids(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url) as http:
        await http.get("/desk/welcome/a-secret-token")
        async with site.house.engines.web.begin() as conn:
            await stops.stop(conn, ("twilio_sms", "default"), 60)
        numbers = (await http.get("/metrics")).text
    assert 'route="/desk/welcome/<token:str>"' in numbers and "a-secret-token" not in numbers
    assert 'onethread_account_stopped{account="default",connector="twilio_sms"} 1.0' in numbers
