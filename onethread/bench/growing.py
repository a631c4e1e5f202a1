"""Our side of `bench growth`: the worker's own code takes single turns of customers with long pasts."""

import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

from connectors.contract import Address, InboundKind, InboundMessage, Profile
from connectors.registry import build
from onethread.app import House
from onethread.bench.histories import TALK, count_turns, give_past, let_time_pass, tidy
from onethread.bench.rooms import CannotMeasure
from onethread.bench.talks import DEMO_PHONE, talks
from onethread.bench.webhooks import door_settings
from onethread.bench.weights import computed_s
from onethread.cli.worker import talk_of
from onethread.conversations.lanes import Lanes
from onethread.dialogue.rasa_client import RasaClient, TurnAnswer
from onethread.dialogue.tracker import read_past
from onethread.ids import CustomerId
from onethread.ingress.accept import accept_events
from onethread.settings import Settings
from onethread.storage.addresses import create_customer
from onethread.supervisor.ports import LOOPBACK

DOOR = "twilio_sms"
TEXTS = tuple(text for talk in talks(4) if talk.number in {1, 4} for text in talk.texts)
"""What every customer says, over and over: an order's talk, then questions about the shop."""


@dataclass(frozen=True, slots=True)
class Took:
    """One turn: milliseconds of the clock, of it waiting for Rasa, and what each process computed."""

    ms: float
    rasa_ms: float
    cpu_ms: Mapping[str, float]


class _TimedRasa(RasaClient):
    """Asks Rasa as ever and keeps how long the last turn took it."""

    last_ms = 0.0

    async def turn(self, customer_id: UUID, request: Mapping[str, Any], *, deadline_s: float) -> TurnAnswer:
        began = time.perf_counter()
        try:
            return await super().turn(customer_id, request, deadline_s=deadline_s)
        finally:
            self.last_ms = (time.perf_counter() - began) * 1000


@dataclass(frozen=True, slots=True)
class Someone:
    """A customer with a past."""

    id: CustomerId
    key: str
    length: int


@dataclass(slots=True)
class Ours:
    """The house's side; turns are taken one at a time."""

    side: ClassVar[str] = "onethread"

    house: House
    rasa: _TimedRasa
    pids: Mapping[str, int]
    _lanes: Lanes = field(init=False)
    _spoken: dict[UUID, int] = field(default_factory=dict)
    _people: int = 0
    _template: UUID | None = None

    def __post_init__(self) -> None:
        self._lanes = Lanes(self.house.engines.lanes, talk_of(self.house))

    async def make(self, length: int) -> Someone:
        """A customer whose next message is number `length` + 1."""
        if self._template is None:
            self._template = await self._make_template()
        someone = await self._new(length)
        give_past(self.house.settings.database_url, self._template, someone.id, length)
        self._spoken[someone.id] = length
        await self._check(someone)
        return someone

    async def turn(self, someone: Someone) -> Took:
        """The customer's next message, from where the worker finds it to the commit; then hours pass."""
        await self._hear(someone)
        before, own = computed_s(self.pids), time.process_time()
        began = time.perf_counter()
        await self._lanes.look(someone.id)
        ms = (time.perf_counter() - began) * 1000
        own, after = time.process_time() - own, computed_s(self.pids)
        let_time_pass(self.house.settings.database_url, [someone.id])
        cpu_ms = {name: (after[name] - before[name]) * 1000 for name in after} | {"worker": own * 1000}
        return Took(ms, self.rasa.last_ms, cpu_ms)

    def check(self) -> None:
        """Raises `CannotMeasure` unless every turn that was asked for was finished."""
        expected = sum(self._spoken.values())
        found = count_turns(self.house.settings.database_url, list(self._spoken))
        if found != expected:
            raise CannotMeasure(f"{expected - found} turns did not finish, so there are no figures.")

    def tidy(self) -> None:
        """Call it when all pasts are made."""
        tidy(self.house.settings.database_url)

    async def _make_template(self) -> UUID:
        someone = await self._new(0)
        for _ in range(2 * TALK):
            await self.turn(someone)
        self.check()
        return someone.id

    async def _new(self, length: int) -> Someone:
        self._people += 1
        key = f"+1555{4000000 + self._people}"
        async with self.house.engines.lanes.begin() as conn:
            made = await create_customer(
                conn, DOOR, "default", key, channel="sms", phone=DEMO_PHONE, display_name=""
            )
        return Someone(made, key, length)

    async def _hear(self, someone: Someone) -> None:
        spoken = self._spoken.get(someone.id, 0)
        self._spoken[someone.id] = spoken + 1
        message = InboundMessage(
            provider_message_id=uuid4().hex,
            address=Address(connector=DOOR, account="default", key=someone.key),
            kind=InboundKind.TEXT,
            text=TEXTS[spoken % TALK],
            profile=Profile(phone=DEMO_PHONE),
        )
        await accept_events(
            self.house.engines.web, self.house.vault, DOOR, "default", [message], raw=b"made by the benchmark"
        )

    async def _check(self, someone: Someone) -> None:
        """A past that Rasa would not be given as one conversation measures something else."""
        async with self.house.engines.lanes.connect() as conn:
            past = await read_past(conn, someone.id, now=datetime.now(UTC), idle=self.house.session_idle)
        if past.session != "continue" or past.version != someone.length:
            raise CannotMeasure(f"A past of {someone.length} turns is read as {past.session} {past.version}.")


@dataclass(frozen=True, slots=True)
class Rooms:
    """What already runs: the stores, Rasa and its secret; pids: whose computing is counted, by name."""

    database: str
    redis_url: str
    folder: Path
    rasa_port: int
    secret: str
    pids: Mapping[str, int]


@asynccontextmanager
async def open_ours(rooms: Rooms) -> AsyncIterator[Ours]:
    """The house's parts in this process, among these rooms."""
    env = {
        **door_settings(f"http://{LOOPBACK}:1"),
        "DATABASE_URL": rooms.database,
        "REDIS_URL": rooms.redis_url,
        "ONETHREAD_PUBLIC_URL": f"http://{LOOPBACK}:1",
        "ONETHREAD_DATA_DIR": str(rooms.folder),
        "ONETHREAD_RASA_URLS": f"http://{LOOPBACK}:{rooms.rasa_port}",
        "ONETHREAD_INTERNAL_SECRET": rooms.secret,
        "ONETHREAD_SECRET_KEY": secrets.token_hex(32),
    }
    settings = Settings.load(env)
    rasa = _TimedRasa(settings.rasa_urls, rooms.secret)
    house = House.build(settings, connectors=build(env), rasa=rasa)
    try:
        yield Ours(house, rasa, rooms.pids)
    finally:
        await house.close()
