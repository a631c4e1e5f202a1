"""The generator's own HTTP client against a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from onethread.bench.wire import Wire, WireBroken, parse_head

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _served(handler: Handler) -> AsyncIterator[int]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    return await reader.readexactly(length)


async def test_two_requests_share_one_connection() -> None:
    connections = 0

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            body = await _read_request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    async with _served(echo) as port, Wire("127.0.0.1", port) as wire:
        assert (await wire.post("/turn", b"one", {})).body == b"one"
        assert (await wire.post("/turn", b"two", {})).body == b"two"
    assert connections == 1


async def test_a_closed_connection_is_opened_anew() -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        writer.write(b"HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")

    async with _served(once) as port, Wire("127.0.0.1", port) as wire:
        assert (await wire.get("/ready", {})).status == 503
        assert (await wire.get("/ready", {})).status == 503


async def test_a_hang_up_is_told() -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)

    async with _served(rude) as port, Wire("127.0.0.1", port) as wire:
        with pytest.raises(WireBroken, match="POST /turn"):
            await wire.post("/turn", b"{}", {})


async def test_silence_ends_by_the_clock() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with _served(mute) as port, Wire("127.0.0.1", port, timeout_s=0.05) as wire:
        with pytest.raises(WireBroken, match="TimeoutError"):
            await wire.get("/ready", {})


def test_a_head_is_read_whatever_the_case() -> None:
    assert parse_head(b"HTTP/1.1 200 OK\r\nCONTENT-Length:  3\r\n\r\n") == (200, {"content-length": "3"})


def test_something_else_than_http_is_refused() -> None:
    with pytest.raises(WireBroken, match="not HTTP"):
        parse_head(b"SSH-2.0-OpenSSH\r\n\r\n")
