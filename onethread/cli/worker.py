"""`onethread worker`: the process that answers: lanes, senders, shop requests, timers and jobs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import structlog
from setproctitle import setproctitle

from connectors.registry import ConnectorsIncomplete
from onethread import garbage, logs
from onethread.app import House
from onethread.conversations import effects
from onethread.conversations.code_sending import CodeJobs
from onethread.conversations.lanes import Lanes
from onethread.conversations.turn import Talk
from onethread.conversations.worker import Dispatcher
from onethread.egress import sender
from onethread.egress.pace import SharedPacer
from onethread.identity.codes import Codes
from onethread.identity.linking import IdentityJobs
from onethread.identity.tokens import LinkTokens
from onethread.ingress import polling, reconciling, registering
from onethread.jobs.running import Jobs
from onethread.media.tasks import MediaJobs
from onethread.settings import Settings, SettingsError, environment
from onethread.storage.engine import AWAY

log = structlog.get_logger()

_SHRED_EVERY_S = 3_600.0


def main(argv: list[str]) -> int:
    """Run until SIGTERM or SIGINT. 0: drained; 2: settings or use are wrong."""
    if argv:
        sys.stderr.write("usage: onethread worker\n")
        return 2
    setproctitle("onethread worker")
    env = environment()
    logs.configure("worker", env=env)
    try:
        house = House.build(Settings.load(env))
    except (SettingsError, ConnectorsIncomplete) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    asyncio.run(_run(house))
    return 0


async def _run(house: House) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    garbage.settle()
    log.info("worker.process.started", slots=house.settings.lane_slots)
    if ready_file := os.environ.get("ONETHREAD_READY_FILE"):
        Path(ready_file).touch()  # noqa: ASYNC240 - once, at the start
    try:
        await work(house, stop)
    finally:
        await house.close()
        log.info("worker.process.stopped")


async def work(house: House, stop: asyncio.Event) -> None:
    """Everything a worker does, until `stop`; returns when what was begun is finished."""
    talk = talk_of(house)
    lanes = Lanes(house.engines.lanes, talk, quiet_s=house.settings.quiet)
    dispatcher = Dispatcher(
        house.engines.lanes,
        lanes,
        house.connectors,
        slots=house.settings.lane_slots,
        phone_links=house.settings.phone_links,
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(dispatcher.run(stop), name="lanes")
        group.create_task(sender.run(house, stop, pacer=SharedPacer(house.valkey)), name="senders")
        group.create_task(effects.run(house.engines.lanes, talk, house.shop, stop), name="effects")
        group.create_task(_shred_bodies(house, stop), name="bodies")
        group.create_task(registering.run(house.connectors, stop), name="registering")
        group.create_task(
            polling.run(house.engines.senders, house.vault, house.connectors, stop), name="polling"
        )
        group.create_task(
            reconciling.run(house.engines.senders, house.vault, house.connectors, stop), name="reconciling"
        )
        group.create_task(jobs_of(house).run(stop), name="jobs")


def jobs_of(house: House) -> Jobs:
    """Every task that may be deferred in this house."""
    jobs = Jobs(house.settings.database_url)
    MediaJobs(
        engine=house.engines.senders,
        connectors=house.connectors,
        library=house.library,
        fetcher=house.fetcher,
        fanout=house.fanout,
        days=house.settings.media_days,
    ).register(jobs)
    IdentityJobs(house.engines.senders, house.fanout).register(jobs)
    CodeJobs(
        engine=house.engines.senders,
        connectors=house.connectors,
        texts=house.texts,
        codes=Codes(house.settings.secret_key.get_secret_value()),
        fanout=house.fanout,
        default_language=house.settings.default_language,
    ).register(jobs)
    return jobs


def talk_of(house: House) -> Talk:
    """What turns are made with in this house."""
    return Talk(
        connectors=house.connectors,
        texts=house.texts,
        rasa=house.rasa,
        fanout=house.fanout,
        default_language=house.settings.default_language,
        session_idle=house.session_idle,
        deadline_s=house.settings.turn_deadline_s,
        phone_links=house.settings.phone_links,
        tokens=LinkTokens(house.settings.secret_key.get_secret_value()),
        codes=Codes(house.settings.secret_key.get_secret_value()),
    )


async def _shred_bodies(house: House, stop: asyncio.Event) -> None:
    """Once an hour destroy the keys of raw bodies older than seven days."""
    while not stop.is_set():
        try:
            async with house.engines.lanes.begin() as conn:
                gone = await house.vault.shred(conn)
            if gone:
                log.info("ingress.keys.destroyed", days=gone)
        except AWAY as error:
            log.warning("ingress.keys.kept", error=type(error).__name__)
        try:
            await asyncio.wait_for(stop.wait(), _SHRED_EVERY_S)
        except TimeoutError:
            continue
