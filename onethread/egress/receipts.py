"""Step 5, afterwards: applies what platforms say became of a message; only ever forward."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import OptedOut, ReceiptStatus, RecipientUnreachable
from onethread.egress.breaker import Gates
from onethread.ids import AddressId, CustomerId, OutboxId
from onethread.storage import consent, receipts, sends
from onethread.storage.receipts import Heard

log = structlog.get_logger()

_BATCH = 500
_POLL_S = 1.0
_PAUSE_S = 2.0
# Nobody had answered for these: their receipt is the answer, and a sign of life.
_UNSETTLED = frozenset({"sending", "unknown"})
_RANKS = {status: rank for rank, status in enumerate(ReceiptStatus)}


def furthest(heard: Iterable[Heard]) -> dict[OutboxId, Heard]:
    """The receipt that counts for each row: the highest in rank, in whatever order they came."""
    best: dict[OutboxId, Heard] = {}
    for receipt in heard:
        known = best.get(receipt.outbox_id)
        if known is None or _RANKS[receipt.status] > _RANKS[known.status]:
            best[receipt.outbox_id] = receipt
    return best


class ReceiptApplier:
    """Works off parked receipts; several may run on one database."""

    def __init__(self, engine: AsyncEngine, gates: Gates, announce: Callable[[CustomerId], None]) -> None:
        self._engine = engine
        self._gates = gates
        self._announce = announce

    async def run(self, wake: asyncio.Event) -> None:
        """Until cancelled."""
        while True:
            wake.clear()
            try:
                heard = await self.apply()
            except SQLAlchemyError as error:
                log.warning("egress.receipts.failed", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
                continue
            if heard < _BATCH:
                await _wait(wake)

    async def apply(self) -> int:
        """One batch, in one transaction; how many receipts it took."""
        async with self._engine.begin() as conn:
            heard = await receipts.take_receipts(conn, _BATCH)
            if not heard:
                return 0
            best = furthest(heard)
            moved = await receipts.move_forward(conn, best)
            for row in moved:
                await _follow(conn, row.address_id, best[row.outbox_id])
            await receipts.mark_applied(conn, [receipt.id for receipt in heard])
        for row in moved:
            gate = self._gates.get(best[row.outbox_id].account)
            if gate and row.was in _UNSETTLED:
                gate.answered()
        for customer_id in {row.customer_id for row in moved}:
            self._announce(customer_id)
        return len(heard)


async def _follow(conn: AsyncConnection, address_id: AddressId, receipt: Heard) -> None:
    """What a failure heard afterwards means for the address; other actions are for the next send to find."""
    if receipt.status is not ReceiptStatus.FAILED:
        return
    log.warning("egress.receipt.failed", code=receipt.error, action=receipt.error_action)
    if receipt.error_action == RecipientUnreachable.__name__:
        await sends.mark_undeliverable(conn, address_id, f"the platform said so later (code {receipt.error})")
    elif receipt.error_action == OptedOut.__name__:
        await consent.record_stop(conn, address_id, source="platform")


async def _wait(wake: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_POLL_S):
            await wake.wait()
    except TimeoutError:
        return
