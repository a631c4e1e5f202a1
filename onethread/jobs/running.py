"""Doing jobs: tried again with back-off, given back when their worker dies, forgotten when done."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException, JobAborted
from procrastinate.jobs import DeleteJobCondition, Job, Status

log = structlog.get_logger()

_SLOTS = 4
_DRAIN_S = 20.0
_AWAY_S = 1.0
_SAYS_S = 3.0
_SILENT_S = 10.0
"""A worker that has said nothing for so long is dead; it says something each `_SAYS_S`."""
_LIVES = 10
"""A job that was running each time its worker died is given up."""
_FAILED_KEPT_HOURS = 30 * 24


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which try of a job this is, from 1; a fault in the `last` is final."""

    number: int
    last: bool


Task = Callable[..., Awaitable[None]]
"""Called with the attempt and the job's arguments; runs twice for a job whose worker died at its end."""


class BackOff(BaseRetryStrategy):
    """Whatever went wrong, try again after 10 s, 40 s, 160 s .. at most an hour, `tries` times in all."""

    def __init__(self, tries: int) -> None:
        self.tries = tries

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, (JobAborted, asyncio.CancelledError)):
            return RetryDecision(retry_at=datetime.now(UTC))  # cut off by a stop: the next worker does it
        if job.attempts + 1 >= self.tries:
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=delay_s(job.attempts)))


def delay_s(attempts: int) -> float:
    """How long to wait after so many earlier attempts."""
    return float(min(10 * 4 ** min(attempts, 6), 3_600))


class Jobs:
    """The tasks of one house, and this process's share in doing them."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._app = App(connector=self._connector())
        self.every("jobs.give_back", "* * * * * */10", self._give_back)
        self.every("jobs.forget", "23 4 * * *", self._forget)

    def task(self, name: str, run: Task, *, tries: int = 7) -> None:
        """What to do for jobs of this name."""

        async def call(context: JobContext, /, **arguments: Any) -> None:
            number = context.job.attempts + 1
            await run(Attempt(number, last=number >= tries), **arguments)

        self._app.task(name=name, pass_context=True, retry=BackOff(tries))(call)

    def every(self, name: str, cron: str, run: Callable[[], Awaitable[None]]) -> None:
        """What one worker of all does on a schedule (minute hour day month weekday [second], UTC)."""

        async def call(timestamp: int) -> None:
            await run()

        self._app.periodic(cron=cron)(self._app.task(name=name)(call))

    async def run(self, stop: asyncio.Event) -> None:
        """Do jobs until `stop`; what was begun may end (<= 20 s), else the next worker does it again."""
        stopped = asyncio.create_task(stop.wait(), name="jobs stop")
        try:
            while not stop.is_set():
                try:
                    await self._work(stopped)
                except (ConnectorException, psycopg.Error, OSError) as error:
                    log.warning("jobs.database.away", error=type(error).__name__)
                await asyncio.wait({stopped}, timeout=_AWAY_S)
        finally:
            stopped.cancel()

    async def _work(self, stopped: asyncio.Task[bool]) -> None:
        working = asyncio.create_task(self._serve(), name="jobs worker")
        try:
            await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            working.cancel()  # drains
            with contextlib.suppress(asyncio.CancelledError):
                await working

    async def _serve(self) -> None:
        connector = self._connector()  # a new one each time: one that could not open stays shut
        try:
            with self._app.replace_connector(connector) as app:
                await connector.open_async()
                await app.run_worker_async(
                    concurrency=_SLOTS,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=_DRAIN_S,
                    delete_jobs=DeleteJobCondition.SUCCESSFUL,
                    update_heartbeat_interval=_SAYS_S,
                    stalled_worker_timeout=_SILENT_S,
                )
        finally:
            await connector.close_async()

    def _connector(self) -> PsycopgConnector:
        return PsycopgConnector(
            conninfo=self._url,
            min_size=1,
            max_size=_SLOTS + 1,
            timeout=5.0,
            kwargs={"application_name": "onethread jobs", "connect_timeout": 5},
        )

    async def _give_back(self) -> None:
        await give_back(self._app)

    async def _forget(self) -> None:
        await self._app.job_manager.delete_old_jobs(
            nb_hours=_FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )


async def give_back(app: App, *, silent_s: float = _SILENT_S) -> int:
    """Jobs whose worker died are to be done again; tells how many."""
    given = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_s):
        with contextlib.suppress(ConnectorException):  # somebody else was quicker
            if job.attempts + 1 < _LIVES:
                await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
            else:
                await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
            given += 1
            log.warning("jobs.job.given_back", task=job.task_name, job=job.id, attempts=job.attempts)
    return given
