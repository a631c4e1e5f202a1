"""Measures how fast the real web process keeps webhooks for good, beside the least such a process can do."""

import os
import secrets
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import count, islice
from pathlib import Path

import psycopg

from onethread.bench.generator import Generator, Volley, running_generator
from onethread.bench.report import columns, percentile
from onethread.bench.rooms import Say, place_of
from onethread.bench.servers import Server, running
from onethread.bench.stores import open_postgres, open_valkey, postmaster, read_durability
from onethread.bench.surroundings import surroundings
from onethread.bench.talks import talks
from onethread.bench.webhooks import Inbound, door_settings
from onethread.bench.weights import computed_s
from onethread.supervisor.ports import LOOPBACK, free_port

HOUSE, BARE = "the house", "bare handler"
_NOTES = (
    "The house: its web process as `up` runs it, on an own Postgres and Valkey; each message is new, signed,",
    "verified, read, masked, its raw body encrypted, inserted with NOTIFY and committed before the 200. No",
    "worker runs beside it. Bare handler: an HTTP server that inserts the body with NOTIFY in one statement.",
    "Flood: so many connections, each posting as soon as it was answered. Open loop: messages at set times,",
    "latency counted from the time each was due. The generator computes on the same machine, beside both.",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: `rounds` floods of `messages` each, then `seconds` at `rate` messages a second."""

    root: Path
    doors: tuple[str, ...]
    rounds: int
    messages: int
    connections: int
    rate: float
    seconds: float

    @property
    def place(self) -> Path:
        """Where logs and stores live."""
        return place_of(self.root)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: one server under one load. Milliseconds; `lost`: promised, and not there."""

    server: str
    load: str
    posted: int
    accepted: int
    kept: int
    lost: int
    per_s: float
    slowest_round_per_s: float
    fastest_round_per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms: Mapping[str, float]
    """Of one accepted message, by process."""


@dataclass(slots=True)
class Outcome:
    """All that one run measured."""

    facts: dict[str, object]
    durability: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    notes: Sequence[str] = _NOTES

    def report(self) -> dict[str, object]:
        """All of it, for the JSON."""
        lines = [asdict(line) for line in self.lines]
        return {**self.facts, "postgres": self.durability, "figures": lines, "notes": self.notes}


@dataclass(slots=True)
class _Tally:
    """One server under one load, over its rounds."""

    volleys: list[Volley] = field(default_factory=list)
    per_s: list[float] = field(default_factory=list)
    cpu_s: dict[str, float] = field(default_factory=dict)

    def add(self, volley: Volley, cpu_s: Mapping[str, float]) -> None:
        first = min(shot.due_s for shot in volley.shots)
        last = max(shot.answered_s for shot in volley.shots)
        self.volleys.append(volley)
        self.per_s.append(len(volley.accepted) / (last - first))
        for name, seconds in {**cpu_s, "generator": volley.cpu_s}.items():
            self.cpu_s[name] = self.cpu_s.get(name, 0.0) + seconds

    def line(self, server: str, load: str, kept: int) -> Line:
        shots = [shot for volley in self.volleys for shot in volley.shots]
        accepted = [shot for shot in shots if shot.accepted]
        took = [(shot.answered_s - shot.due_s) * 1000 for shot in shots]
        return Line(
            server=server,
            load=load,
            posted=len(shots),
            accepted=len(accepted),
            kept=kept,
            lost=len(accepted) - kept,
            per_s=round(sum(self.per_s) / len(self.per_s), 1),
            slowest_round_per_s=round(min(self.per_s), 1),
            fastest_round_per_s=round(max(self.per_s), 1),
            p50_ms=round(percentile(took, 0.50), 2),
            p95_ms=round(percentile(took, 0.95), 2),
            p99_ms=round(percentile(took, 0.99), 2),
            cpu_ms={
                name: round(seconds * 1000 / max(1, len(accepted)), 3) for name, seconds in self.cpu_s.items()
            },
        )


async def measure(plan: Plan, say: Say) -> Outcome:
    """Starts the stores and both servers, and takes all rounds.

    Raises:
        ServerDied, GeneratorDied, NotDurable: there are no figures; the text says why.
    """
    outcome = Outcome(surroundings(plan.place))
    messages = _messages(plan.doors)
    async with AsyncExitStack() as stack:
        say("starting Postgres, Valkey, the web process and the bare handler")
        database = stack.enter_context(open_postgres(plan.place / f"postgres-{os.getpid()}"))
        outcome.durability = read_durability(database)
        generator = await stack.enter_async_context(running_generator(plan.root))
        web = await stack.enter_async_context(_run_web(plan, database, generator.twilio_url))
        bare = await stack.enter_async_context(_run_bare(plan, database))
        postgres = postmaster(database)
        pids = {HOUSE: {"web": web.pid, "postgres": postgres}, BARE: {"bare": bare.pid, "postgres": postgres}}
        ports = {HOUSE: web.port, BARE: bare.port}
        say("warming both")
        for port in ports.values():
            await generator.flood(port, list(islice(messages, 100)), plan.connections)
        for load in (f"flood, {plan.connections} at once", f"open loop, {plan.rate:g}/s"):
            tallies = {HOUSE: _Tally(), BARE: _Tally()}
            before = {server: _kept(database, server) for server in tallies}
            rounds = plan.rounds if load.startswith("flood") else 1
            for number in range(1, rounds + 1):
                for server, tally in tallies.items() if number % 2 else reversed(tallies.items()):
                    cpu = computed_s(pids[server])
                    volley = await _load(plan, generator, load, ports[server], messages)
                    after = computed_s(pids[server])
                    tally.add(volley, {name: after[name] - cpu[name] for name in after})
                    say(f"{load}, round {number}/{rounds}, {server}: {tally.per_s[-1]:.0f}/s")
            for server, tally in tallies.items():
                outcome.lines.append(tally.line(server, load, _kept(database, server) - before[server]))
    return outcome


async def _load(
    plan: Plan, generator: Generator, load: str, port: int, messages: Iterator[Inbound]
) -> Volley:
    if load.startswith("flood"):
        return await generator.flood(port, list(islice(messages, plan.messages)), plan.connections)
    amount = max(1, round(plan.rate * plan.seconds))
    timed = [
        Inbound(message.door, message.id, message.sender, message.text, number / plan.rate)
        for number, message in enumerate(islice(messages, amount))
    ]
    return await generator.stream(port, timed)


def _messages(doors: Sequence[str]) -> Iterator[Inbound]:
    """Messages without end, each with an id of its own, of customers that come back after a while."""
    texts = tuple(text for talk in talks(8) for text in talk.texts)
    run = secrets.token_hex(8)
    for number in count():
        phone = f"+1555{2000000 + number % 5000}"
        yield Inbound(doors[number % len(doors)], f"SM{run}{number:016x}", phone, texts[number % len(texts)])


def _kept(database: str, server: str) -> int:
    table = {HOUSE: "inbox", BARE: "bare_inbox"}[server]
    with psycopg.connect(database) as conn:
        row = conn.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
    return int(row[0]) if row else 0


@asynccontextmanager
async def _run_web(plan: Plan, database: str, twilio_url: str) -> AsyncIterator[Server]:
    port = free_port()
    folder = plan.place / f"web-{os.getpid()}"
    with open_valkey(folder / "valkey") as redis_url:
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ONETHREAD_")},
            **door_settings(twilio_url),
            "PYTHONPATH": str(plan.root),
            "DATABASE_URL": database,
            "REDIS_URL": redis_url,
            "ONETHREAD_DATA_DIR": str(folder),
            "ONETHREAD_PORT": str(port),
            "ONETHREAD_PUBLIC_URL": f"http://{LOOPBACK}:{port}",
            "ONETHREAD_INTERNAL_SECRET": secrets.token_hex(32),
            "ONETHREAD_SECRET_KEY": secrets.token_hex(32),
        }
        try:
            async with running(
                "the web process",
                (sys.executable, "-P", "-m", "onethread.cli", "web"),
                env=env,
                cwd=plan.root,
                port=port,
                ready_path="/health",
                log=plan.place / "web.log",
                patience_s=60,
            ) as server:
                yield server
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _run_bare(plan: Plan, database: str) -> AsyncIterator[Server]:
    port = free_port()
    async with running(
        "the bare handler",
        (sys.executable, "-P", "-m", "onethread.bench.bare", str(port)),
        env={**os.environ, "PYTHONPATH": str(plan.root), "DATABASE_URL": database},
        cwd=plan.root,
        port=port,
        ready_path="/",
        log=plan.place / "bare.log",
        patience_s=60,
    ) as server:
        yield server


_HEADS = ("server", "load", "accepted", "lost", "/s", "(rounds)", "p50 ms", "p95 ms", "p99 ms")


def table(lines: Sequence[Line]) -> str:
    """The figures as text in columns, computing time below."""
    rows = [
        (
            line.server,
            line.load,
            str(line.accepted),
            str(line.lost),
            f"{line.per_s:.0f}",
            f"{line.slowest_round_per_s:.0f}-{line.fastest_round_per_s:.0f}",
            f"{line.p50_ms:.1f}",
            f"{line.p95_ms:.1f}",
            f"{line.p99_ms:.1f}",
        )
        for line in lines
    ]
    computing = [
        f"{line.server}, {line.load}: CPU ms a message: "
        + ", ".join(f"{name} {ms:.2f}" for name, ms in line.cpu_ms.items())
        for line in lines
    ]
    return "\n".join([columns([_HEADS, *rows]), "", *computing])
