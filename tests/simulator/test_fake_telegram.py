"""The fake behaves as Telegram is known to, so that what passes against it means something."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from simulator.http import HttpServer, Request, Response
from simulator.telegram import FakeTelegram

TOKEN = "9:fake"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=TOKEN, retry_s=0.01) as fake:
        yield fake


async def call(telegram: FakeTelegram, method: str, token: str = TOKEN, **said: str) -> tuple[int, Any]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{telegram.api_url}/bot{token}/{method}", data=said)
    return answer.status_code, answer.json()


async def test_a_wrong_token_and_an_unknown_method_are_refused(telegram: FakeTelegram) -> None:
    assert (await call(telegram, "getMe", token="9:other"))[0] == 401
    assert (await call(telegram, "makeTea"))[0] == 404


@pytest.mark.parametrize(
    "said",
    [
        {"chat_id": "5", "text": ""},
        {"chat_id": "5", "text": "😀" * 2049},
        {"chat_id": "nobody", "text": "x"},
        {"chat_id": "5", "text": "x", "reply_markup": "{"},
        {
            "chat_id": "5",
            "text": "x",
            "reply_markup": json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "é" * 33}]]}),
        },
    ],
)
async def test_what_telegram_refuses_is_refused(telegram: FakeTelegram, said: dict[str, str]) -> None:
    status, answer = await call(telegram, "sendMessage", **said)
    assert (status, answer["ok"], telegram.sent) == (400, False, [])


async def test_updates_stay_until_a_later_offset_confirms_them(telegram: FakeTelegram) -> None:
    assert await telegram.send_text(5, "one") == 0
    _, first = await call(telegram, "getUpdates")
    (update,) = first["result"]
    assert (await call(telegram, "getUpdates"))[1] == first
    _, after = await call(telegram, "getUpdates", offset=str(update["update_id"] + 1), timeout="0")
    assert after["result"] == []


async def test_of_two_polls_the_older_is_ended(telegram: FakeTelegram) -> None:
    first = asyncio.create_task(call(telegram, "getUpdates", timeout="5"))
    await telegram.until(lambda: len(telegram.calls) > 0)
    await asyncio.sleep(0.05)
    second = asyncio.create_task(call(telegram, "getUpdates", timeout="5"))
    assert (await first)[0] == 409
    await telegram.send_text(5, "one")
    assert (await second)[0] == 200


async def test_polling_while_a_webhook_is_set_is_a_conflict(telegram: FakeTelegram) -> None:
    await call(telegram, "setWebhook", url="http://127.0.0.1:9/w", secret_token="s")
    assert (await call(telegram, "getUpdates"))[0] == 409
    await call(telegram, "deleteWebhook")
    assert (await call(telegram, "getUpdates"))[0] == 200


async def test_an_update_is_posted_with_the_secret_until_it_is_taken(telegram: FakeTelegram) -> None:
    posted: list[Request] = []

    async def house(request: Request) -> Response:
        posted.append(request)
        return Response(503 if len(posted) < 3 else 200)

    server = HttpServer(house)
    await server.start("127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.port}/webhooks/telegram/default"
    await call(telegram, "setWebhook", url=url, secret_token="s3")
    assert await telegram.send_text(5, "one") == 503
    await telegram.reported()
    assert telegram.deliveries[-1].statuses == [503, 503, 200]
    assert len({request.body for request in posted}) == 1
    assert [request.headers["x-telegram-bot-api-secret-token"] for request in posted] == ["s3"] * 3
    await server.stop()


async def test_who_blocked_the_bot_gets_nothing(telegram: FakeTelegram) -> None:
    await telegram.block(5)
    assert (await call(telegram, "sendMessage", chat_id="5", text="x"))[0] == 403
    await telegram.block(5, blocked=False)
    assert (await call(telegram, "sendMessage", chat_id="5", text="x"))[0] == 200
    statuses = [update["my_chat_member"]["new_chat_member"]["status"] for update in telegram.waiting]
    assert statuses == ["kicked", "member"]
