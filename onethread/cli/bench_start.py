"""`bench start`: seconds from nothing to an answer, of Rasa's process alone and of the whole instance."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from onethread.bench import stock
from onethread.bench.start import Outcome, Plan, measure, table
from onethread.cli.bench_measured import ROOT, Say, run_measured


def run(argv: Sequence[str]) -> int:
    """Measures and prints the table; 0 when measured, 1 when it could not be."""
    args = _parser().parse_args(list(argv))
    alone = args.quick or args.only == "onethread"

    async def run_plan(say: Say) -> Outcome:
        stocked = None if alone else stock.find_present(ROOT, say, inexact=args.older_stock)
        return await measure(Plan(ROOT, 1 if args.quick else args.starts, stocked), say)

    return run_measured("start", args, run_plan, lambda outcome: [table(outcome.lines), ""])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onethread bench start", description=__doc__)
    add = parser.add_argument
    add("--starts", type=int, default=3, help="starts of each (default 3)")
    add("--only", choices=("onethread",), help="leave stock out")
    add("--older-stock", action="store_true", help="take a stock model of earlier data, and say so")
    add("--quick", action="store_true", help="one start, without stock: shows that it works")
    add("--out", type=Path, help="where the JSON goes (default var/bench/start-<time>.json)")
    return parser
