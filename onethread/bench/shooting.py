"""Posts whole requests at given times or as fast as they are answered, and keeps when each was answered."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from onethread.bench.wire import Wire, WireBroken
from onethread.supervisor.ports import LOOPBACK


@dataclass(frozen=True, slots=True)
class Shot:
    """One request; times in seconds of the generator's monotonic clock, `status` 0 when nothing came back.

    due_s: when it should have left. Latency counts from here: a late generator must not flatter anybody.
    """

    id: str
    due_s: float
    sent_s: float
    answered_s: float
    status: int

    @property
    def accepted(self) -> bool:
        """The other side promised to keep it."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Request:
    """A request ready to go; `due_s` as in `Inbound`."""

    id: str
    data: bytes
    due_s: float | None = None


class Pool:
    """Kept connections to one port, taken by whoever needs one; grows as needed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: deque[Wire] = deque()

    async def post(self, request: Request, due_s: float) -> Shot:
        """Sends one request now."""
        wire = self._idle.pop() if self._idle else Wire(LOOPBACK, self._port)
        sent_s = time.monotonic()
        try:
            status = (await wire.send(request.data)).status
        except WireBroken:
            status = 0
        self._idle.append(wire)
        return Shot(request.id, due_s, sent_s, time.monotonic(), status)

    async def close(self) -> None:
        """Hangs up every connection."""
        while self._idle:
            await self._idle.pop().close()


async def flood(port: int, requests: Sequence[Request], connections: int) -> list[Shot]:
    """All requests over so many connections, each as soon as the one before it was answered."""
    waiting = deque(requests)
    shots: list[Shot] = []
    pool = Pool(port)

    async def shoot() -> None:
        while waiting:
            shots.append(await pool.post(waiting.popleft(), time.monotonic()))

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(shoot())
    await pool.close()
    return shots


async def stream(port: int, requests: Sequence[Request]) -> list[Shot]:
    """Each request at its time, whether or not those before it were answered."""
    pool = Pool(port)
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        tasks = []
        for request in requests:
            due = began + (request.due_s or 0.0)
            if (ahead := due - time.monotonic()) > 0:
                await asyncio.sleep(ahead)
            tasks.append(group.create_task(pool.post(request, due)))
    await pool.close()
    return [task.result() for task in tasks]
