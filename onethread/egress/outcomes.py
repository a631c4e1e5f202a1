"""Step 5: writes down how a send ended, and what follows from it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import (
    Connector,
    CredentialsRejected,
    FileRejected,
    Final,
    OptedOut,
    RateLimited,
    RecipientUnreachable,
    Retryable,
    SendError,
    TemplateRejected,
    WindowClosed,
)
from onethread.egress import accounts, files, windows
from onethread.egress.backoff import LIFETIME, LONGEST_S, retry_delay
from onethread.egress.breaker import Breaker
from onethread.storage import consent, sends
from onethread.storage.sends import Send

log = structlog.get_logger()

ECHO_WAIT_S = 30.0
"""How long an unclear send waits for the platform's echo before the platform is asked."""
DEAD_AFTER_S = 22.0
"""A row that is `sending` for longer is a dead sender's: a living one gives up after 20 s."""
_WRITE_TRIES = 6
_LONGEST_OF_ADDRESS_S = 300.0
"""One address may be told to wait longer than a whole account."""

Write = Callable[[AsyncConnection], Awaitable[None]]


async def record_error(
    engine: AsyncEngine,
    send: Send,
    error: SendError,
    gate: Breaker,
    *,
    door: Connector,
    now: float,
    chance: float,
    echo_wait_s: float = ECHO_WAIT_S,
) -> None:
    """Any other end, by the contract's tree; also tells the account's gate. Times as in `Breaker`."""
    refused = gate.refused
    match error:
        case CredentialsRejected():
            gate.refuse(now, accounts.try_again_s(type(error).__name__))
            write = partial(_stop, send=send, error=error)
        case Retryable():
            delay_s = _hear_retryable(error, gate, send.attempts, now=now, chance=chance)
            too_old = datetime.now(UTC) - send.created_at > LIFETIME
            write = partial(_retry, send=send, delay_s=delay_s, error=error, counted=True)
            if too_old:
                write = partial(_fail, send=send, error=error)
        case WindowClosed() if send.purpose != "reopening":
            gate.answered()
            write = partial(_hold, send=send, error=error, door=door)
        case FileRejected() if send.part.media:
            gate.answered()
            write = partial(files.say_link, send=send, code=error.code)
        case Final():
            gate.answered()
            write = partial(_fail, send=send, error=error)
        case _:
            gate.failed(now)
            write = partial(_doubt, send=send, error=error, echo_wait_s=echo_wait_s)
    await _write(engine, send, write)
    if refused and not gate.refused:
        await resume(engine, send)
    log.warning(
        "egress.send.failed",
        oid=send.oid,
        outcome=type(error).__name__,
        code=error.code,
        attempt=send.attempts,
        account=f"{send.address.connector}/{send.address.account}",
        account_paused=gate.open,
    )


def _hear_retryable(error: Retryable, gate: Breaker, attempt: int, *, now: float, chance: float) -> float:
    """Seconds until this row may be tried again; the gate learns of it."""
    if not isinstance(error, RateLimited):
        gate.failed(now)
        return retry_delay(attempt, chance)
    delay = retry_delay(
        attempt,
        chance,
        at_least=error.retry_after or 0.0,
        growth=error.growth,
        at_most=LONGEST_S if error.whole_account else _LONGEST_OF_ADDRESS_S,
    )
    if error.whole_account:
        gate.hold(now + delay)
    else:
        gate.answered()
    return delay


async def resume(engine: AsyncEngine, send: Send) -> None:
    """A refused account's send got a clear answer: the others may go as well."""
    account = (send.address.connector, send.address.account)
    await _write(engine, send, lambda conn: accounts.resume_account(conn, account))


async def _stop(conn: AsyncConnection, *, send: Send, error: SendError) -> None:
    await _retry(conn, send=send, delay_s=0.0, error=error, counted=False)
    account = (send.address.connector, send.address.account)
    await accounts.stop_account(conn, account, type(error).__name__, str(error))


async def _retry(
    conn: AsyncConnection, *, send: Send, delay_s: float, error: SendError, counted: bool
) -> None:
    await sends.mark_retry(conn, send, delay_s, str(error), error.code, counted=counted)


async def _doubt(conn: AsyncConnection, *, send: Send, error: SendError, echo_wait_s: float) -> None:
    await sends.mark_unknown(conn, send, echo_wait_s, str(error), error.code)


async def _hold(conn: AsyncConnection, *, send: Send, error: SendError, door: Connector) -> None:
    await windows.hold_refused(conn, door, send, error.code)


async def _fail(conn: AsyncConnection, *, send: Send, error: SendError) -> None:
    await sends.mark_failed(conn, send, str(error), error.code)
    if send.purpose == "reopening":
        await windows.ask_people(conn, send.customer_id, windows.UNASKED)
    match error:
        case RecipientUnreachable():
            await sends.mark_undeliverable(conn, send.address_id, str(error))
        case OptedOut():
            await consent.record_stop(conn, send.address_id, source="platform")
        case TemplateRejected() if send.part.template:
            account = (send.address.connector, send.address.account)
            await accounts.tell_of_template(conn, account, send.part.template.name, str(error))
        case _:
            return


async def _write(engine: AsyncEngine, send: Send, write: Write) -> None:
    """Write it down, with patience: a row left `sending` would have to be settled as unknown."""
    for attempt in range(1, _WRITE_TRIES + 1):
        try:
            async with engine.begin() as conn:
                await write(conn)
        except SQLAlchemyError as error:
            log.warning("egress.outcome.unwritten", oid=send.oid, error=type(error).__name__, attempt=attempt)
            await asyncio.sleep(min(attempt, 3))
        else:
            return
