"""The process that plays the platforms takes what the house sends, and says so when it is gone."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from onethread.bench.generator import GeneratorDied, running_generator
from onethread.bench.webhooks import SHOP_NUMBER, TWILIO_SID, Inbound
from simulator.http import HttpServer, Request, Response

ROOT = Path(__file__).resolve().parents[2]


async def test_messages_are_posted_and_sends_are_noted_with_the_houses_own_id() -> None:
    posted: list[str] = []

    async def house(request: Request) -> Response:
        posted.append(request.path)
        return Response(200)

    server = HttpServer(house)
    await server.start("127.0.0.1", 0)
    form = {
        "To": "+15553000001",
        "From": SHOP_NUMBER,
        "Body": "hello",
        "StatusCallback": f"http://127.0.0.1:{server.port}/webhooks/twilio_sms/default?oid=o1",
    }
    try:
        async with running_generator(ROOT) as generator, httpx.AsyncClient(trust_env=False) as client:
            messages = [Inbound("twilio_sms", f"SM{n}", "+15553000001", "hi", n * 0.001) for n in range(3)]
            volley = await generator.stream(server.port, messages)
            url = f"{generator.twilio_url}/2010-04-01/Accounts/{TWILIO_SID}/Messages.json"
            headers = {"content-type": "application/x-www-form-urlencoded"}
            answer = await client.post(url, content=urlencode(form), headers=headers)
            received = await generator.received()
            assert await generator.received() == []
    finally:
        await server.stop()
    assert [shot.id for shot in volley.accepted] == ["SM0", "SM1", "SM2"]
    assert posted == ["/webhooks/twilio_sms/default"] * 3
    assert answer.status_code == 201
    assert [(send.oid, send.to) for send in received] == [("o1", "+15553000001")]


async def test_a_generator_that_was_killed_is_told_of() -> None:
    async with running_generator(ROOT) as generator:
        os.kill(generator.pid, signal.SIGKILL)
        with pytest.raises(GeneratorDied):
            await generator.received()
