"""Measures how long it takes from nothing to an answer: Rasa's process alone, and the whole instance."""

import asyncio
import secrets
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

from onethread.bench import stock
from onethread.bench.generator import Generator, running_generator
from onethread.bench.report import columns
from onethread.bench.rooms import CannotMeasure, Say, place_of, run_ours, run_stock, train_ours
from onethread.bench.stores import read_durability
from onethread.bench.surroundings import surroundings
from onethread.bench.webhooks import Inbound, door_settings
from onethread.bench.whole import running_instance, scratch

_ANSWER_S = 60.0
_POLL_S = 0.02
_NOTES = (
    "Rasa: from the start of its process until it answers that its model is loaded. The instance: `up` on an",
    "empty data directory (it makes the database, the demo shop and the keys) and again on the same one;",
    "ready: as its /ready page says; first answer: the send of the answer to a text posted when it was so.",
    "Models are trained already, and the files have been read before: they come from the system's cache.",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: so many starts of each; `stocked` is stock's interpreter and model, or None."""

    root: Path
    starts: int
    stocked: tuple[Path, stock.StockModel] | None

    @property
    def place(self) -> Path:
        """Where logs and instances live."""
        return place_of(self.root)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that starts; seconds of each start."""

    what: str
    seconds: tuple[float, ...]

    @property
    def median_s(self) -> float:
        """The middle one."""
        return round(statistics.median(self.seconds), 2)


@dataclass(slots=True)
class Outcome:
    """All that one run measured."""

    facts: dict[str, object]
    durability: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=lambda: list(_NOTES))

    def report(self) -> dict[str, object]:
        """All of it, for the JSON."""
        lines = [asdict(line) | {"median_s": line.median_s} for line in self.lines]
        return {**self.facts, "postgres": self.durability, "figures": lines, "notes": self.notes}


async def measure(plan: Plan, say: Say) -> Outcome:
    """Starts everything again and again.

    Raises:
        CannotMeasure, ServerDied, GeneratorDied, NotDurable: there are no figures; the text says why.
    """
    model = train_ours(plan.root, say)
    outcome = Outcome(surroundings(plan.place))
    env = {
        "ONETHREAD_ACTIONS_URL": "http://127.0.0.1:1/webhook",
        "ONETHREAD_INTERNAL_SECRET": secrets.token_hex(16),
    }
    alone: dict[str, list[float]] = {"our Rasa": []}
    if plan.stocked is not None:
        outcome.notes += plan.stocked[1].notes
    for number in range(plan.starts):
        say(f"start {number + 1} of {plan.starts}: our Rasa")
        async with run_ours(plan.root, model, env) as server:
            alone["our Rasa"].append(round(server.ready_s, 2))
        if plan.stocked is not None:
            say(f"start {number + 1} of {plan.starts}: stock Rasa")
            python, trained = plan.stocked
            async with run_stock(plan.root, python, trained, env) as server:
                alone.setdefault("stock Rasa", []).append(round(server.ready_s, 2))
    whole: dict[str, list[float]] = {}
    for number in range(plan.starts):
        say(f"start {number + 1} of {plan.starts}: the instance")
        for what, seconds in (await _start_instance(plan, outcome)).items():
            whole.setdefault(what, []).append(seconds)
    outcome.lines = [Line(what, tuple(seconds)) for what, seconds in (alone | whole).items()]
    return outcome


async def _start_instance(plan: Plan, outcome: Outcome) -> dict[str, float]:
    """Twice on one data directory; seconds by what was waited for."""
    took: dict[str, float] = {}
    async with AsyncExitStack() as stack:
        data_dir = stack.enter_context(scratch(plan.place))
        for which in ("on an empty data directory", "again"):
            async with running_generator(plan.root) as generator:
                began = time.perf_counter()
                doors = door_settings(generator.twilio_url)
                log = plan.place / "start-up.log"
                async with running_instance(plan.root, data_dir, log, doors=doors) as instance:
                    took[f"instance ready, {which}"] = round(instance.ready_s, 2)
                    outcome.durability = read_durability(instance.database_url)
                    await _first_answer(generator, instance.port)
                    took[f"first answer, {which}"] = round(time.perf_counter() - began, 2)
    return took


async def _first_answer(generator: Generator, port: int) -> None:
    """Posts a text and waits until its answer was sent."""
    message = Inbound("twilio_sms", f"SM{secrets.token_hex(16)}", "+15553000001", "hello", 0.0)
    await generator.stream(port, [message])
    until = time.monotonic() + _ANSWER_S
    while not await generator.received():
        if time.monotonic() > until:
            raise CannotMeasure(f"The first message was not answered in {_ANSWER_S:.0f} s.")
        await asyncio.sleep(_POLL_S)


def table(lines: Sequence[Line]) -> str:
    """The figures as text in columns."""
    rows = [
        (line.what, f"{line.median_s:.1f}", " ".join(f"{second:.1f}" for second in line.seconds))
        for line in lines
    ]
    return columns([("what", "median s", "each"), *rows])
