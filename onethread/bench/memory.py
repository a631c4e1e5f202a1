"""Measures what each process of an instance weighs at its start and after many turns, beside stock Rasa."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

from onethread.bench import stock
from onethread.bench.generator import running_generator
from onethread.bench.load import Tally, finish_round, run_round
from onethread.bench.path import Plan as PathPlan
from onethread.bench.path import Stages
from onethread.bench.report import columns
from onethread.bench.rooms import CannotMeasure, Say, custom_actions, place_of, run_stock, train_ours
from onethread.bench.sides import StockSide
from onethread.bench.stores import read_durability
from onethread.bench.surroundings import surroundings
from onethread.bench.talks import talks
from onethread.bench.traffic import TURNS
from onethread.bench.webhooks import door_settings
from onethread.bench.weights import Weight, weighed, weighed_alone
from onethread.bench.whole import Instance, running_instance, scratch

_NOTES = (
    "MB of 10^6 bytes, each process with what it started (Postgres: all its processes). RSS counts a page",
    "that several processes share in each of them, PSS in equal parts. Our turns go the whole way through",
    "the instance; stock's through its REST channel, its trackers in its own memory, as is its default.",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: the weight at the start, and after `turns` turns at `rate` messages a second."""

    root: Path
    turns: int
    rate: float
    stocked: tuple[Path, stock.StockModel] | None

    @property
    def place(self) -> Path:
        """Where logs and the instance live."""
        return place_of(self.root)


@dataclass(frozen=True, slots=True)
class Line:
    """One process."""

    process: str
    at_start: Weight
    after: Weight


@dataclass(slots=True)
class Outcome:
    """All that one run measured."""

    facts: dict[str, object]
    turns: dict[str, int] = field(default_factory=dict)
    durability: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=lambda: list(_NOTES))

    def report(self) -> dict[str, object]:
        """All of it, for the JSON."""
        return {
            **self.facts,
            "postgres": self.durability,
            "turns": self.turns,
            "figures": [asdict(line) for line in self.lines],
            "notes": self.notes,
        }


async def measure(plan: Plan, say: Say) -> Outcome:
    """Weighs our instance, then stock, one after the other.

    Raises:
        CannotMeasure, ServerDied, GeneratorDied, TurnFailed, NotDurable: no figures; the text says why.
    """
    train_ours(plan.root, say)
    outcome = Outcome(surroundings(plan.place))
    await _weigh_ours(plan, outcome, say)
    if plan.stocked is not None:
        await _weigh_stock(plan, plan.stocked, outcome, say)
    return outcome


async def _weigh_ours(plan: Plan, outcome: Outcome, say: Say) -> None:
    path = PathPlan(
        root=plan.root,
        rates=(),
        seconds=plan.turns / plan.rate,
        think_s=5.0,
        drain_s=120.0,
        receipts=True,
        workers=1,
        rasa_processes=1,
    )
    async with AsyncExitStack() as stack:
        generator = await stack.enter_async_context(running_generator(plan.root))
        data_dir = stack.enter_context(scratch(plan.place))
        say("starting the instance")
        doors = door_settings(generator.twilio_url)
        log = plan.place / "memory-up.log"
        instance = await stack.enter_async_context(running_instance(plan.root, data_dir, log, doors=doors))
        outcome.durability = read_durability(instance.database_url)
        stages = Stages(path, instance, generator)
        # One message, so that what is loaded at its first use is there.
        await stages.take(1.0, 1.0)
        before = _weigh_all(instance)
        say(f"{plan.turns} messages at {plan.rate:g} a second")
        line = await stages.take(plan.rate, path.seconds)
        if line.counts["waiting"] or line.counts["lost"] or line.counts["dead"]:
            raise CannotMeasure(f"Not every message was answered: {dict(line.counts)}")
        outcome.turns["onethread"] = line.counts["turns"]
        outcome.lines += _lines(before, _weigh_all(instance))


async def _weigh_stock(
    plan: Plan, stocked: tuple[Path, stock.StockModel], outcome: Outcome, say: Say
) -> None:
    python, trained = stocked
    # Its custom actions are not there: it says so in its log and goes on, which costs it no memory.
    env = {
        "ONETHREAD_ACTIONS_URL": "http://127.0.0.1:1/webhook",
        "ONETHREAD_INTERNAL_SECRET": secrets.token_hex(16),
    }
    say("starting stock Rasa (about a minute)")
    async with run_stock(plan.root, python, trained, env) as server:
        side = StockSide(server.port, custom_actions(plan.root / "domain"))
        tally = Tally()
        await finish_round(await run_round(side, talks(1), 1, 0, tally), tally)
        pids = {"stock rasa": server.pid}
        before = weighed(pids)
        say(f"{plan.turns} turns of stock Rasa")
        await finish_round(await run_round(side, talks(max(1, plan.turns // TURNS)), 4, 1, tally), tally)
        outcome.turns["stock"] = tally.turns
        outcome.lines += _lines(before, weighed(pids))
    outcome.notes += trained.notes


def _weigh_all(instance: Instance) -> dict[str, Weight]:
    return {**weighed(instance.parts()), "supervisor": weighed_alone(instance.supervisor_pid)}


def _lines(before: Mapping[str, Weight], after: Mapping[str, Weight]) -> list[Line]:
    return [Line(name, before[name], after[name]) for name in sorted(before) if name in after]


_HEADS = ("process", "RSS at start", "PSS at start", "RSS after", "PSS after")


def table(lines: Sequence[Line]) -> str:
    """The figures as text in columns, MB."""
    rows = [
        (
            line.process,
            *(
                f"{value:.0f}"
                for weight in (line.at_start, line.after)
                for value in (weight.rss_mb, weight.pss_mb)
            ),
        )
        for line in lines
    ]
    return columns([_HEADS, *rows])
