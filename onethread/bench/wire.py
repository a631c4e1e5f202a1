"""The generator's HTTP/1.1 client on a kept connection: cheap, so that the server is what counts."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self


class WireBroken(RuntimeError):
    """The other side hung up or spoke something that is not HTTP/1.1 with a length."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: its status and whole body."""

    status: int
    body: bytes


class Wire:
    """One kept connection to a loopback server. Must not: be used by two tasks at once."""

    def __init__(self, host: str, port: int, timeout_s: float = 60.0) -> None:
        self._address = (host, port)
        self._timeout_s = timeout_s
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hangs up; the next request connects anew."""
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            writer.close()
            try:
                await writer.wait_closed()
            except ConnectionError:
                return

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Sends JSON bytes and waits for the whole answer."""
        return await self._ask("POST", path, body, headers)

    async def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        """Fetches `path`."""
        return await self._ask("GET", path, b"", headers)

    async def send(self, request: bytes) -> Answer:
        """Sends the bytes of a whole request, as `request_bytes` makes them; waits for the whole answer."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._exchange(request)
        except (OSError, EOFError, TimeoutError) as error:
            await self.close()
            asked = request.partition(b" HTTP/")[0].decode("latin-1")
            raise WireBroken(f"{asked}: {type(error).__name__} {error}") from error
        except asyncio.CancelledError:
            if self._writer is not None:
                self._writer.close()
            self._reader = self._writer = None
            raise

    async def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        json = {"Content-Type": "application/json", **headers}
        return await self.send(request_bytes(method, self._address, path, json, body))

    async def _exchange(self, request: bytes) -> Answer:
        reader, writer = self._reader, self._writer
        if reader is None or writer is None:
            reader, writer = await asyncio.open_connection(*self._address)
            self._reader, self._writer = reader, writer
        writer.write(request)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        status, fields = parse_head(head)
        try:
            length = int(fields["content-length"])
        except (KeyError, ValueError) as error:
            raise WireBroken("an answer without a length") from error
        content = await reader.readexactly(length)
        if fields.get("connection", "").lower() == "close":
            await self.close()
        return Answer(status, content)


def request_bytes(
    method: str, address: tuple[str, int], path: str, headers: Mapping[str, str], body: bytes
) -> bytes:
    """A whole request for host and port `address`."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address[0]}:{address[1]}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    """The status and the fields (names in lower case) of a response's head.

    Raises:
        WireBroken: not HTTP/1.x.
    """
    first, _, rest = head.partition(b"\r\n")
    words = first.decode("latin-1").split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
        raise WireBroken(f"not HTTP/1.x: {first[:40]!r}")
    return int(words[1]), parse_fields(rest)


def parse_fields(lines: bytes) -> dict[str, str]:
    """The fields of a head without its first line, names in lower case."""
    pairs = (line.partition(":") for line in lines.decode("latin-1").split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
