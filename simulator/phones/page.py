"""Serves the page, its data and its live stream."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from simulator.http import Request, Response
from simulator.twilio import FakeTwilio

_STATIC = Path(__file__).parent / "static"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_NUMBER = re.compile(r"\+[1-9]\d{4,14}")
_TEXT_MAX = 1600
_BEAT_S = 15.0


class PhonesPage:
    """Handler of everything that is not Twilio's API."""

    def __init__(self, fake: FakeTwilio) -> None:
        self._fake = fake
        self._version = 0
        self._changed = asyncio.Event()
        self._posts: set[asyncio.Task[int]] = set()
        fake.on_change.append(self._touch)
        fake.pages = self.handle

    async def handle(self, request: Request) -> Response:
        """The page, its files, `GET /state`, `GET /live`, `POST /sms`, `GET /health`."""
        match request.method, request.path:
            case "GET", "/" | "/phones.css" | "/phones.js":
                return _file(request.path[1:] or "phones.html")
            case "GET", "/health":
                return Response(body=b"ok")
            case "GET", "/state":
                return _json(self._state())
            case "GET", "/live":
                return Response(content_type="text/event-stream", headers=_HEADERS, chunks=self._live())
            case "POST", "/sms":
                return self._write(request)
            case _:
                return Response(404, b"not here")

    def _state(self) -> dict[str, object]:
        carrier = self._fake.carrier
        return {
            "shop": self._fake.number,
            "phones": {
                number: {
                    "stopped": number in carrier.opted_out,
                    "bubbles": [bubble.shown() for bubble in bubbles],
                }
                for number, bubbles in carrier.phones.items()
            },
        }

    def _write(self, request: Request) -> Response:
        """Take an SMS from the page; the bubble's state tells what the house said to it."""
        origin = request.headers.get("origin", "")
        if origin and urlsplit(origin).netloc != request.headers.get("host"):
            return Response(403, b"another page may not send SMS")
        try:
            said = json.loads(request.body)
            number, text = str(said["from"]), str(said["text"])
        except (ValueError, KeyError, TypeError):
            return Response(400, b"expected {from, text}")
        if not _NUMBER.fullmatch(number) or not text.strip() or len(text) > _TEXT_MAX:
            return Response(400, b"a number like +15551230001 and 1 to 1600 characters")
        post = asyncio.create_task(self._fake.send_sms(number, text))
        self._posts.add(post)
        post.add_done_callback(self._posts.discard)
        return Response(204, headers=_HEADERS)

    async def _live(self) -> AsyncIterator[bytes]:
        seen = -1
        while True:
            if seen != self._version:
                seen = self._version
                yield f"data: {seen}\n\n".encode()
            try:
                async with asyncio.timeout(_BEAT_S):
                    await self._changed.wait()
            except TimeoutError:
                yield b": still here\n\n"

    def _touch(self) -> None:
        self._version += 1
        self._changed.set()
        self._changed = asyncio.Event()


def _file(name: str) -> Response:
    path = _STATIC / name
    return Response(
        body=path.read_bytes(), content_type=f"{_TYPES[path.suffix]}; charset=utf-8", headers=_HEADERS
    )


def _json(value: object) -> Response:
    return Response(body=json.dumps(value).encode(), content_type="application/json", headers=_HEADERS)
