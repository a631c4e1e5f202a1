"""Requests leave when they should, and each is told of, whatever the other side does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onethread.bench.shooting import Request, flood, stream
from onethread.bench.wire import request_bytes
from simulator.http import Dropped, Handler, HttpServer
from simulator.http import Request as Asked
from simulator.http import Response as Told


@asynccontextmanager
async def _served(handler: Handler) -> AsyncIterator[int]:
    server = HttpServer(handler)
    await server.start("127.0.0.1", 0)
    try:
        yield server.port
    finally:
        await server.stop()


def _request(port: int, number: int, due_s: float | None = None) -> Request:
    data = request_bytes("POST", ("127.0.0.1", port), f"/{number}", {}, b"body")
    return Request(str(number), data, due_s)


async def test_a_flood_keeps_as_many_in_the_air_as_it_has_connections() -> None:
    waiting = asyncio.Semaphore(0)
    in_the_air, most = 0, 0

    async def handle(_: Asked) -> Told:
        nonlocal in_the_air, most
        in_the_air += 1
        most = max(most, in_the_air)
        if most == 3:
            waiting.release()
        await waiting.acquire()
        waiting.release()
        in_the_air -= 1
        return Told(200)

    async with _served(handle) as port:
        shots = await flood(port, [_request(port, n) for n in range(9)], 3)
    assert most == 3
    assert sorted(shot.id for shot in shots) == [str(n) for n in range(9)]
    assert all(shot.accepted and shot.due_s <= shot.sent_s <= shot.answered_s for shot in shots)


async def test_an_open_loop_does_not_wait_for_answers() -> None:
    all_there = asyncio.Event()
    heard: list[str] = []

    async def handle(asked: Asked) -> Told:
        heard.append(asked.path)
        if len(heard) == 4:
            all_there.set()
        await all_there.wait()
        return Told(200)

    async with _served(handle) as port:
        shots = await stream(port, [_request(port, n, n * 0.001) for n in range(4)])
    assert [shot.id for shot in shots] == ["0", "1", "2", "3"]
    assert all(shot.accepted and shot.sent_s >= shot.due_s for shot in shots)


async def test_what_is_refused_or_not_answered_is_not_accepted() -> None:
    async def handle(asked: Asked) -> Told:
        if asked.path == "/1":
            raise Dropped
        return Told(503)

    async with _served(handle) as port:
        shots = await stream(port, [_request(port, n, 0.0) for n in range(2)])
    assert [shot.status for shot in shots] == [503, 0]
    assert not any(shot.accepted for shot in shots)
