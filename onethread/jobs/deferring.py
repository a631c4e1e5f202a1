"""Asking for a job, in the same transaction as what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from procrastinate import App, PsycopgConnector
from procrastinate.types import JSONDict
from sqlalchemy.ext.asyncio import AsyncConnection

# Only makes the statement: it is given our connection each time and never opens one of its own.
_QUEUE = App(connector=PsycopgConnector())


async def defer(
    conn: AsyncConnection, task: str, each: Sequence[Mapping[str, str | int]], *, after_s: int = 0
) -> None:
    """One job of this task for each set of arguments, once this transaction commits.

    Arguments are ids, not content: a job reads what is true when it runs. `after_s`: not before that.
    """
    if not each:
        return
    raw = await conn.get_raw_connection()
    deferrer = _QUEUE.configure_task(
        task, connection=raw.driver_connection, schedule_in={"seconds": after_s} if after_s else None
    )
    jobs: list[JSONDict] = [{**arguments} for arguments in each]
    await deferrer.batch_defer_async(*jobs)
