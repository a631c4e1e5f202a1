"""Step 5: sends what waits in the outbox, one message at a time per address, each with one clear end."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import Connector, OutcomeUnknown, RateLimited, SendError
from onethread.crashpoints import crash_at
from onethread.egress import windows
from onethread.egress.accounts import AccountWatch
from onethread.egress.breaker import Account, Breaker, Gates
from onethread.egress.outcomes import ECHO_WAIT_S, record_error, resume
from onethread.egress.pace import LocalPacer, Pacer, Turn
from onethread.egress.receipts import AGAIN_S, ReceiptApplier
from onethread.egress.unknowns import UnknownResolver
from onethread.ids import CustomerId, OutboxId
from onethread.storage import outbox, sends
from onethread.storage.notifications import listen

log = structlog.get_logger()

SLOTS = 16
_POLL_S = 1.0
_GATHER_S = 0.015
"""Between two claims: what is queued meanwhile goes along."""
_PAUSE_S = 2.0
_DRAIN_S = 20.0
_FINISH_TRIES = 6

Connectors = Mapping[Account, Connector]
Announce = Callable[[CustomerId], None]
Taken = tuple[sends.Send, str]
"""What a platform took, and its id there."""


class _Engines(Protocol):
    @property
    def senders(self) -> AsyncEngine: ...


class _Fanout(Protocol):
    def thread(self, customer_id: CustomerId, /) -> None: ...


class House(Protocol):
    """What egress needs of the composition root."""

    @property
    def engines(self) -> _Engines: ...
    @property
    def connectors(self) -> Connectors: ...
    @property
    def fanout(self) -> _Fanout: ...


async def run(
    house: House,
    stop: asyncio.Event,
    *,
    pacer: Pacer | None = None,
    echo_wait_s: float = ECHO_WAIT_S,
    again_s: float = AGAIN_S,
) -> None:
    """Send, hear receipts and settle unclear sends until `stop`; then finish what is on its way (<= 20 s).

    `pacer` None: this process keeps the pace by itself. `echo_wait_s`: how long an unclear send waits for the
    platform's echo before the platform is asked; `again_s`: how long what was not delivered for a passing
    reason waits until it is sent once more.
    """
    engine, announce = house.engines.senders, house.fanout.thread
    to_send = asyncio.Event()
    gates = {account: Breaker() for account in house.connectors}
    sender = Sender(
        engine, house.connectors, gates, announce, pacer=pacer or LocalPacer(), echo_wait_s=echo_wait_s
    )
    loops = (
        listen(engine, {outbox.NOTIFY: to_send}),
        ReceiptApplier(engine, house.connectors, gates, announce, again_s=again_s).run(),
        AccountWatch(engine, gates, to_send).run(),
        UnknownResolver(
            engine, house.connectors, gates, announce, mine=sender.mine, echo_wait_s=echo_wait_s
        ).run(),
    )
    async with asyncio.TaskGroup() as group:
        others = [group.create_task(loop) for loop in loops]
        await sender.run(stop, to_send)
        for other in others:
            other.cancel()


class Sender:
    """Claims heads of addresses and sends them, `slots` at a time.

    Several senders may run on one database: a row is one sender's from its claim on.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        connectors: Connectors,
        gates: Gates,
        announce: Announce,
        *,
        pacer: Pacer,
        slots: int = SLOTS,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        echo_wait_s: float = ECHO_WAIT_S,
    ) -> None:
        self._engine = engine
        self._connectors = connectors
        self._announce = announce
        self._slots = slots
        self._clock = clock
        self._chance = chance
        self._echo_wait_s = echo_wait_s
        self._gates = gates
        self._pacer = pacer
        self._again_at = math.inf
        self._on_the_way: dict[asyncio.Task[None], OutboxId] = {}
        self._taken: list[Taken] = []
        """Marked together, in the transaction of the next claim.

        Not what would be sent again if this process died before: that is marked by itself, at once.
        """

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Until `stop`. `wake` may be set at any time to look at once."""
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: wake.set())
        try:
            while not stop.is_set():
                wake.clear()
                claimed_at = self._clock()
                if not await self._start_due(wake):
                    await _wait(wake, self._pause_s())
                await asyncio.sleep(claimed_at + _GATHER_S - self._clock())
        finally:
            stopping.cancel()
            if self._on_the_way:
                await asyncio.wait(self._on_the_way, timeout=_DRAIN_S)
            await self._finish()

    def mine(self) -> set[OutboxId]:
        """What is on its way, or was taken and is not marked yet."""
        return {*self._on_the_way.values(), *(send.id for send, _ in self._taken)}

    async def _start_due(self, wake: asyncio.Event) -> bool:
        """Start what may start now; whether anything was found."""
        try:
            claimed = await self._claim()
            going = await self._keep_pace(claimed)
        except SQLAlchemyError as error:
            log.warning("egress.claim.failed", error=type(error).__name__)
            await asyncio.sleep(_PAUSE_S)
            return False
        for send in claimed:
            if send.status != "sending":
                log.info("egress.send.withheld", oid=send.oid, status=send.status)
                self._announce(send.customer_id)
        for send in going:
            self._gates[_account(send)].started()
            task = asyncio.create_task(self._deliver(send))
            self._on_the_way[task] = send.id
            task.add_done_callback(self._on_the_way.pop)
            task.add_done_callback(lambda _: wake.set())
        return bool(claimed)

    def _pause_s(self) -> float:
        """How long nothing can be due, at most as long as a word from the database may go missing."""
        now = self._clock()
        if self._again_at <= now:
            self._again_at = math.inf
        held = (gate.held_until for gate in self._gates.values() if gate.held_until > now)
        return min(_POLL_S, self._again_at - now, *(until - now for until in held))

    async def _claim(self) -> list[sends.Send]:
        free, now = self._slots - len(self._on_the_way), self._clock()
        ready = {account: gate for account, gate in self._gates.items() if gate.room(now, free) > 0}
        whole = [account for account, gate in ready.items() if not gate.open]
        probes = [account for account, gate in ready.items() if gate.open]
        claimed: list[sends.Send] = []
        if not ready and not self._taken:
            return claimed
        async with self._engine.begin() as conn:
            taken = await self._mark_taken(conn)
            if whole:
                claimed += await sends.claim(conn, self._windows(whole), free, closed=windows.CLOSED)
            for account in probes[: max(0, free - len(claimed))]:
                claimed += await sends.claim(conn, self._windows([account]), 1, closed=windows.CLOSED)
            closed = [send for send in claimed if send.status == "held"]
            if closed:
                await windows.hold_closed(conn, self._connectors, closed, datetime.now(UTC))
            for send in claimed:
                if send.status == "failed" and send.purpose == "reopening":
                    await windows.ask_people(conn, send.customer_id, windows.UNASKED)
        del self._taken[: len(taken)]
        self._tell(taken)
        return claimed

    async def _mark_taken(self, conn: AsyncConnection) -> list[Taken]:
        """Before anything is claimed: an address's next row waits for it. What was marked."""
        taken = list(self._taken)
        if taken:
            await sends.mark_sent(conn, {send.id: provider_id for send, provider_id in taken})
        return taken

    async def _mark_now(self, taken: Taken) -> bool:
        send, provider_id = taken
        try:
            await sends.mark_sent(self._engine, {send.id: provider_id})
        except SQLAlchemyError as error:
            log.warning("egress.outcome.unwritten", oid=send.oid, error=type(error).__name__, attempt=0)
            return False
        self._tell([taken])
        return True

    def _tell(self, marked: Sequence[Taken]) -> None:
        """The transaction that marked these is committed."""
        for send, _ in marked:
            log.info("egress.send.sent", oid=send.oid, attempt=send.attempts)
            self._announce(send.customer_id)

    async def _finish(self) -> None:
        """Mark what was taken last, with patience: a row left `sending` has to be settled as unknown."""
        for attempt in range(_FINISH_TRIES):
            try:
                async with self._engine.begin() as conn:
                    marked = await self._mark_taken(conn)
            except SQLAlchemyError as error:
                log.warning("egress.outcome.unwritten", error=type(error).__name__, attempt=attempt)
                await asyncio.sleep(min(attempt, 3))
            else:
                del self._taken[: len(marked)]
                self._tell(marked)
                return

    async def _keep_pace(self, claimed: Sequence[sends.Send]) -> list[sends.Send]:
        """Those whose turn it is; the others go back to the queue, untried, and others flow meanwhile."""
        by_account: dict[Account, list[sends.Send]] = {}
        for send in claimed:
            if send.status == "sending":
                by_account.setdefault(_account(send), []).append(send)
        going: list[sends.Send] = []
        delays: dict[OutboxId, float] = {}
        for account, rows in by_account.items():
            for send, turn in zip(rows, await self._turns(account, rows), strict=True):
                if turn.wait_s:
                    delays[send.id] = turn.wait_s
                else:
                    going.append(send)
        if delays:
            self._again_at = min(self._again_at, self._clock() + min(delays.values()))
            try:
                async with self._engine.begin() as conn:
                    await sends.put_off(conn, delays)
            except SQLAlchemyError as error:
                # They look like a dead sender's, and are found as such.
                log.warning("egress.pace.unwritten", error=type(error).__name__)
        return going

    async def _turns(self, account: Account, rows: Sequence[sends.Send]) -> list[Turn]:
        limits = self._connectors[account].capabilities
        if limits.pace is None and limits.address_pace is None:
            return [Turn()] * len(rows)
        addresses = [send.address_id for send in rows]
        turns = await self._pacer.take(account, limits.pace, addresses, limits.address_pace)
        wait_s = max(turn.account_s for turn in turns)
        if wait_s:
            # Until some more may go at once: one at a time would be a claim for each.
            more_s = limits.pace.every_s * limits.pace.burst / 2 if limits.pace else 0.0
            self._gates[account].pace(self._clock() + wait_s + more_s)
        return turns

    def _windows(self, accounts: Iterable[Account]) -> dict[str, float | None]:
        return {"/".join(account): self._connectors[account].capabilities.window_s for account in accounts}

    async def _deliver(self, send: sends.Send) -> None:
        account = _account(send)
        crash_at("sender.before_request")
        try:
            sent = await self._connectors[account].send(send.address, send.part, oid=send.oid)
        except SendError as error:
            await self._record(send, error)
        except Exception as error:
            # A door that breaks its promise must not stop the others, and may have sent.
            log.exception("egress.connector.broken", connector=account[0], oid=send.oid)
            await self._record(send, OutcomeUnknown(f"the connector failed ({type(error).__name__})"))
        else:
            crash_at("sender.after_accept")
            gate = self._gates[account]
            refused = gate.refused
            gate.answered()
            taken = (send, sent.provider_message_id)
            at_once = self._connectors[account].capabilities.resend_when_unknown
            if not (at_once and await self._mark_now(taken)):
                self._taken.append(taken)
            if refused:
                await resume(self._engine, send)
            return
        self._announce(send.customer_id)

    async def _record(self, send: sends.Send, error: SendError) -> None:
        account, now = _account(send), self._clock()
        await record_error(
            self._engine,
            send,
            error,
            self._gates[account],
            door=self._connectors[account],
            now=now,
            chance=self._chance(),
            echo_wait_s=self._echo_wait_s,
        )
        if isinstance(error, RateLimited) and error.whole_account:
            await self._pacer.hold(account, self._gates[account].held_until - now)


def _account(send: sends.Send) -> Account:
    return send.address.connector, send.address.account


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        return
