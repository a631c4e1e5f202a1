"""Measures what a turn costs when much was said before: short and long pasts in turn, ours beside stock's."""

import math
import os
import secrets
import shutil
import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from onethread.bench import stock
from onethread.bench.growing import Rooms, Someone, Took, open_ours
from onethread.bench.histories import TALK
from onethread.bench.report import columns, percentile
from onethread.bench.rooms import Say, place_of, run_actions, run_ours, run_stock, train_ours
from onethread.bench.servers import Server
from onethread.bench.shop import open_shop
from onethread.bench.stock_growing import Stocked, open_stocked
from onethread.bench.stores import open_valkey, postmaster, read_durability
from onethread.bench.surroundings import surroundings

_NOTES = (
    "A past of n messages: n turns of one customer, one session. Ours: the worker's own code takes one turn,",
    "from the message in the inbox to the commit, with Rasa, actions, Postgres and Valkey as they run in a",
    "house; the past was written by the worker once and copied by multi-row inserts. Stock: one message",
    "through its REST channel, its own tracker store in Valkey. Sizes take turns at every step, so the",
    "machine's moods meet all of them; every size meets every text equally often. cost: the median as a",
    "multiple of that at 50 messages (at the shortest past where 50 was not asked for).",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: at least `turns` turns at each of `sizes`; stock stops at a size after `stock_s`."""

    root: Path
    sizes: tuple[int, ...]
    turns: int
    stocked: tuple[Path, stock.StockModel] | None
    stock_sizes: tuple[int, ...]
    stock_s: float

    @property
    def place(self) -> Path:
        """Where logs and stores live."""
        return place_of(self.root)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: one side with pasts of one length."""

    side: str
    messages: int
    turns: int
    p50_ms: float
    p95_ms: float
    rasa_p50_ms: float | None
    cpu_ms: Mapping[str, float]
    cost: float
    """How many times the median at `base` messages."""
    base: int


@dataclass(slots=True)
class Outcome:
    """All that one run measured."""

    facts: dict[str, object]
    durability: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=lambda: list(_NOTES))

    def report(self) -> dict[str, object]:
        """All of it, for the JSON."""
        lines = [asdict(line) for line in self.lines]
        return {**self.facts, "postgres": self.durability, "figures": lines, "notes": self.notes}


@dataclass(frozen=True, slots=True)
class Crowd:
    """How the turns of one size are spread: so many customers, so many turns each."""

    lengths: tuple[int, ...]
    """The past of each customer at the start."""
    each: int


def crowd_of(size: int, turns: int) -> Crowd:
    """Customers whose pasts are about `size` and grow little meanwhile; every text is met equally often."""
    each = 3 if size < 100 else TALK if size < 1000 else 6 * TALK
    if each >= TALK:
        return Crowd((max(0, size - each // 2),) * max(1, round(turns / each)), each)
    starts = tuple(range(0, TALK, each))
    rounds = max(1, round(turns / TALK))
    first = size - TALK // 2
    return Crowd(tuple(first + start for _ in range(rounds) for start in starts), each)


class Grower(Protocol):
    """One side of the comparison."""

    @property
    def side(self) -> str: ...
    async def make(self, length: int) -> Someone: ...
    async def turn(self, someone: Someone) -> Took: ...


@dataclass(slots=True)
class Series:
    """The turns of one side at one size. left_s: seconds that they may still take."""

    grower: Grower
    size: int
    people: Sequence[Someone]
    each: int
    left_s: float
    took: list[Took] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return len(self.took) == len(self.people) * self.each or self.left_s <= 0

    async def step(self) -> None:
        """One more turn, of the customer whose turn it is."""
        if self.over:
            return
        began = time.monotonic()
        self.took.append(await self.grower.turn(self.people[len(self.took) % len(self.people)]))
        self.left_s -= time.monotonic() - began


async def measure(plan: Plan, say: Say) -> Outcome:
    """Starts both sides, makes the pasts and takes all turns.

    Raises:
        CannotMeasure, ServerDied, TurnFailed, NotDurable: there are no figures; the text says why.
    """
    model = train_ours(plan.root, say)
    outcome = Outcome(surroundings(plan.place))
    secret = secrets.token_hex(16)
    folder = plan.place / f"growth-{os.getpid()}"
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        say("starting Postgres, Valkey, the action server and Rasa")
        database = stack.enter_context(open_shop(folder / "postgres", datetime.now(UTC).date()))
        outcome.durability = read_durability(database)
        redis_url = stack.enter_context(open_valkey(folder / "valkey"))
        actions = await stack.enter_async_context(run_actions(plan.root, database, secret))
        env = {
            "ONETHREAD_ACTIONS_URL": f"http://127.0.0.1:{actions.port}/webhook",
            "ONETHREAD_INTERNAL_SECRET": secret,
        }
        rasa = await stack.enter_async_context(run_ours(plan.root, model, env))
        pids = {"rasa": rasa.pid, "actions": actions.pid, "postgres": postmaster(database)}
        rooms = Rooms(database, redis_url, folder, rasa.port, secret, pids)
        ours = await stack.enter_async_context(open_ours(rooms))
        series = []
        for size in plan.sizes:
            say(f"making our customers with about {size} messages")
            series.append(await _series(ours, size, plan.turns))
        ours.tidy()
        if plan.stocked is not None:
            stocked = await _open_stock(plan, stack, folder, env, say)
            for size in plan.stock_sizes:
                say(f"making stock's customers with about {size} messages")
                series.append(await _series(stocked, size, plan.turns, plan.stock_s))
            outcome.notes += plan.stocked[1].notes
        await _take(series, say)
        ours.check()
    outcome.lines = lines_of(series)
    return outcome


async def _open_stock(
    plan: Plan, stack: AsyncExitStack, folder: Path, env: Mapping[str, str], say: Say
) -> Stocked:
    if plan.stocked is None:
        raise ValueError("there is no stock to open")
    say("starting stock Rasa with its tracker store in Valkey (about a minute)")
    python, trained = plan.stocked
    url = stack.enter_context(open_valkey(folder / "stock-valkey"))
    stocked, endpoints = open_stocked(url, folder)
    stack.callback(stocked.close)
    server: Server = await stack.enter_async_context(
        run_stock(plan.root, python, trained, env, str(endpoints))
    )
    await stocked.connect(server)
    stack.push_async_callback(stocked.hang_up)
    return stocked


async def _series(grower: Grower, size: int, turns: int, left_s: float = math.inf) -> Series:
    crowd = crowd_of(size, turns)
    people = [await grower.make(length) for length in crowd.lengths]
    # The first turn of a size may wait for pages that the others never need: somebody else takes it.
    await grower.turn(await grower.make(crowd.lengths[0]))
    return Series(grower, size, people, crowd.each, left_s)


async def _take(series: Sequence[Series], say: Say) -> None:
    step = 0
    while not all(one.over for one in series):
        turned = step % len(series)
        for one in (*series[turned:], *series[:turned]):
            await one.step()
        step += 1
        if step % 30 == 0:
            say(f"{step} turns of each size")


def lines_of(series: Sequence[Series]) -> list[Line]:
    """The figures of all that has turns."""
    measured = [one for one in series if one.took]
    medians = {(one.grower.side, one.size): statistics.median(t.ms for t in one.took) for one in measured}
    lines = []
    for one in measured:
        sizes = sorted(size for side, size in medians if side == one.grower.side)
        base = 50 if 50 in sizes else sizes[0]
        computed = {name: [t.cpu_ms[name] for t in one.took] for name in one.took[0].cpu_ms}
        rasa = [t.rasa_ms for t in one.took if t.rasa_ms]
        lines.append(
            Line(
                side=one.grower.side,
                messages=one.size,
                turns=len(one.took),
                p50_ms=round(medians[one.grower.side, one.size], 2),
                p95_ms=round(percentile([t.ms for t in one.took], 0.95), 2),
                rasa_p50_ms=round(statistics.median(rasa), 2) if rasa else None,
                cpu_ms={name: round(statistics.mean(values), 2) for name, values in computed.items()},
                cost=round(medians[one.grower.side, one.size] / medians[one.grower.side, base], 3),
                base=base,
            )
        )
    return lines


_HEADS = ("side", "messages before", "turns", "p50 ms", "p95 ms", "of it Rasa", "cost")


def table(lines: Sequence[Line]) -> str:
    """The figures as text in columns, computing time below."""
    rows = [
        (
            line.side,
            str(line.messages),
            str(line.turns),
            f"{line.p50_ms:.1f}",
            f"{line.p95_ms:.1f}",
            "-" if line.rasa_p50_ms is None else f"{line.rasa_p50_ms:.1f}",
            f"{line.cost:.2f}",
        )
        for line in lines
    ]
    computing = [
        f"{line.side}, {line.messages}: CPU ms a turn: "
        + ", ".join(f"{name} {ms:.1f}" for name, ms in line.cpu_ms.items())
        for line in lines
    ]
    return "\n".join([columns([_HEADS, *rows]), "", *computing])
