"""Posts to a process on this machine over kept HTTP/1.1 connections, cheaper than a whole client."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_CONNECT_S = 1.0
_MOST_IDLE = 64
_MOST_HEAD = 64 * 1024
_MOST_BYTES = 32 * 1024 * 1024
"""Of an answer; a turn's is some kilobytes."""
_HEAD_END = b"\r\n\r\n"


class NotReached(Exception):
    """No connection: nothing of the request was heard there."""


class Broken(Exception):
    """It ended, or sent no HTTP/1.1 answer with a length; the request may have been heard."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    body: bytes


class Loopback:
    """Any number of requests at once, each on a connection of its own. Must not: try anything twice."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        """`url`: http, of this machine; nothing is encrypted. Raises ValueError for any other."""
        at = urlsplit(url)
        if at.scheme != "http" or not at.hostname:
            raise ValueError("only http://host:port is spoken on loopback")
        self._host, self._port = at.hostname, at.port or 80
        self._path = at.path.rstrip("/")
        lines = (f"{name}: {value}\r\n" for name, value in {"Host": at.netloc, **headers}.items())
        self._fields = "".join(lines)
        self._idle: list[_Connection] = []

    async def post(self, path: str, body: bytes) -> Answer:
        """The answer, however long it takes: the caller has a clock, and cancels.

        Raises:
            NotReached: no connection within a second.
            Broken: it ended before the answer did.
        """
        head = f"POST {self._path}{path} HTTP/1.1\r\n{self._fields}Content-Length: {len(body)}\r\n\r\n"
        kept = self._take() or await self._connect()
        try:
            return await kept.ask(head.encode("latin-1") + body)
        finally:
            if kept.reusable and len(self._idle) < _MOST_IDLE:
                self._idle.append(kept)
            else:
                # Also when cancelled: a late answer must not be read as the next one's.
                kept.hang_up()

    async def close(self) -> None:
        """Hang up; requests still running go on."""
        idle, self._idle = self._idle, []
        for kept in idle:
            kept.hang_up()
        # Sockets are closed by the loop, in its next round.
        await asyncio.sleep(0)

    def _take(self) -> _Connection | None:
        while self._idle:
            kept = self._idle.pop()
            if not kept.spoiled():
                return kept
            kept.hang_up()
        return None

    async def _connect(self) -> _Connection:
        try:
            async with asyncio.timeout(_CONNECT_S):
                loop = asyncio.get_running_loop()
                _, made = await loop.create_connection(_Connection, self._host, self._port)
                return made
        except OSError as error:
            raise NotReached(type(error).__name__) from None


class _Connection(asyncio.Protocol):
    """One connection, asked one thing at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._came = bytearray()
        self._status = 0
        self._end = -1
        """Where the answer ends in what came; -1: its head is not whole yet."""
        self._keeps = False
        self.reusable = False
        """Its last answer was whole, and the other side keeps it too."""

    async def ask(self, request: bytes) -> Answer:
        """Raises `Broken`."""
        self.reusable, self._end = False, -1
        self._came.clear()
        self._answer = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            raise Broken("ConnectionResetError")
        self._transport.write(request)
        return await self._answer

    def spoiled(self) -> bool:
        """Whether the other side hung up, or spoke unasked, while nobody used it."""
        if not self.reusable or self._transport is None or self._transport.is_closing():
            return True
        # What the loop has not come to yet.
        waiting = select.poll()
        waiting.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(waiting.poll(0))

    def hang_up(self) -> None:
        self.reusable = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):  # as any of a socket is
            self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.reusable = False
        self._fail("ConnectionResetError" if exc is None else type(exc).__name__)

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.hang_up()  # nobody asked
            return
        self._came += data
        if self._end < 0 and not self._read_head():
            return
        if len(self._came) < self._end:
            return
        # Not before the whole is there, nor when it says more than it was asked.
        self.reusable = self._keeps and len(self._came) == self._end
        body = bytes(self._came[self._came.index(_HEAD_END) + len(_HEAD_END) : self._end])
        self._answer.set_result(Answer(self._status, body))

    def _read_head(self) -> bool:
        """Whether the head is whole."""
        head, end, _ = self._came.partition(_HEAD_END)
        if not end:
            if len(head) > _MOST_HEAD:
                self._fail("too long a head")
            return False
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }
        version, _, status = first.partition(" ")
        length = fields.get("content-length", "")
        if version != "HTTP/1.1" or not status[:3].isdecimal() or not length.isdecimal():
            self._fail("not an answer with a length")
        elif int(length) > _MOST_BYTES:
            self._fail("too long an answer")
        else:
            self._status = int(status[:3])
            self._end = len(head) + len(end) + int(length)
            self._keeps = fields.get("connection", "").lower() != "close"
            return True
        return False

    def _fail(self, reason: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Broken(reason))
