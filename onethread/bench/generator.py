"""Starts the process that plays the platforms and gives it work, so that its own work is counted apart."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from onethread.bench.shooting import Shot
from onethread.bench.webhooks import Inbound
from onethread.supervisor.ports import LOOPBACK

_LINE_MAX = 2**28


class GeneratorDied(RuntimeError):
    """The process that plays the platforms ended; there are no figures."""


@dataclass(frozen=True, slots=True)
class Volley:
    """What became of the messages of one job, and the seconds the generator computed for it."""

    shots: Sequence[Shot]
    cpu_s: float

    @property
    def accepted(self) -> Sequence[Shot]:
        """Those that were promised to be kept."""
        return [shot for shot in self.shots if shot.accepted]


@dataclass(frozen=True, slots=True)
class Received:
    """A send as the platform got it: the house's id of it, for whom, when (the generator's clock)."""

    oid: str
    to: str
    at_s: float


class Generator:
    """The running process; jobs are done one at a time."""

    def __init__(self, child: asyncio.subprocess.Process, twilio_port: int) -> None:
        self._child = child
        self.pid = child.pid
        self.twilio_url = f"http://{LOOPBACK}:{twilio_port}"

    async def flood(self, port: int, messages: Sequence[Inbound], connections: int) -> Volley:
        """Posts all messages as fast as they are answered, over so many connections."""
        return await self._shoot(do="flood", port=port, messages=messages, connections=connections)

    async def stream(self, port: int, messages: Sequence[Inbound], *, receipts: bool = False) -> Volley:
        """Posts each message at its time; `receipts`: the platform reports the state of what it takes."""
        return await self._shoot(do="stream", port=port, messages=messages, receipts=receipts)

    async def received(self) -> list[Received]:
        """The sends that came since this was asked last."""
        answer = await self._ask({"do": "received"})
        return [Received(*fields) for fields in answer["received"]]

    async def _shoot(
        self, *, do: str, port: int, messages: Sequence[Inbound], connections: int = 0, receipts: bool = False
    ) -> Volley:
        job = {"do": do, "port": port, "connections": connections, "receipts": receipts}
        answer = await self._ask({**job, "messages": [astuple(message) for message in messages]})
        return Volley([Shot(*fields) for fields in answer["shots"]], answer["cpu_s"])

    async def _ask(self, job: Mapping[str, Any]) -> Any:
        if self._child.stdin is None:
            raise GeneratorDied("The load generator has no standard input.")
        self._child.stdin.write(json.dumps(job).encode() + b"\n")
        try:
            await self._child.stdin.drain()
        except ConnectionError:
            raise GeneratorDied("The load generator ended; see above.") from None
        return await read_line(self._child)


async def read_line(child: asyncio.subprocess.Process) -> Any:
    """The next thing it says.

    Raises:
        GeneratorDied: it says no more.
    """
    line = b"" if child.stdout is None else await child.stdout.readline()
    if not line:
        raise GeneratorDied("The load generator ended; see above.")
    return json.loads(line)


@asynccontextmanager
async def running_generator(root: Path) -> AsyncIterator[Generator]:
    """Runs the process for the length of the block; it also ends when this process does."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "onethread.bench.platforms"),
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=root,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_MAX,
    )
    try:
        yield Generator(child, (await read_line(child))["twilio_port"])
    finally:
        if child.stdin is not None:
            child.stdin.close()
        await child.wait()
