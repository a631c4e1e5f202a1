"""`bench memory`: what each process weighs at its start and after 1,000 turns, beside stock Rasa."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from onethread.bench import stock
from onethread.bench.generator import GeneratorDied
from onethread.bench.load import TurnFailed
from onethread.bench.memory import Plan, measure, table
from onethread.bench.report import write_report
from onethread.bench.rooms import CannotMeasure
from onethread.bench.servers import ServerDied
from onethread.bench.stores import NotDurable
from onethread.bench.surroundings import busy

ROOT = Path(__file__).resolve().parents[2]


def run(argv: Sequence[str]) -> int:
    """Measures and prints the table; 0 when measured, 1 when it could not be."""
    args = _parser().parse_args(list(argv))
    try:
        alone = args.quick or args.only == "onethread"
        stocked = None if alone else stock.find_present(ROOT, _say, inexact=args.older_stock)
        plan = Plan(ROOT, 30 if args.quick else args.turns, args.rate, stocked)
        outcome = asyncio.run(measure(plan, _say))
    except (
        *(CannotMeasure, stock.StockMissing, ServerDied),
        *(GeneratorDied, NotDurable, TurnFailed),
    ) as error:
        sys.stderr.write(f"bench memory: {error}\n")
        return 1
    turns = "; ".join(f"{side}: {number} turns" for side, number in outcome.turns.items())
    out = [table(outcome.lines), "", turns, *outcome.notes, f"Postgres: {outcome.durability}"]
    sys.stdout.write("\n".join([*out, busy(outcome.facts)]).rstrip() + "\n\n")
    path = args.out or ROOT / "var" / "bench" / f"memory-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    write_report(path, outcome.report())
    sys.stdout.write(f"written to {path}\n")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"[bench memory] {text}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onethread bench memory", description=__doc__)
    add = parser.add_argument
    add("--turns", type=int, default=1000, help="turns between the two weighings (default 1000)")
    add("--rate", type=float, default=10.0, help="messages a second of our turns (default 10)")
    add("--only", choices=("onethread",), help="leave stock out")
    add("--older-stock", action="store_true", help="take a stock model of earlier data, and say so")
    add("--quick", action="store_true", help="30 turns, without stock: shows that it works")
    add("--out", type=Path, help="where the JSON goes (default var/bench/memory-<time>.json)")
    return parser
