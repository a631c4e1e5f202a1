"""Runs both assistants side by side and collects what `bench turn` reports."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import yaml

from onethread.bench import stock
from onethread.bench.load import Side, Tally, finish_round, run_round
from onethread.bench.report import Figures, figures
from onethread.bench.servers import Server, running
from onethread.bench.shop import open_shop
from onethread.bench.sides import OnethreadSide, StockSide
from onethread.bench.stores import read_durability
from onethread.bench.surroundings import surroundings
from onethread.bench.talks import talks
from onethread.bench.wire import Wire
from onethread.supervisor.ports import LOOPBACK, free_port

Say = Callable[[str], None]

_WARM_TALKS = 16
_WARM_ROUND = 9999
_FAIRNESS = (
    "One Rasa process each, on the same data/ and domain/, asked by one generator: the same texts in the",
    "same order, one kept connection a talk; rounds take turns between the two while the other is idle. Both",
    "call the same action server for the same custom actions. Stock keeps its trackers in memory; ours gets",
    "the customer's window with each request and gives events and state back, as the worker uses it (the",
    "worker's storing is not in these figures). Turns per second count the generator's own work on both",
    "sides. The two models may guess differently: compare the action calls.",
)


class CannotMeasure(RuntimeError):
    """Something the measurement needs is not there; the text says what, and what to do."""


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
        return self.root / "var" / "bench"


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
        actions = await stack.enter_async_context(_run_actions(plan, url, secret))
        env = {
            "ONETHREAD_ACTIONS_URL": f"http://{LOOPBACK}:{actions.port}/webhook",
            "ONETHREAD_INTERNAL_SECRET": secret,
        }
        if plan.stocked is not None:
            say("starting stock Rasa (about a minute)")
            python, trained = plan.stocked
            server = await stack.enter_async_context(_run_stock(plan, python, trained, env))
            started.append((StockSide(server.port, known), server, server.rss_mb()))
            outcome.models["stock"] = trained.fingerprint
            if not trained.exact:
                outcome.notes.append("CARE: stock was trained on an EARLIER state of the data.")
        if model is not None:
            say("starting our Rasa")
            server = await stack.enter_async_context(_run_ours(plan, model, env))
            history = await _max_history(server.port)
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


def _run_actions(plan: Plan, url: str, secret: str) -> AbstractAsyncContextManager[Server]:
    port = free_port()
    env = {
        **os.environ,
        "PYTHONPATH": str(plan.root),
        "DATABASE_URL": url,
        "REDIS_URL": f"redis://{LOOPBACK}:1/0",  # a setting every process must have; actions never use it
        "ONETHREAD_PORT": str(port),
        "ONETHREAD_ACTIONS_URL": f"http://{LOOPBACK}:{port}/webhook",
        "ONETHREAD_INTERNAL_SECRET": secret,
        "ONETHREAD_SECRET_KEY": secrets.token_hex(32),
    }
    return running(
        "the action server",
        (sys.executable, "-P", "-m", "onethread.cli", "actions"),
        env=env,
        cwd=plan.root,
        port=port,
        ready_path="/health",
        log=plan.place / "actions.log",
        patience_s=60,
    )


def _run_stock(
    plan: Plan, python: Path, trained: stock.StockModel, env: Mapping[str, str]
) -> AbstractAsyncContextManager[Server]:
    port = free_port()
    return running(
        "stock Rasa",
        stock.serve_argv(python, trained, port),
        env=stock.environment(env),
        cwd=trained.folder,
        port=port,
        ready_path="/status",
        log=plan.place / "stock-rasa.log",
        patience_s=900,
    )


def _run_ours(plan: Plan, model: Path, env: Mapping[str, str]) -> AbstractAsyncContextManager[Server]:
    port = free_port()
    return running(
        "Rasa",
        (str(_bot_python(plan.root)), "bot/server.py", "--port", str(port)),
        env={**os.environ, **env, "ONETHREAD_MODEL": str(model), "RASA_TELEMETRY_ENABLED": "false"},
        cwd=plan.root,
        port=port,
        ready_path="/ready",
        log=plan.place / "onethread-rasa.log",
        patience_s=60,
    )


def train_ours(root: Path, say: Say) -> Path:
    """Our model of the data as it is now, trained if there is none.

    Raises:
        CannotMeasure: no environment for Rasa, or it did not train.
    """
    argv = [str(_bot_python(root)), "bot/train.py"]
    say("looking for our model of this data (trained now if there is none)")
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    done = subprocess.run(argv, cwd=root, env=env, stdout=subprocess.PIPE, text=True, check=False)
    told = done.stdout.strip().splitlines()
    if done.returncode or not told or not told[-1].startswith("model "):
        raise CannotMeasure(f"Our model did not train (code {done.returncode}); see `bin/onethread train`.")
    return root / told[-1].removeprefix("model ")


def _bot_python(root: Path) -> Path:
    python = root / ".venvs" / "bot" / "bin" / "python"
    if not python.exists():
        raise CannotMeasure("There is no environment for Rasa yet; `bin/onethread train` makes it.")
    return python


async def _max_history(port: int) -> int:
    """How far back the loaded model looks, as the worker asks for it."""
    async with Wire(LOOPBACK, port) as wire:
        return int(json.loads((await wire.get("/ready", {})).body)["max_history"])


def custom_actions(domain: Path) -> frozenset[str]:
    """The actions the action server runs, as the domain's files name them."""
    contents = (yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in domain.rglob("*.yml"))
    return frozenset(name for content in contents for name in content.get("actions", ()))
