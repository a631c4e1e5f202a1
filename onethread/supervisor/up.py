"""Runs one instance in the foreground: starts the plan, keeps it alive, and leaves nothing behind."""

import asyncio
import signal
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from onethread.supervisor import model as models
from onethread.supervisor.chores import first_admin_link, migrate, seed_demo_shop
from onethread.supervisor.console import Console
from onethread.supervisor.instance import Instance
from onethread.supervisor.plan import DATABASE, MIGRATED, MODEL, Start, make_plan
from onethread.supervisor.process import StartFailed, Supervised
from onethread.supervisor.readiness import POLL_S, says_ok

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class Up:
    """A running instance; `run` is its whole life."""

    instance: Instance
    console: Console
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _children: dict[str, Supervised] = field(default_factory=dict)
    _ranks: dict[str, int] = field(default_factory=dict)
    _milestones: dict[str, asyncio.Event] = field(default_factory=dict)
    _failure: str = ""

    async def run(self) -> int:
        """Starts everything and returns when stopped: 0, or 1 when a part could not be started at all."""
        self._catch_signals()
        async with httpx.AsyncClient(trust_env=False) as client:
            plan = make_plan(self.instance, client)
            self._milestones = {name: asyncio.Event() for name in (DATABASE, MIGRATED, MODEL)}
            for start in plan:
                child = Supervised(start.part, self._folder("run"), self._folder("log"), self.console)
                self._children[start.part.name] = child
                self._ranks[start.part.name] = start.stop_rank
                self._milestones[start.part.name] = child.is_ready
            parts = [asyncio.create_task(self._guard(self._start(start))) for start in plan]
            chores = [
                asyncio.create_task(self._guard(chore))
                for chore in (self._database(), self._model(client), self._greet(client))
            ]
            try:
                await self._stop.wait()
            finally:
                self.console.say("stopping")
                await _cancel(chores)
                await self._stop_children()
                await _cancel(parts)
                self.console.say("stopped")
        if self._failure:
            self.console.plain(f"onethread: {self._failure}")
        return 1 if self._failure else 0

    def _folder(self, name: str) -> Path:
        return self.instance.options.data_dir / name

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for signum in _SIGNALS:
            loop.add_signal_handler(signum, self._on_signal)

    def _on_signal(self) -> None:
        """The first signal ends the instance in order; a second one waits for nobody but the database."""
        if not self._stop.is_set():
            self._stop.set()
            return
        for name, child in self._children.items():
            if name != "postgres":
                child.kill()

    async def _guard(self, work: Coroutine[None, None, None]) -> None:
        """A part that can never start ends the instance with its sentence."""
        try:
            await work
        except (StartFailed, models.TrainingFailed) as error:
            self._fail(str(error))
        except Exception as error:
            self._fail(f"{type(error).__name__}: {error}")

    def _fail(self, sentence: str) -> None:
        self._failure = self._failure or sentence
        self._stop.set()

    async def _start(self, start: Start) -> None:
        await self._reached(*start.after)
        child = self._children[start.part.name]
        telling = asyncio.create_task(self._tell_ready(child))
        try:
            await child.run()
        finally:
            telling.cancel()

    async def _tell_ready(self, child: Supervised) -> None:
        async with self.console.step(f"starting {child.part.name}", f"{child.part.name} is up"):
            await child.is_ready.wait()

    async def _reached(self, *names: str) -> None:
        for name in names:
            await self._milestones[name].wait()

    async def _database(self) -> None:
        """Waits for the database, brings it to this version and fills the demo shop."""
        if self.instance.has_own_postgres:
            await self._reached("postgres")
        if self.instance.has_own_valkey:
            await self._reached("valkey")
        self._milestones[DATABASE].set()
        self.instance.write_env_file()
        async with self.console.step("bringing the database to this version", "the database is current"):
            await migrate(self.instance.database_url)
        self._milestones[MIGRATED].set()
        if self.instance.options.demo_shop:
            async with self.console.step("filling the demo shop", "the demo shop has its orders"):
                await seed_demo_shop(self.instance.database_url)

    async def _model(self, client: httpx.AsyncClient) -> None:
        """Sees to a model: the right one, or an older one until the right one is trained."""
        found = await models.look(self.instance)
        if found.wanted.exists():
            self._serve(found.wanted)
            return
        if found.older is not None:
            self.console.say("the data has changed: an older model stands in while a new one is trained")
            self._serve(found.older)
        try:
            async with self.console.step("training the model", "the model is trained"):
                trained = await models.train(self.instance)
        except models.TrainingFailed as error:
            if found.older is None:
                raise
            self.console.say(f"the training failed, the older model stays: {error}")
            return
        self._serve(trained)
        if found.older is not None:
            await self._change_model(client, trained)

    def _serve(self, model: Path) -> None:
        self.instance.model = model
        self._milestones[MODEL].set()

    async def _change_model(self, client: httpx.AsyncClient, model: Path) -> None:
        """Lets each Rasa process in turn load the new model; one that cannot is started again with it."""
        for number, url in enumerate(self.instance.rasa_urls):
            child = self._children[f"rasa-{number + 1}"]
            child.beat_paused = True
            changed = await models.load(client, url, self.instance.internal_secret, model)
            child.beat_paused = False
            if not changed:
                child.kill()
            self.console.say(
                f"{child.part.name} has {'loaded' if changed else 'to start again with'} the new model"
            )

    async def _greet(self, client: httpx.AsyncClient) -> None:
        """Says where everything is as soon as a customer could be answered."""
        await self._reached(MIGRATED, "web", "rasa-1")
        ready_url = f"{self.instance.local_url}/ready"
        async with self.console.step("getting ready", "ready"):
            while not await says_ok(client, ready_url):  # noqa: ASYNC110 - it is another process's state
                await asyncio.sleep(POLL_S)
        link = await first_admin_link(self.instance.database_url, self.instance.public_url)
        self.console.plain(_addresses(self.instance, link))

    async def _stop_children(self) -> None:
        """In the order of their ranks, the stores last."""
        self.instance.remove_env_file()
        for rank in sorted(set(self._ranks.values())):
            names = [name for name, its_rank in self._ranks.items() if its_rank == rank]
            await asyncio.gather(*(self._children[name].stop() for name in names))


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _addresses(instance: Instance, admin_link: str | None) -> str:
    rows: Mapping[str, str | None] = {
        "chat": f"{instance.public_url}/chat",
        "desk": f"{instance.public_url}/desk",
        "phones": f"{instance.simulator_url}/" if instance.has_simulator else None,
        "first admin": admin_link,
        "logs": str(instance.options.data_dir / "log"),
    }
    lines = [f"  {name:<12}{address}" for name, address in rows.items() if address]
    return "\n" + "\n".join(lines) + "\n\n  Ctrl-C stops everything.\n"
