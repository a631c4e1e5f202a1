"""`bench growth`: what a turn costs after 10, 50, 100, 1,000 and 10,000 messages, beside stock Rasa."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from onethread.bench import stock
from onethread.bench.growth import Plan, measure, table
from onethread.bench.load import TurnFailed
from onethread.bench.report import write_report
from onethread.bench.rooms import CannotMeasure
from onethread.bench.servers import ServerDied
from onethread.bench.stores import NotDurable
from onethread.bench.surroundings import busy

ROOT = Path(__file__).resolve().parents[2]


def run(argv: Sequence[str]) -> int:
    """Measures and prints the table; 0 when measured, 1 when it could not be."""
    args = _parser().parse_args(list(argv))
    alone = args.quick or args.only == "onethread"
    try:
        plan = Plan(
            root=ROOT,
            sizes=(10, 100) if args.quick else tuple(args.sizes),
            turns=12 if args.quick else args.turns,
            stocked=None if alone else stock.find_present(ROOT, _say, inexact=args.older_stock),
            stock_sizes=tuple(args.stock_sizes),
            stock_s=args.stock_seconds,
        )
        outcome = asyncio.run(measure(plan, _say))
    except (CannotMeasure, stock.StockMissing, ServerDied, NotDurable, TurnFailed) as error:
        sys.stderr.write(f"bench growth: {error}\n")
        return 1
    out = [table(outcome.lines), "", *outcome.notes, f"Postgres: {outcome.durability}", busy(outcome.facts)]
    sys.stdout.write("\n".join(out).rstrip() + "\n\n")
    path = args.out or ROOT / "var" / "bench" / f"growth-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    write_report(path, outcome.report())
    sys.stdout.write(f"written to {path}\n")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"[bench growth] {text}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onethread bench growth", description=__doc__)
    add = parser.add_argument
    sizes = [10, 50, 100, 1000, 10000]
    add("--sizes", type=int, nargs="+", default=sizes, help=f"messages before (default {sizes})")
    add("--turns", type=int, default=360, help="turns of each size (default 360)")
    add("--only", choices=("onethread",), help="leave stock out")
    add("--stock-sizes", type=int, nargs="+", default=[10, 50, 100, 450, 1000], help="sizes for stock")
    add("--stock-seconds", type=float, default=900.0, help="stock ends a size after so long (default 900)")
    add("--older-stock", action="store_true", help="take a stock model of earlier data, and say so")
    add("--quick", action="store_true", help="our side, two sizes, few turns: shows that it works")
    add("--out", type=Path, help="where the JSON goes (default var/bench/growth-<time>.json)")
    return parser
