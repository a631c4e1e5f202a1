"""What is started, in which order, as data: read `make_plan` to know what an instance is made of."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from onethread.settings import ROOT
from onethread.supervisor.instance import Instance, bot_python, house_command
from onethread.supervisor.launch import Launch
from onethread.supervisor.postgres import EmbeddedPostgres
from onethread.supervisor.process import Part
from onethread.supervisor.readiness import Alive, answers, appears
from onethread.supervisor.valkey import EmbeddedValkey

DATABASE = "database"
"""Milestone: the database answers (its own process is ready, or it is a managed one)."""
MIGRATED = "migrated"
"""Milestone: the database is at this version."""
MODEL = "model"
"""Milestone: there is a model to load."""

_WORKER_GRACE_S = 25.0
"""Seconds a worker gets to finish its running turns."""


@dataclass(frozen=True, slots=True)
class Start:
    """One part, the parts and milestones it waits for, and when it is stopped: lower ranks go first."""

    part: Part
    after: tuple[str, ...]
    stop_rank: int


def make_plan(instance: Instance, client: httpx.AsyncClient) -> tuple[Start, ...]:
    """All parts of an instance. The client is used for questions to its processes."""
    house = _HouseParts(instance, client)
    stores = []
    valkey: tuple[str, ...] = ()
    if instance.has_own_postgres:
        stores.append(Start(_postgres(instance), after=(), stop_rank=3))
    if instance.has_own_valkey:
        stores.append(Start(_valkey(instance), after=(), stop_rank=3))
        valkey = ("valkey",)
    rasa = [
        Start(_rasa(instance, client, number), after=(MODEL,), stop_rank=1)
        for number in range(len(instance.rasa_ports))
    ]
    workers = [
        Start(house.worker(number), after=(MIGRATED, *valkey), stop_rank=0)
        for number in range(instance.options.workers)
    ]
    return (
        *stores,
        *rasa,
        Start(house.actions(), after=(DATABASE,), stop_rank=1),
        *workers,
        Start(house.web(), after=(MIGRATED, *valkey), stop_rank=0),
        *([Start(house.simulator(), after=(), stop_rank=0)] if instance.has_simulator else []),
    )


def _postgres(instance: Instance) -> Part:
    server = EmbeddedPostgres(instance.options.data_dir / "postgres")

    def prepare() -> Launch:
        server.prepare()
        instance.database_url = server.url
        return server.launch()

    async def ready(alive: Alive) -> None:
        await asyncio.to_thread(server.wait_ready, alive)

    return Part("postgres", prepare, ready)


def _valkey(instance: Instance) -> Part:
    server = EmbeddedValkey(instance.options.data_dir / "valkey")

    def prepare() -> Launch:
        server.prepare()
        instance.redis_url = server.url
        return server.launch()

    async def ready(alive: Alive) -> None:
        await asyncio.to_thread(server.wait_ready, alive)

    return Part("valkey", prepare, ready)


def _rasa(instance: Instance, client: httpx.AsyncClient, number: int) -> Part:
    url, port = instance.rasa_urls[number], instance.rasa_ports[number]

    def prepare() -> Launch:
        env = instance.child_env()
        if instance.model is not None:
            env["ONETHREAD_MODEL"] = str(instance.model)
        argv = (bot_python(), str(ROOT / "bot" / "server.py"), "--port", str(port))
        return Launch(argv, env=env, cwd=ROOT)

    async def ready(alive: Alive) -> None:
        """It must answer soon; for a model that it can load it may have to wait for the training."""
        await answers(client, f"{url}/health")(alive)
        await answers(client, f"{url}/ready", limit_s=math.inf)(alive)

    async def beat() -> None:
        await client.get(f"{url}/health")

    return Part(f"rasa-{number + 1}", prepare, ready, beat)


@dataclass(frozen=True, slots=True)
class _HouseParts:
    """The processes of the house itself."""

    instance: Instance
    client: httpx.AsyncClient

    def web(self) -> Part:
        return Part("web", self._launch("web"), answers(self.client, f"{self.instance.local_url}/health"))

    def actions(self) -> Part:
        url = f"{self.instance.child_env()['ONETHREAD_ACTIONS_URL'].removesuffix('/webhook')}/health"
        return Part("actions", self._launch("actions"), answers(self.client, url))

    def simulator(self) -> Part:
        url = f"{self.instance.simulator_url}/health"
        return Part("simulator", self._launch("simulate"), answers(self.client, url))

    def worker(self, number: int) -> Part:
        name = f"worker-{number + 1}"
        ready_file = self.instance.options.data_dir / "run" / f"{name}.ready"

        def prepare() -> Launch:
            ready_file.unlink(missing_ok=True)
            env = self.instance.child_env() | {"ONETHREAD_READY_FILE": str(ready_file)}
            return Launch(house_command("worker"), env=env, cwd=ROOT, grace_s=_WORKER_GRACE_S)

        return Part(name, prepare, appears(ready_file))

    def _launch(self, command: str) -> Callable[[], Launch]:
        return lambda: Launch(house_command(command), env=self.instance.child_env(), cwd=ROOT)
