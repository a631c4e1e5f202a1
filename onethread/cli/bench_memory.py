"""`bench memory`: what each process weighs at its start and after 1,000 turns, beside stock Rasa."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from onethread.bench import stock
from onethread.bench.memory import Outcome, Plan, measure, table
from onethread.cli.bench_measured import ROOT, Say, run_measured


def run(argv: Sequence[str]) -> int:
    """Measures and prints the table; 0 when measured, 1 when it could not be."""
    args = _parser().parse_args(list(argv))
    alone = args.quick or args.only == "onethread"

    async def run_plan(say: Say) -> Outcome:
        stocked = None if alone else stock.find_present(ROOT, say, inexact=args.older_stock)
        return await measure(Plan(ROOT, 30 if args.quick else args.turns, args.rate, stocked), say)

    return run_measured("memory", args, run_plan, _show)


def _show(outcome: Outcome) -> list[str]:
    turns = "; ".join(f"{side}: {number} turns" for side, number in outcome.turns.items())
    return [table(outcome.lines), "", turns]


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
