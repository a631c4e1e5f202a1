"""Commands to a fake over HTTP, the same for every platform: what a person or a test does from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .acts import Act, ActRefused
from .http import Request, Response
from .receipts import Receipts

if TYPE_CHECKING:
    from .platform import Platform


async def control(platform: Platform[Any], request: Request) -> Response:
    """One command; 400 with a sentence when it makes no sense. See docs/how-to/try-without-accounts.md."""
    try:
        if request.path == "/control/files":
            return _file(platform, request)
        said: Any = json.loads(request.body) if request.body else {}
        if not isinstance(said, dict):
            raise ActRefused("a JSON object is expected")
        answer = await _obey(platform, request, said)
    except (ValueError, TypeError, KeyError) as error:
        return Response(400, _sentence(error).encode())
    await platform.changed()
    return answer


async def _obey(platform: Platform[Any], request: Request, said: dict[str, Any]) -> Response:
    name = request.path.removeprefix("/control/")
    if read := _READS.get(name) if request.method == "GET" else None:
        return _json(read(platform, request))
    if (request.method, name) == ("POST", "act"):
        key = str(said.pop("from"))
        return _json({"status": await platform.act(key, Act.read(said))})
    if do := _COMMANDS.get((request.method, name)):
        do(platform, said)
        return Response(204)
    return Response(404, f"no command {request.method} {request.path}".encode())


def _threads(platform: Platform[Any], request: Request) -> object:
    """All phones, or the one of `?key=`."""
    wanted = request.query.get("key")
    return {key: thread.shown() for key, thread in platform.threads.items() if wanted in (None, key)}


def _advance(platform: Platform[Any], said: dict[str, Any]) -> None:
    platform.shift_s += float(said["ahead_s"])


def _set_right(platform: Platform[Any], _: dict[str, Any]) -> None:
    platform.shift_s = 0.0


def _hear(platform: Platform[Any], said: dict[str, Any]) -> None:
    platform.receipts = Receipts(said["how"])


_READS: Mapping[str, Callable[[Platform[Any], Request], object]] = {
    "sent": lambda platform, _: [platform.record(message) for message in platform.sent],
    "threads": _threads,
    "deliveries": lambda platform, _: [delivery.shown() for delivery in platform.deliveries],
    "faults": lambda platform, _: platform.faults.shown(),
}
_COMMANDS: Mapping[tuple[str, str], Callable[[Platform[Any], dict[str, Any]], None]] = {
    ("DELETE", "sent"): lambda platform, _: platform.sent.clear(),
    ("POST", "faults"): lambda platform, said: platform.faults.add(said.pop("kind"), **said),
    ("DELETE", "faults"): lambda platform, _: platform.faults.clear(),
    ("POST", "receipts"): _hear,
    ("POST", "clock"): _advance,
    ("DELETE", "clock"): _set_right,
    ("POST", "pace"): lambda platform, said: platform.paces.set(
        float(said["every_s"]), int(said.get("burst", 1))
    ),
    ("DELETE", "pace"): lambda platform, _: platform.paces.set(0.0),
}


def _file(platform: Platform[Any], request: Request) -> Response:
    """POST: keep a file for an act; GET `?id=`: any file the platform holds."""
    if request.method == "GET":
        return platform.files.answer(request.query.get("id", ""))
    kept = platform.files.upload(request)
    return _json({"file": kept.id, "kind": kept.kind})


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, ActRefused) else f"{type(error).__name__}: {error}"


def _json(value: object) -> Response:
    return Response(200, json.dumps(value).encode(), "application/json", {"cache-control": "no-store"})
