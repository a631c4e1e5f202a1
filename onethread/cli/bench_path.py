"""`bench path`: how long a customer waits, from signed webhook in to platform send out, at several rates."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from onethread.bench.path import Plan, measure, table
from onethread.cli.bench_measured import ROOT, run_measured


def run(argv: Sequence[str]) -> int:
    """Measures and prints the table; 0 when measured, 1 when it could not be."""
    args = _parser().parse_args(list(argv))
    plan = Plan(
        root=ROOT,
        rates=(5.0, 10.0) if args.quick else tuple(args.rates),
        seconds=3.0 if args.quick else args.seconds,
        think_s=1.0 if args.quick else args.think,
        drain_s=args.drain,
        receipts=not args.no_receipts,
        workers=args.workers,
        rasa_processes=args.rasa_processes,
    )
    return run_measured(
        "path", args, lambda say: measure(plan, say), lambda outcome: [table(outcome.lines), ""]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onethread bench path", description=__doc__)
    add = parser.add_argument
    rates = [1.0, 10.0, 50.0, 100.0]
    add("--rates", type=float, nargs="+", default=rates, help="messages a second (default 1 10 50 100)")
    add("--seconds", type=float, default=30.0, help="length of each rate (default 30)")
    add("--think", type=float, default=5.0, help="seconds between a customer's messages (default 5)")
    add("--drain", type=float, default=60.0, help="most seconds to wait for the rest (default 60)")
    add("--no-receipts", action="store_true", help="the platform does not report what became of sends")
    add("--workers", type=int, default=1, help="worker processes (default 1)")
    add("--rasa-processes", type=int, default=1, help="Rasa processes (default 1)")
    add("--quick", action="store_true", help="two small rates: shows that it works, not how fast it is")
    add("--out", type=Path, help="where the JSON goes (default var/bench/path-<time>.json)")
    return parser
