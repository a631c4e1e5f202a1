"""A customer's web chat without a browser: says a message until it is taken, keeps what it is shown."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

_AGAIN_S = 0.3
_ACK_S = 10.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One bubble of the house; `id` is its message's number in the thread and its place in that."""

    id: str
    text: str
    at: float


@dataclass(slots=True)
class Tab:
    """One session. Use as a context; it connects again whenever the line breaks."""

    url: str
    shown: list[Shown] = field(default_factory=list)
    connections: int = 0
    _token: str = ""
    _thread: str = ""
    _told: int = 0
    _wire: ClientConnection | None = None
    _answers: dict[str, asyncio.Future[float | None]] = field(default_factory=dict)
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _life: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        async with httpx.AsyncClient(headers={"origin": self.url}, timeout=15) as http:
            answer = await http.post(f"{self.url}/chat/session", json={"embed": True})
        self._token = answer.raise_for_status().json()["token"]
        self._life = asyncio.create_task(self._live())
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._life is not None
        self._life.cancel()
        await asyncio.gather(self._life, return_exceptions=True)

    async def post(self, path: str, body: object = None) -> httpx.Response:
        """A request of this session's page."""
        headers = {"origin": self.url, "authorization": f"Bearer {self._token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=15) as http:
            return await http.post(path, json=body)

    async def say(self, text: str) -> float:
        """Returns when the house has it: epoch seconds."""
        frame = json.dumps({"type": "message", "id": (id_ := str(uuid4())), "text": text})
        while True:
            await self._open.wait()
            answer = self._answers[id_] = asyncio.get_running_loop().create_future()
            with contextlib.suppress(WebSocketException, TimeoutError):
                if self._wire is not None:
                    await self._wire.send(frame)
                    if at := await asyncio.wait_for(answer, _ACK_S):
                        return at
            await asyncio.sleep(_AGAIN_S)

    async def _live(self) -> None:
        address = f"ws{self.url.removeprefix('http')}/chat/socket"
        while True:
            with contextlib.suppress(OSError, TimeoutError, InvalidHandshake, WebSocketException):
                async with connect(address, additional_headers={"origin": self.url}, proxy=None) as wire:
                    self.connections += 1
                    hello = {"type": "hello", "token": self._token, "thread": self._thread}
                    await wire.send(json.dumps({**hello, "last_seq": self._told}))
                    self._wire = wire
                    self._open.set()
                    async for data in wire:
                        await self._hear(wire, json.loads(data))
            self._open.clear()
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_result(None)
            await asyncio.sleep(_AGAIN_S)

    async def _hear(self, wire: ClientConnection, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "ack":
                self._settle(frame["id"], time.time())
            case "refused":
                self._settle(frame["id"], None)
            case "thread":
                self._thread = frame["thread"]
                if frame["reset"]:
                    self.shown.clear()
            case "lines":
                for line in frame["items"]:
                    if line["from"] != "me":
                        self._show(line)
                self._told = frame["told"]
                await wire.send(json.dumps({"type": "received", "seq": self._told}))

    def _settle(self, id_: str, at: float | None) -> None:
        answer = self._answers.pop(id_, None)
        if answer is not None and not answer.done():
            answer.set_result(at)

    def _show(self, line: dict[str, Any]) -> None:
        for place, part in enumerate(line["parts"], 1):
            self.shown.append(Shown(f"{line['seq']}.{place}", part["text"], time.time()))
