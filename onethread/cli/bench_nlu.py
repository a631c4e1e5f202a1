"""`bench nlu FILE.tsv`: how well the assistant understands labelled messages, and how long one takes it."""

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onethread.bench.understanding import FALLBACK, Figures, Reading, figures
from onethread.cli.parse import NoModel, rasa_environment, reader, wanted_model
from onethread.settings import ROOT

_CONFUSIONS_SHOWN = 15


class CannotMeasure(RuntimeError):
    """There are no figures; the text says why."""


def run(argv: list[str]) -> int:
    """Reads the file with the model of the present data; 0: measured, 1: it could not be, 2: wrong use."""
    args = _parser().parse_args(argv)
    try:
        rows = read_rows(args.file)
        model = wanted_model()
        found = figures(read(rows, model))
    except (CannotMeasure, NoModel) as error:
        sys.stderr.write(f"bench nlu: {error}\n")
        return 1
    sys.stdout.write(_told(args.file, model, found))
    path = args.out or ROOT / "var" / "bench" / f"nlu-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"file": args.file.name, "model": model.name, **asdict(found)}
    path.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"\nwritten to {path}\n")
    return 0


def read_rows(path: Path) -> list[tuple[str, str]]:
    """Texts and labels of a tab-separated file with a heading that names `text` and `intent`.

    Raises:
        CannotMeasure: the file is not there, empty, or of another shape.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise CannotMeasure(f"{path} cannot be read: {error}") from error
    labelled = [(row.get("text"), row.get("intent")) for row in rows]
    pairs = [(text, intent) for text, intent in labelled if text and intent]
    if not pairs or len(pairs) != len(rows):
        raise CannotMeasure(f"{path} must have a heading with 'text' and 'intent', and both in every row.")
    return pairs


def read(rows: Sequence[tuple[str, str]], model: Path) -> list[Reading]:
    """What the model makes of each text, in one process that loads it once.

    Raises:
        CannotMeasure: that process failed.
    """
    texts = "".join(" ".join(text.splitlines()) + "\n" for text, _ in rows)
    done = subprocess.run(
        reader(model, timed=True),
        input=texts,
        cwd=ROOT,
        env=rasa_environment(),
        check=False,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
    )
    answers = [json.loads(line) for line in done.stdout.split("\n") if line]
    if done.returncode != 0 or len(answers) != len(rows):
        raise CannotMeasure(f"{len(answers)} of {len(rows)} texts were read; see above.")
    return [_reading(label, answer) for (_, label), answer in zip(rows, answers, strict=True)]


def _reading(label: str, answer: dict[str, Any]) -> Reading:
    guesses = [guess["name"] for guess in answer["intent_ranking"] if guess["name"] != FALLBACK]
    return Reading(
        label=label,
        intent=answer["intent"],
        best_guess=guesses[0] if guesses else None,
        confidence=answer["confidence"],
        ms=answer["ms"],
    )


def _told(path: Path, model: Path, found: Figures) -> str:
    lines = [
        f"{path.name}: {found.rows} messages, model {model.name}",
        "",
        f"in-scope accuracy (refused counts as wrong)  {_figure(found.in_scope_accuracy)}"
        f"   of {found.in_scope_rows}; refused {_figure(found.in_scope_refused)},"
        f" best guess right {_figure(found.best_guess_accuracy)}",
        f"macro-F1 over in-scope intents               {_figure(found.macro_f1)}",
        f"macro-F1 over those with >= 15 rows          {_figure(found.macro_f1_enough_rows)}",
        f"out-of-scope recall                          {_figure(found.out_of_scope_recall)}"
        f"   of {found.out_of_scope_rows}",
        f"false accept rate                            {_figure(found.false_accept_rate)}",
        f"calibration error of what was accepted       {_figure(found.calibration_error)}",
        f"ms per message                               mean {found.ms_mean:.2f}, p95 {found.ms_p95:.2f}",
        "",
        f"{'intent':<18}{'rows':>6}{'precision':>11}{'recall':>8}{'F1':>7}",
    ]
    lines += [
        f"{line.intent:<18}{line.rows:>6}{line.precision:>11.3f}{line.recall:>8.3f}{line.f1:>7.3f}"
        for line in found.intents
    ]
    lines += ["", "taken for something else most often:"]
    lines += [
        f"{count:>6}  {label} -> {intent}" for label, intent, count in found.confusions[:_CONFUSIONS_SHOWN]
    ]
    return "\n".join(lines) + "\n"


def _figure(value: float | None) -> str:
    return "  -  " if value is None else f"{value:.3f}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onethread bench nlu", description="Measure understanding.")
    parser.add_argument("file", type=Path, help="tab-separated, with a heading: text, intent")
    parser.add_argument("--out", type=Path, help="where to write the figures as JSON")
    return parser
