"""A connection that is not what it was is never used, and no answer is ever another request's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from onethread.dialogue.loopback import Answer, Broken, Loopback, NotReached

Act = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(act: Act) -> AsyncIterator[str]:
    """Does this with every connection; ends with all of them."""
    tasks: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def serve() -> None:
            try:
                await act(reader, writer)
            finally:
                writer.close()

        tasks.add(asyncio.create_task(serve()))

    listening = await asyncio.start_server(begin, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def heard(reader: asyncio.StreamReader) -> bytes:
    """The body of one request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = int(head.partition("Content-Length: ")[2].partition("\r\n")[0])
    return await reader.readexactly(length)


def said(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_one_connection_serves_one_request_after_another() -> None:
    connections = 0

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            writer.write(said(await heard(reader), status="404 No"))

    async with server(echo) as url:
        client = Loopback(url, {"X-Name": "v"})
        for number in range(5):
            assert await client.post("/turn", b"%d" % number) == Answer(404, b"%d" % number)
        both = await asyncio.gather(client.post("/turn", b"a" * 300_000), client.post("/turn", b"b"))
        await client.close()
    assert [answer.body[:1] for answer in both] == [b"a", b"b"]
    assert connections == 2


async def test_a_connection_that_the_server_closed_while_idle_is_not_used() -> None:
    closed = asyncio.Event()

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said(await heard(reader)))
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    async with server(once) as url:
        client = Loopback(url, {})
        for number in range(3):
            closed.clear()
            assert (await client.post("/turn", b"%d" % number)).body == b"%d" % number
            await closed.wait()
        await client.close()


async def test_after_connection_close_or_a_word_unasked_a_new_one_is_made() -> None:
    seen: list[bytes] = []
    spoke = asyncio.Event()

    async def odd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await heard(reader))
        if seen[-1] == b"close":
            writer.write(said(b"", "Connection: close"))
        else:
            writer.write(said(b"") + said(b"nobody asked"))
        await writer.drain()
        spoke.set()
        await reader.read()

    async with server(odd) as url:
        client = Loopback(url, {})
        for body in (b"close", b"open", b"again"):
            assert (await client.post("/turn", body)).body == b""
            await spoke.wait()
        await client.close()
    assert seen == [b"close", b"open", b"again"]


@pytest.mark.parametrize("early", [0, 10, 45])
async def test_a_late_answer_is_not_read_as_the_next_ones(early: int) -> None:
    """`early`: bytes of it that come in time: none, of its head, of its body."""
    release = asyncio.Event()

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = await heard(reader)
        answer = said(body)
        writer.write(answer[:early])
        if body != b"next":
            await release.wait()
        writer.write(answer[early:])
        await writer.drain()
        await reader.read()

    async with server(late) as url:
        client = Loopback(url, {})
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.post("/turn", b"slow" * 10)
        release.set()
        assert (await client.post("/turn", b"next")).body == b"next"
        await client.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nconte",
        said(b"0123456789")[:-4],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"SMTP ready\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"x" * 100_000,
    ],
)
async def test_an_answer_that_ends_early_or_is_none_is_broken(answer: bytes) -> None:
    async def part(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        writer.write(answer)
        await writer.drain()

    async with server(part) as url:
        client = Loopback(url, {})
        with pytest.raises(Broken):
            await client.post("/turn", b"x")
        await client.close()


async def test_nobody_there_is_told_apart_from_an_answer_that_broke() -> None:
    async def never(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None: ...

    async with server(never) as url:
        pass
    with pytest.raises(NotReached):
        await Loopback(url, {}).post("/turn", b"x")
    with pytest.raises(ValueError, match="only http"):
        Loopback("https://127.0.0.1", {})
