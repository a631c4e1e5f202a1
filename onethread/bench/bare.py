"""The least a durable webhook can cost: insert, NOTIFY, commit, 200. Beside the house for scale."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import cast

import psycopg
import uvloop
from psycopg_pool import AsyncConnectionPool
from setproctitle import setproctitle

from onethread.bench.wire import parse_fields
from onethread.supervisor.ports import LOOPBACK

_MAKE = "create table if not exists bare_inbox (id bigint generated always as identity, body bytea not null)"
_KEEP = """
    with kept as (insert into bare_inbox (body) values (%s) returning id)
    select pg_notify('bare_inbox', '') from kept
"""
_CONNECTIONS = 8
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

Keep = Callable[[bytes], Awaitable[None]]


class _Connection(asyncio.Protocol):
    """One client: whole requests in, an empty 200 after each commit."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._heard = b""
        self._transport: asyncio.Transport | None = None
        self._working: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, found, rest = self._heard.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(parse_fields(head.partition(b"\r\n")[2]).get("content-length", "0"))
        if len(rest) < length:
            return
        self._heard = rest[length:]
        task = asyncio.create_task(self._answer(rest[:length]))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _answer(self, body: bytes) -> None:
        await self._keep(body)
        if self._transport is not None:
            self._transport.write(_OK)


async def serve(url: str, port: int) -> None:
    """Answers until it is ended. Must not: be used for anything but this comparison."""
    setproctitle("onethread bench bare")
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(_MAKE)
    async with AsyncConnectionPool(
        url, min_size=_CONNECTIONS, max_size=_CONNECTIONS, kwargs={"autocommit": True}
    ) as pool:

        async def keep(body: bytes) -> None:
            async with pool.connection() as conn:
                await conn.execute(_KEEP, (body,))

        server = await asyncio.get_running_loop().create_server(lambda: _Connection(keep), LOOPBACK, port)
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(os.environ["DATABASE_URL"], int(sys.argv[1])))
