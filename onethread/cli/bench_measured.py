"""What every measuring `bench` command does with its run: tells of it, prints the table, writes the JSON."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from onethread.bench.generator import GeneratorDied
from onethread.bench.load import TurnFailed
from onethread.bench.report import write_report
from onethread.bench.rooms import CannotMeasure
from onethread.bench.servers import ServerDied
from onethread.bench.stock import StockMissing
from onethread.bench.stores import NotDurable
from onethread.bench.surroundings import busy

ROOT = Path(__file__).resolve().parents[2]

Say = Callable[[str], None]
_REFUSALS = (CannotMeasure, GeneratorDied, NotDurable, ServerDied, StockMissing, TurnFailed)


class Outcome(Protocol):
    """All that one run measured."""

    @property
    def facts(self) -> dict[str, object]: ...
    @property
    def durability(self) -> Mapping[str, str]: ...
    @property
    def notes(self) -> Sequence[str]: ...
    def report(self) -> dict[str, object]:
        """All of it, for the JSON."""


def run_measured[Measured: Outcome](
    name: str,
    args: argparse.Namespace,
    measure: Callable[[Say], Awaitable[Measured]],
    show: Callable[[Measured], Sequence[str]],
) -> int:
    """0: measured, shown and written (to `args.out`, if given); 1: it could not be, with one sentence."""

    def say(text: str) -> None:
        sys.stderr.write(f"[bench {name}] {text}\n")
        sys.stderr.flush()

    async def measured() -> Measured:
        return await measure(say)

    try:
        outcome = asyncio.run(measured())
    except _REFUSALS as error:
        sys.stderr.write(f"bench {name}: {error}\n")
        return 1
    out = [*show(outcome), *outcome.notes, f"Postgres: {outcome.durability}", busy(outcome.facts)]
    sys.stdout.write("\n".join(out).rstrip() + "\n\n")
    path = args.out or ROOT / "var" / "bench" / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    write_report(path, outcome.report())
    sys.stdout.write(f"written to {path}\n")
    return 0
