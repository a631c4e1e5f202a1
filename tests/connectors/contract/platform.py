"""A platform on loopback that gives one answer, word for word, to whatever it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus

DROP = b""
"""No answer: the request is read and the connection cut."""


def answer(status: int, body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> bytes:
    """A whole HTTP answer."""
    told = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
    head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{n}: {v}" for n, v in told.items())]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def platform(said: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Its base URL, and every request it got."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        sizes = [
            int(line.split(b":")[1])
            for line in head.splitlines()
            if line.lower().startswith(b"content-length:")
        ]
        heard.append(head + await reader.readexactly(sizes[0] if sizes else 0))
        writer.write(said)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard
