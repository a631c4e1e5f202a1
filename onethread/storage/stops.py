"""Accounts that a platform refuses, for all processes to know; kept beside the cursors of jobs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.storage import arrivals

_JOB = "sending stopped"
"""`cursors.at` is when a single send may try again."""

_STOP = text(f"""
    insert into cursors (connector, account, job, at)
    values (:connector, :account, '{_JOB}', now() + make_interval(secs => :seconds))
    on conflict (connector, account, job) do update set at = greatest(cursors.at, excluded.at)
    returning xmax = 0 as fresh
""")  # noqa: S608
_LIFT = text(f"""
    delete from cursors where connector = :connector and account = :account and job = '{_JOB}'
""")  # noqa: S608
_TRY = text(f"""
    update cursors set at = now()
    where job = '{_JOB}' and connector || '/' || account = any(:accounts) and at > now()
""")  # noqa: S608
_READ = text(f"""
    select connector, account, extract(epoch from at - now())::float8 as left_s from cursors
    where job = '{_JOB}'
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Stop:
    """An account to which nothing is sent; after `left_s` (not above 0: now) a single send may try."""

    account: tuple[str, str]
    """Connector and account."""
    left_s: float


async def stop(conn: AsyncConnection, account: tuple[str, str], seconds: float) -> bool:
    """Nothing is sent for this account until a single send may try; False: it was stopped already."""
    values = {"connector": account[0], "account": account[1], "seconds": seconds}
    return bool((await conn.execute(_STOP, values)).scalar_one())


async def lift(conn: AsyncConnection, account: tuple[str, str]) -> bool:
    """The account works again; False: it was not stopped."""
    return (await conn.execute(_LIFT, {"connector": account[0], "account": account[1]})).rowcount == 1


async def try_now(conn: AsyncConnection, accounts: list[str]) -> None:
    """These accounts (`connector/account`), if stopped, may be tried: their credentials may be new."""
    await conn.execute(_TRY, {"accounts": accounts})


async def read_stops(conn: AsyncConnection) -> list[Stop]:
    """Every stopped account."""
    return [Stop((row.connector, row.account), row.left_s) for row in await conn.execute(_READ)]


async def notice(conn: AsyncConnection, account: tuple[str, str], subject: str, said: str, once: str) -> None:
    """The house's own notice about an account, among those of platforms; the same `once` is kept once."""
    row = arrivals.NewInbound(
        provider_message_id=f"house:{once}",
        address_key="",
        kind="notice",
        text=said,
        content={"subject": subject},
        answerable=False,
    )
    await arrivals.keep(conn, *account, [row], None)
