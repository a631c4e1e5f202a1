"""`bench nlu FILE.tsv`: how well the assistant understands labelled messages, and how long one takes it."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from onethread.bench import stock
from onethread.bench.reading import Reader, Row, read, read_rows
from onethread.bench.report import write_report
from onethread.bench.rooms import CannotMeasure, place_of
from onethread.bench.surroundings import busy, surroundings
from onethread.bench.understanding import Understood, languages_of, understood
from onethread.bench.understanding_table import table
from onethread.cli.parse import NoModel, rasa_environment, reader, wanted_model
from onethread.settings import ROOT

HELD_OUT = Path("tests/nlu/heldout")
"""The project's own files that thresholds were tuned on; never anybody else's."""
_THRESHOLDS = (
    "Thresholds are learnt from the training data's own folds; what a wrong act costs beside a refusal was"
    " chosen on {files} in {folder}."
)
_TIMES = "Milliseconds are of one process on one core, after one text that is not counted."


def run(argv: list[str]) -> int:
    """Reads the file with the model of the present data; 0: measured, 1: it could not be, 2: wrong use."""
    args = _parser().parse_args(argv)
    beside = args.beside_stock or args.older_stock
    try:
        rows = read_rows(args.file, args.language)
        facts = surroundings(place_of(ROOT))
        others = [stock_reader(ROOT, inexact=args.older_stock)] if beside else []
        readers = [_own_reader(), *(other for other, _ in others)]
        sides = read_all(rows, readers)
    except (CannotMeasure, NoModel, stock.StockMissing) as error:
        sys.stderr.write(f"bench nlu: {error}\n")
        return 1
    compared = [note for _, cares in others for note in cares]
    said = (*notes_on(args.file), _TIMES, *compared, busy(facts))
    notes = [note for note in said if note]
    sys.stdout.write(f"{args.file.name}\n\n{table(sides)}\n" + "".join(f"{note}\n" for note in notes))
    path = args.out or place_of(ROOT) / f"nlu-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    whole = {
        **facts,
        "file": args.file.name,
        "models": {one.name: one.model for one in readers},
        "tuned_on": tuned_on(),
        "notes": notes,
        "sides": {name: asdict(side) for name, side in sides.items()},
    }
    write_report(path, whole)
    sys.stdout.write(f"\nwritten to {path}\n")
    return 0


def read_all(rows: Sequence[Row], readers: Sequence[Reader]) -> dict[str, Understood]:
    """What each makes of the rows, under its name; the first also tells languages where the file does not.

    Raises:
        CannotMeasure: one of them failed.
    """
    readings = {}
    for one in readers:
        _say(f"{one.name} reads {len(rows)} messages")
        readings[one.name] = read(rows, one)
    languages = languages_of(readings[readers[0].name])
    return {name: understood(those, languages) for name, those in readings.items()}


def stock_reader(root: Path, *, inexact: bool) -> tuple[Reader, tuple[str, ...]]:
    """Stock Rasa as a reader, in its environment, made if need be; and what is to be said with its figures.

    Raises:
        StockMissing: it has no model, or its environment cannot be made.
    """
    trained = stock.find_trained(root, inexact=inexact)
    python = stock.make_environment(root, stock.find_uv(root, os.environ), _say)
    argv = stock.parse_argv(root, python, trained)
    # Its folder holds a copy of the data it was trained on, and nothing of ours.
    env = stock.environment(rasa_environment())
    return Reader("stock", trained.fingerprint, argv, env, trained.folder), trained.notes


def tuned_on() -> list[str]:
    """The names of the held-out files that thresholds were tuned on."""
    return sorted(path.name for path in (ROOT / HELD_OUT).glob("*.tsv"))


def notes_on(file: Path) -> list[str]:
    """What thresholds were tuned on; with care, if it is the very file that is measured."""
    files = tuned_on()
    notes = [_THRESHOLDS.format(files=", ".join(files), folder=HELD_OUT)]
    if file.resolve().parent == ROOT / HELD_OUT:
        notes.append("CARE: this file is one of them.")
    return notes


def _own_reader() -> Reader:
    model = wanted_model()
    return Reader("onethread", model.name, reader(model, timed=True), rasa_environment(), ROOT)


def _say(text: str) -> None:
    sys.stderr.write(f"[bench nlu] {text}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onethread bench nlu", description="Measure understanding.")
    add = parser.add_argument
    add("file", type=Path, help="tab-separated, with a heading: text, intent and, if you like, language")
    add("--language", metavar="L", help="the language of the rows that do not say it: en, ro, ru, zh")
    add("--beside-stock", action="store_true", help="stock Rasa's default pipeline reads the same rows")
    add("--older-stock", action="store_true", help="the same, with a stock model of earlier data if need be")
    add("--out", type=Path, help="where the JSON goes (default var/bench/nlu-<time>.json)")
    return parser
