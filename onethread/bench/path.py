"""Measures the whole path: a signed webhook goes in, and the platform gets the answer's send."""

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

from onethread.bench.generator import Generator, running_generator
from onethread.bench.ledger import Verdict, count_open, judge, read_books
from onethread.bench.report import columns, percentile
from onethread.bench.rooms import Say, place_of, train_ours
from onethread.bench.stores import read_durability
from onethread.bench.surroundings import surroundings
from onethread.bench.traffic import Crowd, customers, plan
from onethread.bench.webhooks import door_settings
from onethread.bench.weights import computed_s
from onethread.bench.whole import Instance, running_instance, scratch

SUPERVISOR = "supervisor"
_DOOR = "twilio_sms"
_WARM_S = 4.0
_POLL_S = 0.2
_NOTES = (
    "A whole instance as `up` runs it, on this machine, with its own Postgres and Valkey; beside it the",
    "generator posts signed SMS webhooks at set times and takes the sends. Latency: from when a message was",
    "due until the first send of the turn that answered it came. Customers hold short talks: new ones after",
    "six messages. answered/s: what was answered before the last message was due. backlog: promised and",
    "unanswered at that moment. silent: turns that say nothing, as while a person has the conversation.",
    "CPU ms: of one accepted message, from the first webhook until the house was idle again.",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: `seconds` at each of `rates` (messages a second)."""

    root: Path
    rates: tuple[float, ...]
    seconds: float
    think_s: float
    drain_s: float
    receipts: bool
    workers: int
    rasa_processes: int

    @property
    def place(self) -> Path:
        """Where logs and the instance live."""
        return place_of(self.root)


@dataclass(frozen=True, slots=True)
class Load:
    """What the house was given: messages a second, for so long, by so many people."""

    rate: float
    seconds: float
    customers: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: one rate. Counts as in `Verdict`."""

    load: Load
    counts: Mapping[str, int]
    answered_per_s: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    drained_s: float
    """From the last message until nothing was open any more, or until that was given up."""
    cpu_ms: Mapping[str, float]
    """Of one accepted message, by process."""
    adds_up: bool

    @property
    def house_cpu_ms(self) -> float:
        """Of one message, all processes but the generator."""
        return round(sum(ms for name, ms in self.cpu_ms.items() if name != "generator"), 2)


@dataclass(slots=True)
class Outcome:
    """All that one run measured."""

    facts: dict[str, object]
    durability: dict[str, str] = field(default_factory=dict)
    processes: list[str] = field(default_factory=list)
    receipts: bool = False
    lines: list[Line] = field(default_factory=list)
    notes: Sequence[str] = _NOTES

    def report(self) -> dict[str, object]:
        """All of it, for the JSON."""
        return {
            **self.facts,
            "postgres": self.durability,
            "processes": self.processes,
            "receipts": self.receipts,
            "figures": [asdict(line) | {"house_cpu_ms": line.house_cpu_ms} for line in self.lines],
            "notes": self.notes,
        }


async def measure(wanted: Plan, say: Say) -> Outcome:
    """Starts an instance and takes every stage.

    Raises:
        CannotMeasure, ServerDied, GeneratorDied, NotDurable: there are no figures; the text says why.
    """
    train_ours(wanted.root, say)
    outcome = Outcome(surroundings(wanted.place), receipts=wanted.receipts)
    async with AsyncExitStack() as stack:
        generator = await stack.enter_async_context(running_generator(wanted.root))
        data_dir = stack.enter_context(scratch(wanted.place))
        say("starting the instance")
        instance = await stack.enter_async_context(
            running_instance(
                wanted.root,
                data_dir,
                wanted.place / "path-up.log",
                doors=door_settings(generator.twilio_url),
                workers=wanted.workers,
                rasa_processes=wanted.rasa_processes,
            )
        )
        outcome.durability = read_durability(instance.database_url)
        outcome.processes = sorted(instance.parts())
        stages = Stages(wanted, instance, generator)
        say("warming")
        await stages.take(5.0, _WARM_S)
        for rate in wanted.rates:
            say(f"{rate:g} messages/s for {wanted.seconds:g} s")
            line = await stages.take(rate, wanted.seconds)
            outcome.lines.append(line)
            say(f"  {line.answered_per_s:.1f} answered/s, p95 {line.p95_ms} ms, CPU {line.house_cpu_ms} ms")
    return outcome


class Stages:
    """Takes one stage after the other on a running instance, with new customers each time."""

    def __init__(self, wanted: Plan, instance: Instance, generator: Generator) -> None:
        self._wanted = wanted
        self._instance = instance
        self._generator = generator
        self._run = secrets.token_hex(8)
        self._first = count(0, 100_000)

    async def take(self, rate: float, seconds: float) -> Line:
        """One rate for so long; returns when nothing is open any more, or after the plan's drain time."""
        wanted = self._wanted
        crowd = Crowd(wanted.think_s, self._run, next(self._first), _DOOR)
        messages = list(plan(rate, seconds, crowd))
        pids = {**self._instance.parts(), SUPERVISOR: self._instance.supervisor_pid}
        before = computed_s(pids)
        volley = await self._generator.stream(self._instance.port, messages, receipts=wanted.receipts)
        drained_s = await self._drain()
        after = computed_s(pids)
        received = await self._generator.received()
        books = read_books(self._instance.database_url, volley.shots, received)
        cpu_s = {name: after[name] - before[name] for name in after}
        return line_of(
            Load(rate, seconds, customers(messages)),
            judge(volley.shots, books, received),
            drained_s,
            {**_own(cpu_s), "generator": volley.cpu_s},
        )

    async def _drain(self) -> float:
        began = time.monotonic()
        while time.monotonic() - began < self._wanted.drain_s:
            if await asyncio.to_thread(count_open, self._instance.database_url) == 0:
                break
            await asyncio.sleep(_POLL_S)
        return round(time.monotonic() - began, 2)


def _own(cpu_s: Mapping[str, float]) -> dict[str, float]:
    """The supervisor's own computing: without that of the processes it started, which are named beside it."""
    children = sum(seconds for name, seconds in cpu_s.items() if name != SUPERVISOR)
    return {
        name: max(0.0, seconds - children) if name == SUPERVISOR else seconds
        for name, seconds in cpu_s.items()
    }


def line_of(load: Load, verdict: Verdict, drained_s: float, cpu_s: Mapping[str, float]) -> Line:
    """One line of the table; `cpu_s`: seconds by process."""
    counts = asdict(verdict)
    late_ms = [late * 1000 for late in counts.pop("late_s")]

    def late(share: float) -> float | None:
        return round(percentile(late_ms, share), 1) if late_ms else None

    return Line(
        load=load,
        counts=counts,
        answered_per_s=round((verdict.in_time + verdict.silent) / load.seconds, 2),
        p50_ms=late(0.50),
        p95_ms=late(0.95),
        p99_ms=late(0.99),
        drained_s=drained_s,
        cpu_ms={name: round(s * 1000 / max(1, verdict.accepted), 2) for name, s in sorted(cpu_s.items())},
        adds_up=verdict.adds_up,
    )


_HEADS = ("messages/s", "posted", "refused", "answered", "silent", "turns", "answered/s", "p50 ms", "p95 ms")
_MORE = ("p99 ms", "backlog", "waiting", "dead", "lost", "doubled", "unasked")


def table(lines: Sequence[Line]) -> str:
    """The figures as text: counts and latencies, then computing time by process."""
    rows = [
        (
            f"{line.load.rate:g}",
            *(str(line.counts[name]) for name in ("posted", "refused", "answered", "silent", "turns")),
            f"{line.answered_per_s:.1f}",
            *("-" if ms is None else f"{ms:.0f}" for ms in (line.p50_ms, line.p95_ms, line.p99_ms)),
            *(
                str(line.counts[name])
                for name in ("backlog_at_end", "waiting", "dead", "lost", "doubled", "unasked")
            ),
        )
        for line in lines
    ]
    names = sorted({name for line in lines for name in line.cpu_ms})
    computing = [
        (
            f"{line.load.rate:g}",
            *(f"{line.cpu_ms.get(name, 0.0):.1f}" for name in names),
            f"{line.house_cpu_ms:.1f}",
        )
        for line in lines
    ]
    heads = ("CPU ms a message", *names, "all but the generator")
    return columns([(*_HEADS, *_MORE), *rows]) + "\n\n" + columns([heads, *computing])
