"""The least that stands before two web processes: each connection goes to the next one that is there."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from typing import Self

_CHUNK = 65_536


class Balancer:
    """Listens on 127.0.0.1; use as a context. `ports` are those of the web processes."""

    def __init__(self, ports: Sequence[int] = ()) -> None:
        self.ports = list(ports)
        self.taken = dict.fromkeys(self.ports, 0)
        """Connections each one got."""
        self._turn = itertools.count()
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with contextlib.suppress(OSError):
                there = await self._connect()
                if there is not None:
                    await _both_ways((reader, writer), there)
        finally:
            writer.close()
            self._open.discard(task)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        first = next(self._turn)
        for step in range(len(self.ports)):
            port = self.ports[(first + step) % len(self.ports)]
            try:
                found = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            self.taken[port] = self.taken.get(port, 0) + 1
            return found
        return None


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _both_ways(one: Line, other: Line) -> None:
    """Until either side ends."""
    ways = [asyncio.create_task(_pass(one[0], other[1])), asyncio.create_task(_pass(other[0], one[1]))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        other[1].close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
