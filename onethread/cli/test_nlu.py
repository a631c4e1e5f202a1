"""`onethread test-nlu`: what the pipeline makes of training texts it has not seen; no model is kept."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from onethread.bench.reading import Row, reading
from onethread.bench.report import write_report
from onethread.bench.rooms import CannotMeasure, place_of
from onethread.bench.understanding import Reading, languages_of, understood
from onethread.bench.understanding_table import table
from onethread.cli.parse import rasa_environment
from onethread.settings import ROOT
from onethread.supervisor.instance import bot_python

_CARE = "Training texts are chosen to teach, hard ones among them; `bench nlu` measures on customers' own."


def main(argv: list[str]) -> int:
    """Cross-validates and prints the report; 0: done, 1: it could not be, with one sentence, 2: wrong use."""
    args = _parser().parse_args(argv)
    try:
        readings = cross_validate(ROOT, args.folds)
    except CannotMeasure as error:
        sys.stderr.write(f"test-nlu: {error}\n")
        return 1
    found = understood(readings, languages_of(readings))
    told = f"{len(readings)} training texts, each read by a model trained without it ({args.folds} folds)"
    sys.stdout.write(f"{told}\n\n{table({'onethread': found})}\n{_CARE}\n")
    path = args.out or place_of(ROOT) / f"test-nlu-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    write_report(path, {"folds": args.folds, **asdict(found)})
    sys.stdout.write(f"\nwritten to {path}\n")
    return 0


def cross_validate(root: Path, folds: int) -> list[Reading]:
    """What was understood of each training text of `root`; how far it is goes to stderr.

    Raises:
        CannotMeasure: there is nothing to train on, or the training broke.
    """
    with subprocess.Popen(
        [bot_python(), str(ROOT / "bot" / "crossvalidate.py"), "--folds", str(folds), "--root", str(root)],
        cwd=root,
        # The order of sets must not shuffle features between trainings.
        env=rasa_environment() | {"PYTHONHASHSEED": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as child:
        readings = read_answers(child.stdout or ())
    if child.returncode != 0 or not readings:
        raise CannotMeasure("there are no figures; see above.")
    return readings


def read_answers(lines: Iterable[str]) -> list[Reading]:
    """The lines of `bot/crossvalidate.py`."""
    answers = [json.loads(line) for line in lines]
    return [reading(Row(a["text"], a["label"], a["written_in"]), a) for a in answers]


def _folds(word: str) -> int:
    number = int(word)
    if number < 2:
        raise argparse.ArgumentTypeError("there must be two folds at least")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="onethread test-nlu",
        description="Cross-validate the understanding on the training data: as many trainings as folds.",
    )
    add = parser.add_argument
    add("--folds", type=_folds, default=3, metavar="N", help="parts the texts are dealt into (default 3)")
    add("--out", type=Path, help="where the JSON goes (default var/bench/test-nlu-<time>.json)")
    return parser
