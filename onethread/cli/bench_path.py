"""`bench path`: how long a customer waits, from signed webhook in to platform send out, at several rates."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from onethread.bench.generator import GeneratorDied
from onethread.bench.path import Plan, measure, table
from onethread.bench.report import write_report
from onethread.bench.rooms import CannotMeasure
from onethread.bench.servers import ServerDied
from onethread.bench.stores import NotDurable
from onethread.bench.surroundings import busy

ROOT = Path(__file__).resolve().parents[2]


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
    try:
        outcome = asyncio.run(measure(plan, _say))
    except (CannotMeasure, ServerDied, GeneratorDied, NotDurable) as error:
        sys.stderr.write(f"bench path: {error}\n")
        return 1
    out = [table(outcome.lines), "", *outcome.notes, f"Postgres: {outcome.durability}", busy(outcome.facts)]
    sys.stdout.write("\n".join(out).rstrip() + "\n\n")
    path = args.out or ROOT / "var" / "bench" / f"path-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    write_report(path, outcome.report())
    sys.stdout.write(f"written to {path}\n")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"[bench path] {text}\n")
    sys.stderr.flush()


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
