"""The worker's dispatcher: hears of new messages, gives each due lane a slot, drains when told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from onethread.conversations.lanes import Lanes
from onethread.conversations.say import Connectors
from onethread.identity.resolve import PhoneLinks, resolve
from onethread.ids import CustomerId
from onethread.storage.engine import AWAY
from onethread.storage.inbox import NOTIFY, due_lanes
from onethread.storage.notifications import listen

log = structlog.get_logger()

DRAIN_S = 20.0
_POLL_S = 1.0
BUSY = max(4, 3 * (os.cpu_count() or 1))
"""How many lanes are worked on at once: more only take the processor from each other (ADR 0024)."""
_WAITING_AFTER_S = 0.3
"""A lane that takes longer most likely waits for somebody, as for a hung action: it is busy no more."""


class Dispatcher:
    """At most `slots` lanes run in this process at once, at most `busy` of them new ones.

    A lane never runs twice at the same time.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        lanes: Lanes,
        connectors: Connectors,
        *,
        slots: int,
        busy: int = BUSY,
        phone_links: PhoneLinks = "link",
    ) -> None:
        self._engine = engine
        self._lanes = lanes
        self._connectors = connectors
        self._slots = slots
        self._busy = busy
        self._phone_links = phone_links
        self._running: dict[CustomerId, asyncio.Task[None]] = {}
        self._new: dict[CustomerId, asyncio.TimerHandle] = {}
        self._heard: set[CustomerId] = set()
        """Lanes found due while they ran: their last look may have been before that."""
        self._full = False
        """More was due than there was room for."""
        self._wake = asyncio.Event()
        self._stopping = False

    async def run(self, stop: asyncio.Event) -> None:
        """Answer messages until `stop`; then let the running turns finish (<= 20 s)."""
        listener = asyncio.create_task(listen(self._engine, {NOTIFY: self._wake}), name="inbox listener")
        stopper = asyncio.create_task(self._wake_at(stop), name="inbox stop")
        try:
            while not stop.is_set():
                self._wake.clear()
                try:
                    await self._start_due()
                except AWAY as error:
                    log.warning("lanes.database.away", error=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _POLL_S)
        finally:
            self._stopping = True
            listener.cancel()
            stopper.cancel()
            await asyncio.gather(listener, stopper, return_exceptions=True)
            await self._drain()

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _start_due(self) -> None:
        free = self._room()
        self._full = free <= 0
        if self._full:
            return  # the next lane to finish, or to wait for somebody, wakes us
        due = await due_lanes(self._engine, self._connectors, limit=len(self._running) + 2 * free)
        for lane in due:
            if lane.customer_id in self._running:
                self._heard.add(lane.customer_id)
                continue
            if self._room() <= 0:
                self._full = True
                return
            customer_id = await resolve(self._engine, self._connectors, lane, phone_links=self._phone_links)
            if customer_id not in self._running:
                self._start(customer_id)

    def _room(self) -> int:
        return min(self._slots - len(self._running), self._busy - len(self._new))

    def _start(self, customer_id: CustomerId) -> None:
        task = asyncio.create_task(
            self._lanes.work(customer_id, more=lambda: not self._stopping), name=f"lane {customer_id}"
        )
        self._running[customer_id] = task
        self._new[customer_id] = asyncio.get_running_loop().call_later(
            _WAITING_AFTER_S, self._waits, customer_id
        )
        task.add_done_callback(lambda done: self._finished(customer_id, done))

    def _waits(self, customer_id: CustomerId) -> None:
        self._new.pop(customer_id, None)
        if self._full:
            self._wake.set()

    def _finished(self, customer_id: CustomerId, task: asyncio.Task[None]) -> None:
        self._running.pop(customer_id, None)
        if (timer := self._new.pop(customer_id, None)) is not None:
            timer.cancel()
        heard = customer_id in self._heard
        self._heard.discard(customer_id)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("lane.worker.broke", customer_id=str(customer_id), exc_info=error)
            return  # the poll tries again; at once would be for ever
        if heard or self._full:
            self._wake.set()

    async def _drain(self) -> None:
        running = list(self._running.values())
        if not running:
            return
        log.info("lanes.drain.started", lanes=len(running))
        _, late = await asyncio.wait(running, timeout=DRAIN_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        log.info("lanes.drain.finished", cut_off=len(late))
