"""`bench ingest`: webhooks a second that the web process keeps for good, and how long an answer takes."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from onethread.bench.ingest import Plan, measure, table
from onethread.bench.webhooks import DOORS
from onethread.cli.bench_measured import ROOT, run_measured


def run(argv: Sequence[str]) -> int:
    """Measures and prints the table; 0 when measured, 1 when it could not be."""
    args = _parser().parse_args(list(argv))
    plan = Plan(
        root=ROOT,
        doors=tuple(args.doors),
        rounds=1 if args.quick else args.rounds,
        messages=200 if args.quick else args.messages,
        connections=args.connections,
        rate=args.rate,
        seconds=1.0 if args.quick else args.seconds,
    )
    return run_measured(
        "ingest", args, lambda say: measure(plan, say), lambda outcome: [table(outcome.lines), ""]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onethread bench ingest", description=__doc__)
    add = parser.add_argument
    add("--doors", nargs="+", choices=sorted(DOORS), default=["twilio_sms"], help="whose webhooks, mixed")
    add("--rounds", type=int, default=3, help="floods of each server (default 3)")
    add("--messages", type=int, default=4000, help="messages of one flood (default 4000)")
    add("--connections", type=int, default=16, help="connections of a flood (default 16)")
    add("--rate", type=float, default=100.0, help="messages a second of the open loop (default 100)")
    add("--seconds", type=float, default=30.0, help="length of the open loop (default 30)")
    add("--quick", action="store_true", help="one small round: shows that it works, not how fast it is")
    add("--out", type=Path, help="where the JSON goes (default var/bench/ingest-<time>.json)")
    return parser
