"""The chat socket against a live web process: nothing lost, nothing told twice, rules kept."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from onethread.app import House
from tests.fakes.echo import EchoWorker
from tests.web.house import Site, make_house, new_port, open_site

from .tab import Browser, close_code, new_token, tab


async def count_inbox(house: House) -> int:
    async with house.engines.web.connect() as conn:
        return int((await conn.execute(text("select count(*) from inbox"))).scalar_one())


async def test_a_message_is_acknowledged_and_answered(site: Site, worker: EchoWorker) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        sent = await browser.say("hello")
        assert (await browser.until("ack"))["id"] == sent
        assert await browser.until_lines(2) == ["hello", "echo hello"]
        assert browser.lines[0]["id"] == sent
        assert [b["title"] for b in browser.lines[1]["parts"][0]["buttons"]] == ["Yes", "No"]


async def test_the_cookie_of_the_page_is_enough(site: Site, worker: EchoWorker) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{site.url}/chat/session", headers={"origin": site.url})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "token" not in answer.json()
    async with tab(site, cookie=cookie.partition(";")[0]) as browser:
        await browser.hello()
        await browser.say("hello")
        assert await browser.until_lines(2) == ["hello", "echo hello"]


async def test_a_reload_brings_the_whole_thread_back(site: Site, worker: EchoWorker) -> None:
    token = await new_token(site)
    async with tab(site) as browser:
        await browser.hello(token)
        for words in ("one", "two", "three"):
            await browser.say(words)
        before = await browser.until_lines(6)
    async with tab(site) as again:
        await again.hello(token)
        assert again.texts == before


async def test_a_reconnection_is_told_only_what_it_missed(site: Site, worker: EchoWorker) -> None:
    token = await new_token(site)
    async with tab(site) as first:
        await first.hello(token)
        await first.say("one")
        await first.until_lines(2)
    async with tab(site) as other:
        await other.hello(token)
        await other.say("two")
        await other.until_lines(4)
    async with tab(site) as back:
        await back.hello(token, last_seq=first.told, thread=first.thread)
        assert back.texts == ["two", "echo two"]


async def test_a_message_sent_again_is_one_message(site: Site, house: House, worker: EchoWorker) -> None:
    token, same = await new_token(site), str(uuid4())
    async with tab(site) as browser:
        await browser.hello(token)
        for _ in range(3):
            await browser.say("only once", same)
            assert (await browser.until("ack"))["id"] == same
        await browser.until_lines(2)
    assert await count_inbox(house) == 1


async def test_two_sessions_may_use_the_same_message_id(site: Site, house: House) -> None:
    same = str(uuid4())
    for _ in range(2):
        async with tab(site) as browser:
            await browser.hello(await new_token(site))
            await browser.say("mine", same)
            await browser.until("ack")
    assert await count_inbox(house) == 2


async def test_two_tabs_show_the_same_thread(site: Site, worker: EchoWorker) -> None:
    token = await new_token(site)
    async with tab(site) as one, tab(site) as two:
        await one.hello(token)
        await two.hello(token)
        await one.say("from one")
        assert await two.until_lines(2) == await one.until_lines(2) == ["from one", "echo from one"]
        await two.say("from two")
        assert await one.until_lines(4) == await two.until_lines(4)


async def test_a_message_not_yet_taken_up_is_shown_after_a_reload(site: Site, worker: EchoWorker) -> None:
    token = await new_token(site)
    worker.hold.clear()
    async with tab(site) as browser:
        await browser.hello(token)
        sent = await browser.say("wait for me")
        await browser.until("ack")
    async with tab(site) as again:
        await again.hello(token)
        waiting = next(frame for frame in again.frames if frame["type"] == "waiting")
        assert [(item["id"], item["text"]) for item in waiting["items"]] == [(sent, "wait for me")]
        assert again.frames[-1]["working"] is True
        worker.hold.set()
        assert await again.until_lines(2) == ["wait for me", "echo wait for me"]


async def test_a_tap_carries_its_id_into_the_house(site: Site, house: House, worker: EchoWorker) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        await browser.say("choose")
        await browser.until_lines(2)
        tap = browser.lines[1]["parts"][0]["buttons"][1]["tap"]
        await browser.send(type="tap", id=str(uuid4()), tap=tap)
        assert (await browser.until_lines(4))[2] == f"tapped {tap}"


async def test_reading_becomes_a_receipt(site: Site, house: House, worker: EchoWorker) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        await browser.say("hello")
        await browser.until_lines(2)
        await browser.send(type="received", seq=browser.told)
        await browser.send(type="read", seq=browser.told)
        await browser.send(type="read", seq=browser.told)
        await browser.send(type="ping")
        await browser.until("pong")
    async with house.engines.web.connect() as conn:
        rows = (await conn.execute(text("select status, oid from receipts order by id"))).all()
        oid = (await conn.execute(text("select oid from outbox"))).scalar_one()
    assert [tuple(row) for row in rows] == [("delivered", oid), ("read", oid)]


async def test_nobody_hears_another_session(site: Site, worker: EchoWorker) -> None:
    async with tab(site) as mine, tab(site) as theirs:
        await mine.hello(await new_token(site))
        await theirs.hello(await new_token(site))
        await mine.say("secret")
        await mine.until_lines(2)
        await theirs.say("own")
        assert await theirs.until_lines(2) == ["own", "echo own"]


@pytest.mark.parametrize("origin", ["", "https://evil.example", "null", "http://127.0.0.1.evil.example"])
async def test_a_foreign_or_missing_origin_gets_no_socket(site: Site, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with tab(site, origin=origin):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("token", [None, "", "x" * 43, "x" * 5000, "../../etc/passwd"])
async def test_a_guessed_token_is_turned_away(site: Site, house: House, token: str | None) -> None:
    async with tab(site) as browser:
        await browser.send(type="hello", token=token, last_seq=0, thread="")
        assert await close_code(browser) == 4401
    assert await count_inbox(house) == 0


async def test_a_session_that_is_over_is_turned_away(site: Site, house: House) -> None:
    token = await new_token(site)
    async with house.engines.web.begin() as conn:
        await conn.execute(text("update webchat_sessions set last_seen_at = now() - interval '13 hours'"))
    async with tab(site) as browser:
        await browser.send(type="hello", token=token, last_seq=0, thread="")
        assert await close_code(browser) == 4401


async def test_only_the_hash_of_a_token_is_kept(site: Site, house: House) -> None:
    token = await new_token(site)
    async with house.engines.web.connect() as conn:
        row = (await conn.execute(text("select token_hash, address_key from webchat_sessions"))).one()
    assert token.encode() not in bytes(row.token_hash) and token not in row.address_key


async def test_whoever_speaks_before_hello_is_closed(site: Site, house: House) -> None:
    async with tab(site) as browser:
        await browser.say("no hello")
        assert await close_code(browser) == 1008
    assert await count_inbox(house) == 0


async def test_a_frame_above_the_limit_closes_the_socket(site: Site) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        await browser.wire.send("x" * (16 * 1024 + 1))
        assert await close_code(browser) == 1009


async def test_a_text_above_the_limit_is_refused_by_its_id(site: Site, house: House) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        sent = await browser.say("x" * 4001)
        refused = await browser.until("refused")
        assert (refused["id"], refused["reason"], refused["retry_after"]) == (sent, "too_long", None)
        await browser.say("x" * 4000)
        await browser.until("ack")
    assert await count_inbox(house) == 1


async def test_a_burst_above_five_is_asked_to_wait(site: Site, house: House) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        for number in range(9):
            await browser.say(f"number {number}")
        answers = [await browser.next() for _ in range(9)]
        while len([f for f in answers if f["type"] in {"ack", "refused"}]) < 9:
            answers.append(await browser.next())
        refused = [f for f in answers if f["type"] == "refused"]
    assert refused and all(f["reason"] == "rate" and f["retry_after"] for f in refused)
    assert await count_inbox(house) == 9 - len(refused)


async def test_a_sixth_tab_is_turned_away(site: Site) -> None:
    token = await new_token(site)
    async with tab(site) as a, tab(site) as b, tab(site) as c, tab(site) as d, tab(site) as e:
        for browser in (a, b, c, d, e):
            await browser.hello(token)
        async with tab(site) as sixth:
            await sixth.send(type="hello", token=token, last_seq=0, thread="")
            assert await close_code(sixth) == 4429


async def test_a_flood_of_frames_is_closed(site: Site) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        with pytest.raises(ConnectionClosed):
            for _ in range(500):
                await browser.send(type="ping")
            while True:
                await browser.next()


async def test_rubbish_is_refused_and_then_closed(site: Site, house: House) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        for rubbish in ("{", "[]", '"x"', '{"type":"evil"}', "[" * 9000, '{"type":"message","id":7}') * 3:
            await browser.wire.send(rubbish)
        assert await close_code(browser) == 1008
    assert await count_inbox(house) == 0


async def test_an_eleventh_handshake_in_a_minute_is_refused_by_default(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    house = make_house(database_url, redis_url, tmp_path, new_port(), WEBCHAT_HANDSHAKES_PER_MINUTE="10")
    async with open_site(house) as site:
        statuses: list[int] = []
        for _ in range(12):
            try:
                async with tab(site):
                    statuses.append(101)
            except InvalidStatus as refused:
                statuses.append(refused.response.status_code)
    await house.close()
    assert statuses == [101] * 10 + [429] * 2


async def test_without_valkey_messages_still_come(site: Site, house: House, worker: EchoWorker) -> None:
    await house.valkey.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        await browser.say("hello")
        assert await browser.until_lines(2) == ["hello", "echo hello"]


async def test_a_tab_that_shows_another_thread_starts_anew(site: Site, worker: EchoWorker) -> None:
    token = await new_token(site)
    async with tab(site) as browser:
        await browser.hello(token)
        await browser.say("one")
        await browser.until_lines(2)
    async with tab(site) as stale:
        await stale.hello(token, last_seq=99, thread="another")
        assert next(f for f in stale.frames if f["type"] == "thread")["reset"] is True
        assert stale.texts == ["one", "echo one"]


async def test_the_language_of_the_page_goes_along_as_a_hint(site: Site, house: House) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site), language="ro")
        await browser.say("unu")
        await browser.until("ack")
        await browser.send(type="language", language="zh")
        await browser.say("er")
        await browser.until("ack")
        await browser.send(type="language", language="klingon")
        assert (await browser.until("refused"))["reason"] == "no_language"
    async with house.engines.web.connect() as conn:
        told = "select content -> 'profile' ->> 'language' from inbox order by id"
        assert list((await conn.execute(text(told))).scalars()) == ["ro", "zh"]


async def test_the_menu_is_a_wish_and_the_page_is_told_the_language(
    site: Site, house: House, worker: EchoWorker
) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        await browser.say("hello")
        await browser.until_lines(2)
        assert (await browser.until("state"))["language"] is None
        await browser.send(type="language", language="ru")
        await browser.say("and this")
        while (await browser.until("state"))["language"] != "ru":
            pass
    async with house.engines.web.connect() as conn:
        (known,) = await conn.execute(text("select language, language_asked from customers"))
    assert (known.language, known.language_asked) == ("ru", True)


async def test_a_message_is_seen_once_whoever_answers_has_written(
    site: Site, house: House, worker: EchoWorker
) -> None:
    worker.hold.clear()
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        await browser.say("hello")
        await browser.until("ack")
        assert (await browser.until("state"))["seen"] == 0
        worker.hold.set()
        await browser.until_lines(2)
        while (await browser.until("state"))["seen"] < browser.lines[0]["seq"]:
            pass


async def test_a_message_is_seen_once_a_person_takes_the_thread_over(
    site: Site, house: House, worker: EchoWorker
) -> None:
    async with tab(site) as browser:
        await browser.hello(await new_token(site))
        await browser.say("hello")
        await browser.until_lines(2)
        async with house.engines.web.begin() as conn:
            await conn.execute(text("update conversations set owner = 'queue'"))
            await conn.execute(
                text(
                    "insert into messages (customer_id, seq, direction, author, text, address_id)"
                    " select customer_id, 3, 'in', 'customer', 'is anybody there?', id from addresses"
                )
            )
            await conn.execute(text("update threads set last_seq = 3"))
        while (state := await browser.until("state"))["owner"] != "queue":
            pass
        assert state["seen"] == 2
        async with house.engines.web.begin() as conn:
            await conn.execute(text("insert into agents (email, name) values ('a@shop.example', 'Ana')"))
            await conn.execute(
                text(
                    "update conversations set owner = 'agent', owner_since = now(), agent_id = agents.id"
                    " from agents"
                )
            )
        while (state := await browser.until("state"))["owner"] != "agent":
            pass
        assert (state["agent"], state["seen"]) == ("Ana", 3)


async def test_a_token_in_the_url_opens_nothing(site: Site) -> None:
    token = await new_token(site)
    async with connect(
        f"{site.socket_url}?token={token}", additional_headers={"origin": site.url}, proxy=None
    ) as wire:
        browser = Browser(wire)
        await browser.send(type="hello", last_seq=0, thread="")
        assert await close_code(browser) == 4401


async def test_a_stolen_token_is_worth_nothing_once_the_session_is_over(site: Site, house: House) -> None:
    token = await new_token(site)
    async with house.engines.web.begin() as conn:
        await conn.execute(text("update webchat_sessions set expires_at = now()"))
    async with tab(site) as browser:
        await browser.send(type="hello", token=token, last_seq=0, thread="")
        assert await close_code(browser) == 4401
    async with httpx.AsyncClient(headers={"origin": site.url, "authorization": f"Bearer {token}"}) as http:
        for path in ("/chat/files", "/chat/links"):
            assert (await http.post(site.url + path, content=b"x")).status_code == 401


async def test_an_id_of_somebody_elses_button_says_nothing_of_theirs(
    site: Site, house: House, worker: EchoWorker
) -> None:
    async with tab(site) as mine, tab(site) as theirs:
        await mine.hello(await new_token(site))
        await mine.say("secret of mine")
        await mine.until_lines(2)
        await theirs.hello(await new_token(site), last_seq=0, thread=mine.thread)
        await theirs.send(type="tap", id=str(uuid4()), tap=mine.lines[1]["parts"][0]["buttons"][0]["tap"])
        await theirs.until_lines(2)
        assert all("secret" not in words for words in theirs.texts)
        await theirs.send(type="read", seq=10_000)
        await theirs.send(type="ping")
        await theirs.until("pong")
    async with house.engines.web.connect() as conn:
        heard = await conn.execute(
            text(
                "select r.oid from receipts r join outbox o on o.oid = r.oid"
                " join messages m on m.id = o.message_id where m.text like '%secret%'"
            )
        )
        assert heard.all() == []


async def test_each_reconnection_is_told_exactly_what_it_missed(site: Site, worker: EchoWorker) -> None:
    token = await new_token(site)
    told, thread, seen = 0, "", list[str]()
    async with tab(site) as writer:
        await writer.hello(token)
        # Five messages: as many as a session may send at once.
        for number in range(10):
            async with tab(site) as back:
                await back.hello(token, last_seq=told, thread=thread)
                if number % 2 == 0:
                    await writer.say(f"number {number}")
                    await writer.until_lines(number + 2)
                    await back.until_lines(2)
                told, thread = back.told or told, back.thread or thread
                seen += back.texts
        assert seen == writer.texts
