"""`bench start`: seconds from nothing to an answer, of Rasa's process alone and of the whole instance."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from onethread.bench import stock
from onethread.bench.generator import GeneratorDied
from onethread.bench.report import write_report
from onethread.bench.rooms import CannotMeasure
from onethread.bench.servers import ServerDied
from onethread.bench.start import Plan, measure, table
from onethread.bench.stores import NotDurable
from onethread.bench.surroundings import busy

ROOT = Path(__file__).resolve().parents[2]


def run(argv: Sequence[str]) -> int:
    """Measures and prints the table; 0 when measured, 1 when it could not be."""
    args = _parser().parse_args(list(argv))
    try:
        alone = args.quick or args.only == "onethread"
        stocked = None if alone else stock.find_present(ROOT, _say, inexact=args.older_stock)
        outcome = asyncio.run(measure(Plan(ROOT, 1 if args.quick else args.starts, stocked), _say))
    except (CannotMeasure, stock.StockMissing, ServerDied, GeneratorDied, NotDurable) as error:
        sys.stderr.write(f"bench start: {error}\n")
        return 1
    out = [table(outcome.lines), "", *outcome.notes, f"Postgres: {outcome.durability}", busy(outcome.facts)]
    sys.stdout.write("\n".join(out).rstrip() + "\n\n")
    path = args.out or ROOT / "var" / "bench" / f"start-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    write_report(path, outcome.report())
    sys.stdout.write(f"written to {path}\n")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"[bench start] {text}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onethread bench start", description=__doc__)
    add = parser.add_argument
    add("--starts", type=int, default=3, help="starts of each (default 3)")
    add("--only", choices=("onethread",), help="leave stock out")
    add("--older-stock", action="store_true", help="take a stock model of earlier data, and say so")
    add("--quick", action="store_true", help="one start, without stock: shows that it works")
    add("--out", type=Path, help="where the JSON goes (default var/bench/start-<time>.json)")
    return parser
