"""Opens Postgres: one pool each for web, lanes and senders, so that none can starve another."""

from __future__ import annotations

import select
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

AWAY = (OperationalError, InterfaceError, TimeoutError, psycopg.OperationalError, psycopg.InterfaceError)
"""What is raised when the database cannot serve now; anything else is a fault of ours."""

_CONNECT_S = 5
_STATEMENT_MS = 5_000
_LOCK_MS = 2_000
_TCP_USER_TIMEOUT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Engines:
    """The pools of one process; each opens connections only when first used."""

    web: AsyncEngine
    lanes: AsyncEngine
    senders: AsyncEngine

    async def close(self) -> None:
        """Close every connection."""
        for engine in (self.web, self.lanes, self.senders):
            await engine.dispose()


def database_url(url: str) -> URL:
    """The configured URL with our driver in it; host may be a socket folder in the query."""
    return make_url(url).set(drivername="postgresql+psycopg")


# The statements of a message are constant and meant for any of its values: planned once a connection, not ten
# times before Postgres settles for one plan, which took a tenth of its processor in a busy new house.
_ONE_PLAN: dict[str, int | str] = {"plan_cache_mode": "force_generic_plan"}


def open_engines(url: str, *, lane_slots: int, turn_deadline_s: float) -> Engines:
    """Pools for `url`. A lane's transaction left idle for 1.5 turn deadlines is ended by Postgres itself."""
    reap_ms = int(turn_deadline_s * 1_500)
    return Engines(
        web=_open(url, name="web", size=16),
        # Beside the slots: the dispatcher's look-ups and a timer.
        lanes=_open(
            url,
            name="lanes",
            size=lane_slots + 2,
            session={"idle_in_transaction_session_timeout": reap_ms, **_ONE_PLAN},
        ),
        senders=_open(url, name="senders", size=8, session=_ONE_PLAN),
    )


def _open(url: str, *, name: str, size: int, session: dict[str, int | str] | None = None) -> AsyncEngine:
    settings = {"statement_timeout": _STATEMENT_MS, "lock_timeout": _LOCK_MS, **(session or {})}
    engine = create_async_engine(
        database_url(url),
        pool_size=size,
        # Any above would be closed at once when given back: 5 ms for each use, and nothing prepared on it.
        max_overflow=0,
        pool_use_lifo=True,
        pool_timeout=_CONNECT_S,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "prepare_threshold": 0,  # at first use
            "application_name": f"onethread {name}",
            "connect_timeout": _CONNECT_S,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": _TCP_USER_TIMEOUT_MS,
            "options": " ".join(f"-c {key}={value}" for key, value in settings.items()),
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_dead)
    return engine


def _refuse_dead(connection: Any, _record: object, _fairy: object) -> None:
    """Have the pool replace its connections when Postgres hung up on this one.

    A look at the socket in place of a statement at every checkout: while nobody uses a connection nothing is
    to be read there but its end, or a word of the server's own, and then a statement tells which it is.
    """
    waiting = select.poll()
    try:
        waiting.register(connection.driver_connection.fileno(), select.POLLIN)
        if waiting.poll(0):
            connection.cursor().execute("select 1")
            connection.rollback()
    except psycopg.Error as error:
        raise InvalidatePoolError from error
