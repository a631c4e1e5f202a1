"""A small HTTP/1.1 server for 127.0.0.1: kept connections, JSON in and out, nothing else.

Rasa's own server would load a hundred modules and mount routes nobody may call.
"""

import asyncio
import logging
from http import HTTPStatus
from typing import Any, Awaitable, Callable, Dict, Mapping, NamedTuple, Optional

import httptools
import ujson

MAX_BODY = 4_000_000  # bytes; the longest window (30 turns) is a few hundred kB
logger = logging.getLogger("onethread.rasa")


class Request(NamedTuple):
    """One request; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; raises ValueError."""
        return ujson.loads(self.body)


class Answer(NamedTuple):
    """A status and what is written as JSON."""

    status: int
    body: Any


Handler = Callable[[Request], Awaitable[Answer]]


class LoopbackProtocol(asyncio.Protocol):
    """One connection: requests are answered one after the other, in order."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._parser = httptools.HttpRequestParser(self)
        self._transport: Optional[asyncio.Transport] = None
        self._queue: asyncio.Queue = asyncio.Queue()
        self._worker: Optional[asyncio.Task] = None
        self._reset()

    def _reset(self) -> None:
        self._url = b""
        self._headers: Dict[str, str] = {}
        self._body: list = []
        self._size = 0

    # asyncio

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._worker = asyncio.ensure_future(self._answer_all())

    def connection_lost(self, exc: Optional[Exception]) -> None:
        # The house gave up (its deadline): what is still running would be thrown away.
        if self._worker is not None:
            self._worker.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._write(Answer(400, {"error": "malformed"}), close=True)

    # httptools

    def on_message_begin(self) -> None:
        self._reset()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size <= MAX_BODY:
            self._body.append(body)

    def on_message_complete(self) -> None:
        request = Request(
            method=self._parser.get_method().decode(),
            path=self._url.decode("latin-1").partition("?")[0],
            headers=self._headers,
            body=b"".join(self._body),
        )
        self._queue.put_nowait((request, self._size > MAX_BODY, not self._parser.should_keep_alive()))

    # answers

    async def _answer_all(self) -> None:
        while True:
            request, too_large, close = await self._queue.get()
            if too_large:
                answer, close = Answer(413, {"error": "too_large"}), True
            else:
                try:
                    answer = await self._handler(request)
                except Exception:
                    logger.exception("rasa.request.broke")
                    answer = Answer(500, {"error": "internal"})
            self._write(answer, close)

    def _write(self, answer: Answer, close: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        body = ujson.dumps(answer.body, ensure_ascii=False).encode()
        head = (
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"connection: {'close' if close else 'keep-alive'}\r\n\r\n"
        )
        self._transport.write(head.encode("latin-1") + body)
        if close:
            self._transport.close()


async def serve(handler: Handler, port: int) -> asyncio.base_events.Server:
    """Listens on 127.0.0.1:`port` (0: any free one)."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: LoopbackProtocol(handler), "127.0.0.1", port, backlog=256)
