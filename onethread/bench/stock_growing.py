"""Stock's side of `bench growth`: its REST channel, and its own tracker store in Valkey."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
import redis

from onethread.bench.growing import TEXTS, Someone, Took
from onethread.bench.histories import TALK
from onethread.bench.load import TurnFailed
from onethread.bench.rooms import CannotMeasure
from onethread.bench.servers import Server
from onethread.bench.stock import ENDPOINTS
from onethread.bench.talks import talks
from onethread.bench.weights import computed_s
from onethread.bench.wire import Wire, WireBroken
from onethread.ids import CustomerId
from onethread.supervisor.ports import LOOPBACK

_STORE = """\
tracker_store:
  type: redis
  url: {host}
  port: {port}
  db: 0
  password: {password}
"""
_PREFIX = "tracker:"
_EVERY_S = 600.0
_PATIENCE_S = 900.0

Event = dict[str, Any]


class Stocked:
    """Stock's side; turns are taken one at a time."""

    side = "stock"

    def __init__(self, store: redis.Redis) -> None:
        self._store = store
        self._wire: Wire | None = None
        self._pid = 0
        self._spoken: dict[str, int] = {}
        self._template: tuple[list[Event], list[list[Event]]] | None = None
        self._facts = next(talks(1)).facts

    async def connect(self, server: Server) -> None:
        """The running process to ask."""
        self._wire = Wire(LOOPBACK, server.port, timeout_s=_PATIENCE_S)
        self._pid = server.pid

    async def hang_up(self) -> None:
        """Ends the connection."""
        if self._wire is not None:
            await self._wire.close()

    def close(self) -> None:
        """Ends the connection to the store."""
        self._store.close()

    async def make(self, length: int) -> Someone:
        """A sender whose next message is number `length` + 1."""
        if self._template is None:
            self._template = await self._make_template()
        someone = self._new(length)
        before, turns = self._template
        picked = [turns[n if n < 2 * TALK else TALK + (n - TALK) % TALK] for n in range(length)]
        events = respaced(before, picked, time.time())
        self._store.set(_PREFIX + someone.key, orjson.dumps({"events": events, "name": someone.key}))
        self._spoken[someone.key] = length
        return someone

    async def turn(self, someone: Someone) -> Took:
        """The sender's next message through the REST channel."""
        spoken = self._spoken.get(someone.key, 0)
        self._spoken[someone.key] = spoken + 1
        body = orjson.dumps(
            {
                "sender": someone.key,
                "message": TEXTS[spoken % TALK],
                "metadata": {"onethread": self._facts},
            }
        )
        if self._wire is None:
            raise TurnFailed("stock is not connected")
        before = computed_s({"rasa": self._pid})
        began = time.perf_counter()
        try:
            answer = await self._wire.post("/webhooks/rest/webhook", body, {})
        except WireBroken as error:
            raise TurnFailed(str(error)) from error
        ms = (time.perf_counter() - began) * 1000
        after = computed_s({"rasa": self._pid})
        if answer.status != 200:
            raise TurnFailed(f"the REST channel answered {answer.status}: {answer.body[:200]!r}")
        return Took(ms, 0.0, {name: (after[name] - before[name]) * 1000 for name in after})

    async def _make_template(self) -> tuple[list[Event], list[list[Event]]]:
        someone = self._new(0)
        for _ in range(2 * TALK):
            await self.turn(someone)
        kept = self._store.get(_PREFIX + someone.key)
        if kept is None:
            raise CannotMeasure("Stock Rasa does not keep its trackers in the store it was given.")
        return split_turns(orjson.loads(kept)["events"])

    def _new(self, length: int) -> Someone:
        key = f"growth-{len(self._spoken)}"
        self._spoken[key] = 0
        return Someone(CustomerId(UUID(int=len(self._spoken))), key, length)


def open_stocked(url: str, folder: Path) -> tuple[Stocked, Path]:
    """Stock's side on this Valkey, and the endpoints file to start it with."""
    store = redis.Redis.from_url(url)
    store.config_set("maxmemory", 0)  # the house's limit is for what may be lost; a tracker may not
    parts = urlsplit(url)
    endpoints = folder / "stock-endpoints.yml"
    told = _STORE.format(host=parts.hostname, port=parts.port, password=parts.password)
    endpoints.write_text(ENDPOINTS + told, encoding="utf-8")
    return Stocked(store), endpoints


def split_turns(events: list[Event]) -> tuple[list[Event], list[list[Event]]]:
    """What stands before the first message, and then the events of each turn."""
    before: list[Event] = []
    turns: list[list[Event]] = []
    for event in events:
        if event["event"] == "user":
            turns.append([])
        (turns[-1] if turns else before).append(event)
    return before, turns


def respaced(before: list[Event], turns: list[list[Event]], now: float) -> list[Event]:
    """All events in order, each turn ten minutes after the one before, the last one five minutes ago."""
    first = now - 300.0 - len(turns) * _EVERY_S
    events = [{**event, "timestamp": first + place / 1000} for place, event in enumerate(before)]
    for number, turn in enumerate(turns, 1):
        began = turn[0]["timestamp"]
        at = first + number * _EVERY_S
        events += [{**event, "timestamp": at + event["timestamp"] - began} for event in turn]
    return events
