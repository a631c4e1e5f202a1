"""`bench turn`: turns per second of one Rasa process through `POST /turn`, beside stock Rasa's."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from onethread.bench import stock
from onethread.bench.load import TurnFailed
from onethread.bench.report import ratios, table, write_json
from onethread.bench.rooms import CannotMeasure
from onethread.bench.servers import ServerDied
from onethread.bench.stores import NotDurable
from onethread.bench.turn import Outcome, Plan, measure

ROOT = Path(__file__).resolve().parents[2]


def run(argv: Sequence[str]) -> int:
    """Makes what is missing, measures and prints the table; 0 when measured, 1 when it could not be."""
    args = _parser().parse_args(list(argv))
    try:
        stocked = None if args.only == "onethread" else _prepare_stock(args)
        if args.train_only:
            return 0
        plan = Plan(
            root=ROOT,
            concurrency=tuple(args.concurrency),
            rounds=args.rounds,
            talks=args.talks,
            ours=args.only != "stock",
            stocked=stocked,
        )
        outcome = asyncio.run(measure(plan, _say))
    except (CannotMeasure, stock.StockMissing, ServerDied, NotDurable) as error:
        return _refuse(str(error))
    except TurnFailed as error:
        return _refuse(f"a turn failed, so there are no figures: {error}")
    _print(outcome, args.out or ROOT / "var" / "bench" / f"turn-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json")
    return 0


def _prepare_stock(args: argparse.Namespace) -> tuple[Path, stock.StockModel]:
    python = stock.make_environment(ROOT, stock.find_uv(ROOT, os.environ), _say)
    found = stock.find_model(ROOT, inexact=args.older_stock)
    return python, found or stock.train(ROOT, python, _say)


def _print(outcome: Outcome, path: Path) -> None:
    lines = outcome.lines()
    out = [table(lines), ""]
    out += [f"{mode}: {times:.1f} times stock's turns per second" for mode, times in ratios(lines).items()]
    for name, cost in outcome.costs.items():
        memory = f"{cost.rss_ready_mb:.0f} MB then, {cost.rss_end_mb:.0f} MB at the end"
        out.append(f"{name}: ready in {cost.ready_s:.1f} s, {memory}")
    out += ["", *outcome.notes, ""]
    sys.stdout.write("\n".join(out) + "\n")
    write_json(path, lines, outcome.about())
    sys.stdout.write(f"written to {path}\n")


def _say(text: str) -> None:
    sys.stderr.write(f"[bench turn] {text}\n")
    sys.stderr.flush()


def _refuse(reason: str) -> int:
    sys.stderr.write(f"bench turn: {reason}\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onethread bench turn", description=__doc__)
    add = parser.add_argument
    add("--only", choices=("stock", "onethread"), help="measure one side only (no ratio then)")
    add("--concurrency", type=int, nargs="+", default=[1, 8], metavar="N", help="talks at once (default 1 8)")
    add("--rounds", type=int, default=4, help="rounds for each side and mode (default 4)")
    add("--talks", type=int, default=16, help="talks of six turns in a round (default 16)")
    add("--older-stock", action="store_true", help="take a stock model of earlier data, and say so")
    add("--train-only", action="store_true", help="make and train stock Rasa, measure nothing")
    add("--out", type=Path, help="where the JSON goes (default var/bench/turn-<time>.json)")
    return parser
