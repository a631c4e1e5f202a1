"""`bench growth`: what a turn costs after 10, 50, 100, 1,000 and 10,000 messages, beside stock Rasa."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from onethread.bench import stock
from onethread.bench.growth import Outcome, Plan, measure, table
from onethread.cli.bench_measured import ROOT, Say, run_measured


def run(argv: Sequence[str]) -> int:
    """Measures and prints the table; 0 when measured, 1 when it could not be."""
    args = _parser().parse_args(list(argv))
    alone = args.quick or args.only == "onethread"

    async def run_plan(say: Say) -> Outcome:
        plan = Plan(
            root=ROOT,
            sizes=(10, 100) if args.quick else tuple(args.sizes),
            turns=12 if args.quick else args.turns,
            stocked=None if alone else stock.find_present(ROOT, say, inexact=args.older_stock),
            stock_sizes=tuple(args.stock_sizes),
            stock_s=args.stock_seconds,
        )
        return await measure(plan, say)

    return run_measured("growth", args, run_plan, lambda outcome: [table(outcome.lines), ""])


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
