"""How the supervisor knows that a child does its work: a page that says 200, or a file that appears."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

type Alive = Callable[[], bool]
type Ready = Callable[[Alive], Awaitable[None]]

POLL_S = 0.1
LIMIT_S = 120.0


def answers(client: httpx.AsyncClient, url: str, limit_s: float = LIMIT_S) -> Ready:
    """Ready when `url` says 200."""

    async def ready(alive: Alive) -> None:
        await _until(alive, lambda: says_ok(client, url), limit_s)

    return ready


def appears(path: Path, patience_s: float = 30.0) -> Ready:
    """Ready when the child has made `path`, or still lives after `patience_s`."""

    async def ready(alive: Alive) -> None:
        with contextlib.suppress(TimeoutError):
            await _until(alive, lambda: asyncio.to_thread(path.exists), patience_s)

    return ready


async def says_ok(client: httpx.AsyncClient, url: str) -> bool:
    """Whether `url` says 200 within three seconds."""
    try:
        return (await client.get(url, timeout=3.0)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


async def _until(alive: Alive, is_so: Callable[[], Awaitable[bool]], limit_s: float) -> None:
    until = time.monotonic() + limit_s
    while not await is_so():
        if not alive():
            raise RuntimeError("it ended")
        if time.monotonic() > until:
            raise TimeoutError(f"no answer for {limit_s:.0f} s")
        await asyncio.sleep(POLL_S)
