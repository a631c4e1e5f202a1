"""Runs both assistants side by side and collects what `bench turn` reports."""

import os
import secrets
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from onethread.bench import stock
from onethread.bench.load import Side, Tally, finish_round, run_round
from onethread.bench.report import Figures, figures
from onethread.bench.rooms import (
    Say,
    custom_actions,
    max_history,
    place_of,
    run_actions,
    run_ours,
    run_stock,
    train_ours,
)
from onethread.bench.servers import Server
from onethread.bench.shop import open_shop
from onethread.bench.sides import OnethreadSide, StockSide
from onethread.bench.stores import read_durability
from onethread.bench.surroundings import surroundings
from onethread.bench.talks import talks
from onethread.supervisor.ports import LOOPBACK

_WARM_TALKS = 16
_WARM_ROUND = 9999
_FAIRNESS = (
    "One Rasa process each, on the same rules, stories and domain, asked by one generator: the same texts in",
    "the same order, one kept connection a talk; rounds take turns between the two while the other is idle.",
    "Both call the same action server for the same custom actions. Stock keeps its trackers in memory; ours",
    "gets the customer's window with each request and gives events and state back, as the worker uses it",
    "(its storing is not in these figures). Turns per second count the generator's own work on both",
    "sides. The two models may guess differently: compare the action calls.",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure; `stocked` is stock's interpreter and model, or None to leave it out."""

    root: Path
    concurrency: tuple[int, ...]
    rounds: int
    talks: int
    ours: bool
    stocked: tuple[Path, stock.StockModel] | None

    @property
    def place(self) -> Path:
        """Where logs and the demo shop live."""
        return place_of(self.root)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one Rasa process costs: seconds until ready, resident MB (10^6 bytes) then and after all turns."""

    ready_s: float
    rss_ready_mb: float
    rss_end_mb: float


@dataclass(slots=True)
class Outcome:
    """All that one run measured."""

    tallies: dict[tuple[str, int], Tally] = field(default_factory=dict)
    costs: dict[str, Cost] = field(default_factory=dict)
    durability: dict[str, str] = field(default_factory=dict)
    facts: dict[str, object] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=lambda: list(_FAIRNESS))

    def lines(self) -> list[Figures]:
        """The figures of each side in each mode."""
        return [figures(side, mode, tally) for (side, mode), tally in self.tallies.items()]

    def about(self) -> dict[str, object]:
        """What the figures belong to, for the JSON."""
        calls = {f"{side} c={mode}": dict(tally.actions) for (side, mode), tally in self.tallies.items()}
        return {
            **self.facts,
            "postgres": self.durability,
            "models": self.models,
            "processes": {name: asdict(cost) for name, cost in self.costs.items()},
            "action_calls": calls,
            "notes": self.notes,
        }


async def measure(plan: Plan, say: Say) -> Outcome:
    """Starts the shop, the action server and both assistants, and takes all rounds.

    Raises:
        CannotMeasure, ServerDied, TurnFailed, NotDurable: there are no figures; the text says why.
    """
    outcome = Outcome(facts=surroundings(plan.place))
    model = train_ours(plan.root, say) if plan.ours else None
    secret = secrets.token_hex(16)
    known = custom_actions(plan.root / "domain")
    started: list[tuple[Side, Server, float]] = []
    async with AsyncExitStack() as stack:
        say("starting Postgres with the demo shop, and the action server")
        url = stack.enter_context(open_shop(plan.place / f"postgres-{os.getpid()}", datetime.now(UTC).date()))
        outcome.durability = read_durability(url)
        actions = await stack.enter_async_context(run_actions(plan.root, url, secret))
        env = {
            "ONETHREAD_ACTIONS_URL": f"http://{LOOPBACK}:{actions.port}/webhook",
            "ONETHREAD_INTERNAL_SECRET": secret,
        }
        if plan.stocked is not None:
            say("starting stock Rasa (about a minute)")
            python, trained = plan.stocked
            server = await stack.enter_async_context(run_stock(plan.root, python, trained, env))
            started.append((StockSide(server.port, known), server, server.rss_mb()))
            outcome.models["stock"] = trained.fingerprint
            outcome.notes += trained.notes
        if model is not None:
            say("starting our Rasa")
            server = await stack.enter_async_context(run_ours(plan.root, model, env))
            history = await max_history(server.port)
            started.append((OnethreadSide(server.port, secret, history, known), server, server.rss_mb()))
            outcome.models["onethread"] = model.name
        await _take_rounds(plan, [(side, server) for side, server, _ in started], outcome, say)
        for side, server, at_ready in started:
            outcome.costs[side.name] = Cost(
                round(server.ready_s, 2), round(at_ready, 1), round(server.rss_mb(), 1)
            )
    return outcome


async def _take_rounds(
    plan: Plan, started: Sequence[tuple[Side, Server]], outcome: Outcome, say: Say
) -> None:
    for side, _ in started:
        say(f"warming {side.name}")
        await finish_round(await run_round(side, talks(_WARM_TALKS), 4, _WARM_ROUND, Tally()), Tally())
    round_no = 0
    for mode in plan.concurrency:
        for number in range(1, plan.rounds + 1):
            round_no += 1
            # Whoever goes first meets the action server and Postgres after a rest: take turns at it.
            for side, server in started if number % 2 else reversed(started):
                tally = outcome.tallies.setdefault((side.name, mode), Tally())
                before = server.cpu_s()
                spoken = await run_round(side, talks(plan.talks), mode, round_no, tally)
                after = server.cpu_s()
                await finish_round(spoken, tally)
                if before is not None and after is not None:
                    tally.cpu_s = (tally.cpu_s or 0.0) + after - before
                speed = tally.rounds_per_s[-1]
                say(f"c={mode} round {number}/{plan.rounds} {side.name}: {speed:.1f} turns/s")
