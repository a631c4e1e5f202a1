"""The worker's dispatcher: hears of new messages, gives each due lane a slot, drains when told to stop."""

from __future__ import annotations

import asyncio
import contextlib

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


class Dispatcher:
    """At most `slots` lanes run in this process at once; a lane never runs twice at the same time."""

    def __init__(
        self,
        engine: AsyncEngine,
        lanes: Lanes,
        connectors: Connectors,
        *,
        slots: int,
        phone_links: PhoneLinks = "link",
    ) -> None:
        self._engine = engine
        self._lanes = lanes
        self._connectors = connectors
        self._slots = slots
        self._phone_links = phone_links
        self._running: dict[CustomerId, asyncio.Task[None]] = {}
        self._heard: set[CustomerId] = set()
        """Lanes found due while they ran: their last look may have been before that."""
        self._full = False
        """More was due than there were slots."""
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
        free = self._slots - len(self._running)
        self._full = free <= 0
        if self._full:
            return  # the next lane to finish wakes us
        due = await due_lanes(self._engine, self._connectors, limit=len(self._running) + 2 * free)
        for lane in due:
            if lane.customer_id in self._running:
                self._heard.add(lane.customer_id)
                continue
            if len(self._running) >= self._slots:
                self._full = True
                return
            customer_id = await resolve(self._engine, self._connectors, lane, phone_links=self._phone_links)
            if customer_id not in self._running:
                self._start(customer_id)

    def _start(self, customer_id: CustomerId) -> None:
        task = asyncio.create_task(
            self._lanes.work(customer_id, more=lambda: not self._stopping), name=f"lane {customer_id}"
        )
        self._running[customer_id] = task
        task.add_done_callback(lambda done: self._finished(customer_id, done))

    def _finished(self, customer_id: CustomerId, task: asyncio.Task[None]) -> None:
        self._running.pop(customer_id, None)
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
