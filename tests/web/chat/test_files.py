"""Files of a session: its own and what was sent to it, nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from onethread.app import House
from onethread.conversations import desk
from onethread.ids import AgentId, CustomerId
from onethread.media.uploads import store_attachment
from tests.fakes.echo import EchoWorker
from tests.web.house import Site

from .tab import new_token, tab

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cfc00000000301010018dd8db00000000049454e44ae426082"
)


def client(site: Site, token: str = "", origin: str | None = None) -> httpx.AsyncClient:
    headers = {"origin": site.url if origin is None else origin}
    if token:
        headers["authorization"] = f"Bearer {token}"
    return httpx.AsyncClient(base_url=site.url, headers={k: v for k, v in headers.items() if v})


async def upload(http: httpx.AsyncClient, content: bytes = PNG) -> httpx.Response:
    return await http.post("/chat/files", content=content, headers={"x-file-name": "r%C3%A9ceipt.png"})


async def test_a_file_comes_back_to_its_session_and_to_nobody_else(
    site: Site, house: House, worker: EchoWorker
) -> None:
    token = await new_token(site)
    async with (
        client(site, token) as http,
        tab(site) as browser,
        client(site, await new_token(site)) as stranger,
    ):
        told = (await upload(http)).json()
        assert (told["name"], told["type"], told["size"]) == ("réceipt.png", "image/png", len(PNG))
        await browser.hello(token)
        await browser.send(type="media", id=str(uuid4()), text="see", files=[told["id"]])
        await browser.until_lines(2)
        (part,) = browser.lines[0]["parts"]
        assert part["text"] == "see"
        assert [(file["id"], file["type"]) for file in part["files"]] == [(told["id"], "image/png")]
        shown = await http.get(f"/chat/files/{told['id']}")
        assert shown.content == PNG
        assert shown.headers["content-type"] == "image/png"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in shown.headers["content-security-policy"]
        assert shown.headers["vary"] == "authorization, cookie"
        assert (await stranger.get(f"/chat/files/{told['id']}")).status_code == 404
        assert (await http.get(f"/chat/files/{uuid4()}")).status_code == 404
        async with client(site) as nobody:
            assert (await nobody.get(f"/chat/files/{told['id']}")).status_code == 401
            assert (await nobody.get(f"/chat/files/{told['id']}?token={token}")).status_code == 401
    async with house.engines.web.connect() as conn:
        kind = (await conn.execute(text("select kind from inbox"))).scalar_one()
    assert kind == "media"


async def test_nobody_sends_what_somebody_else_uploaded(site: Site, house: House) -> None:
    async with client(site, await new_token(site)) as http, tab(site) as thief:
        told = (await upload(http)).json()
        await thief.hello(await new_token(site))
        for files in ([told["id"]], [str(uuid4())], [], ["x"], [told["id"]] * 2, [told["id"]] * 6, [7]):
            await thief.send(type="media", id=str(uuid4()), text="mine now", files=files)
            assert (await thief.until("refused"))["reason"] == "no_files"
    async with house.engines.web.connect() as conn:
        assert (await conn.execute(text("select count(*) from inbox"))).scalar_one() == 0


@pytest.mark.parametrize("origin", ["", "https://evil.example"])
async def test_only_our_own_page_uploads(site: Site, origin: str) -> None:
    async with client(site, await new_token(site), origin) as http:
        assert (await upload(http)).status_code == 403


async def test_without_a_session_nothing_is_kept(site: Site) -> None:
    for token in ("", "x" * 43):
        async with client(site, token) as http:
            assert (await upload(http)).status_code == 401


@pytest.mark.parametrize(("content", "status"), [(b"", 415), (b"MZ\x90\x00\x03" + bytes(200), 415)])
async def test_what_cannot_be_kept_is_refused(site: Site, content: bytes, status: int) -> None:
    async with client(site, await new_token(site)) as http:
        assert (await upload(http, content)).status_code == status


async def test_a_file_above_the_limit_is_refused(site: Site, house: House) -> None:
    async with client(site, await new_token(site)) as http:
        # The line may be closed before all of the file was read, and the answer with it.
        with suppress(httpx.TransportError):
            assert (await upload(http, PNG + bytes(house.library.max_bytes))).status_code == 413
    async with house.engines.web.connect() as conn:
        assert (await conn.execute(text("select count(*) from media"))).scalar_one() == 0


async def test_a_large_file_within_the_limit_is_taken(site: Site) -> None:
    async with client(site, await new_token(site)) as http:
        answer = await upload(http, PNG + bytes(1_500_000))
        assert answer.status_code == 201 and answer.json()["size"] == len(PNG) + 1_500_000


async def test_a_session_uploads_so_many_a_minute(site: Site) -> None:
    async with client(site, await new_token(site)) as http:
        statuses = [(await upload(http)).status_code for _ in range(22)]
    assert statuses == [201] * 20 + [429] * 2


async def test_a_file_of_a_colleague_reaches_its_session_alone(
    site: Site, house: House, worker: EchoWorker
) -> None:
    token, other = await new_token(site), await new_token(site)
    async with client(site, token) as http, tab(site) as browser, client(site, other) as stranger:
        await browser.hello(token)
        await browser.say("hello")
        await browser.until_lines(2)
        file_id = await send_as_ana(house, "the guide")
        shown = f"/chat/files/{file_id}"
        assert (await http.get(shown)).status_code == 404, "not before it is sent"
        async with house.engines.web.begin() as conn:
            await conn.execute(text("update outbox set status = 'sent'"))
        while not any(part["files"] for line in browser.lines for part in line["parts"]):
            await browser.next()
        (part,) = browser.lines[-1]["parts"]
        assert (part["text"], part["files"][0]["id"]) == ("the guide", str(file_id))
        assert (await http.get(shown)).content == PNG
        assert (await stranger.get(shown)).status_code == 404


async def send_as_ana(house: House, words: str) -> UUID:
    """A colleague takes the conversation over and sends a picture; it is queued."""

    async def body() -> AsyncIterator[bytes]:
        yield PNG

    async with house.engines.web.begin() as conn:
        made = await conn.execute(
            text("insert into agents (email, name) values ('a@shop.example', 'Ana') returning id")
        )
        ana = AgentId(made.scalar_one())
        found = await conn.execute(text("select customer_id from addresses"))
        customer = CustomerId(found.scalar_one())
    kept = await store_attachment(
        house.library, house.engines.web, body(), agent_id=ana, file_name="guide.png"
    )
    async with house.engines.web.begin() as conn:
        assert await desk.claim(conn, house.connectors, house.texts, customer, ana)
        await desk.post_agent_message(
            conn,
            house.connectors,
            house.texts,
            customer,
            ana,
            words,
            files=[kept.id],
            link=house.links.url,
        )
    return kept.id
