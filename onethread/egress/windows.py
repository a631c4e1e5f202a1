"""Step 5, too late for free text: the answer is held, and the customer is asked to write, or a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Connector, OutboundMessage, Part, Reopens
from onethread.egress.breaker import Account
from onethread.ids import CustomerId, MessageId
from onethread.storage import outbox, pages, threads, windows
from onethread.storage.conversations import set_owner
from onethread.storage.sends import Send
from onethread.storage.windows import Window

log = structlog.get_logger()

CLOSED = "the 24-hour window closed before the answer left"
"""Why a person is asked, and why a message waits."""
UNASKED = "the 24-hour window is closed and its template could not be sent"
_BUSY_S = 1.0


async def hold_closed(
    conn: AsyncConnection, connectors: Mapping[Account, Connector], closed: Sequence[Send], now: datetime
) -> None:
    """Rows of one claim, whose window our own books say is closed; in the claim's transaction."""
    found = await windows.lock_windows(conn, [send.address_id for send in closed])
    for send in sorted(closed, key=lambda send: (send.customer_id, send.id)):
        door = connectors[send.address.connector, send.address.account]
        opens = now - timedelta(seconds=door.capabilities.window_s or 0.0)
        await _hold(conn, door, send, found.get(send.address_id), opens, code=None)


async def hold_refused(
    conn: AsyncConnection, door: Connector, send: Send, code: str | None, *, reason: str = CLOSED
) -> None:
    """A row that the platform refused, now or in a receipt: it knows better than our books."""
    found = await windows.lock_windows(conn, [send.address_id])
    since = send.sending_since or datetime.now(UTC)
    await _hold(conn, door, send, found.get(send.address_id), since, code=code, reason=reason)


async def ask_people(conn: AsyncConnection, customer_id: CustomerId, reason: str) -> None:
    """Nothing more can be done by machine; a person who has the conversation sees the message held."""
    await set_owner(conn, customer_id, "queue", reason=reason, expected=("bot",))


async def _hold(
    conn: AsyncConnection,
    door: Connector,
    send: Send,
    window: Window | None,
    since: datetime,
    *,
    code: str | None,
    reason: str = CLOSED,
) -> None:
    """`window` None: a turn is at it, and may be about to open it; a message after `since` did."""
    if window is None or (window.heard_at and window.heard_at > since):
        await windows.put_back(conn, send.id, _BUSY_S if window is None else 0.0)
        return
    if not await windows.hold(conn, send.id, reason, code):
        return
    asks = door.reopening if isinstance(door, Reopens) else None
    log.warning("egress.window.closed", oid=send.oid, code=code, template=asks is not None)
    if asks is None:
        await ask_people(conn, send.customer_id, CLOSED)
    elif not window.asked:
        await _ask_customer(conn, window, asks)


async def _ask_customer(conn: AsyncConnection, window: Window, asks: OutboundMessage) -> None:
    """Queue the template, once for each time a window closes; people read its words in the thread."""
    message = threads.NewMessage(
        id=MessageId(uuid4()),
        direction="out",
        author="house",
        text=asks.text,
        address_id=window.address_id,
        channel=window.channel,
    )
    await pages.append(conn, window.customer_id, [message])
    await outbox.enqueue(
        conn,
        customer_id=window.customer_id,
        address_id=window.address_id,
        message_id=message.id,
        turn_id=None,
        purpose="reopening",
        parts=[Part(text=asks.text, template=asks.template)],
    )
