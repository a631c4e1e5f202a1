"""A Rasa room on loopback that answers as the test says: echo by default, slow, or failing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Self

SECRET = "internal-secret-of-the-tests"
Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any] | int]]


def answer(
    request: dict[str, Any],
    *texts: str,
    directives: list[dict[str, Any]] | None = None,
    replies: list[dict[str, Any]] | None = None,
    **state: Any,
) -> dict[str, Any]:
    """A well-formed answer to a turn's request."""
    said = request["message"]["text"]
    return {
        "turn_id": request["turn_id"],
        "version": request["window"]["version"] + 1,
        "model": "fake",
        "events": [
            *([{"event": "session_started"}] if request["session"] == "start" else []),
            {"event": "user", "text": said, "message_id": request["message"]["message_id"]},
            *({"event": "bot", "text": text} for text in texts),
            {"event": "action", "name": "action_listen"},
        ],
        "replies": replies or [{"text": text, "buttons": []} for text in texts],
        "directives": directives or [],
        "state": {"slots": state, "loop": None, "last_action": {"event": "action", "name": "action_listen"}},
        "facts": {
            "actions": 2,
            "listening": True,
            "loop": False,
            "session_started": request["session"] == "start",
            "rewinds": 0,
        },
        "parse": {"intent": "greet", "confidence": 0.9, "ranking": [], "entities": [{"value": said}]},
    }


async def echo(request: dict[str, Any]) -> dict[str, Any]:
    return answer(request, f"ack {request['message']['text']}")


class FakeRasa:
    """`async with FakeRasa() as rasa`: `rasa.url`, `rasa.seen`, and `rasa.answer` to change what it says."""

    def __init__(self, answer: Answer = echo) -> None:
        self.answer: Answer = answer
        self.seen: list[dict[str, Any]] = []
        self.url = ""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def texts(self) -> list[str]:
        """What Rasa was told, in order."""
        return [request["message"]["text"] for request in self.seen]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {
                    name.lower(): value
                    for name, _, value in (line.partition(": ") for line in head[1:] if line)
                }
                request = json.loads(await reader.readexactly(int(headers.get("content-length", "0"))))
                if headers.get("x-onethread-secret") != SECRET:
                    told: dict[str, Any] | int = 401
                else:
                    self.seen.append(request)
                    told = await self.answer(request)
                status, body = (told, {"stage": "fake"}) if isinstance(told, int) else (200, told)
                payload = json.dumps(body).encode()
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(payload)}\r\n\r\n".encode()
                    + payload
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()
