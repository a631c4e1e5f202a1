"""`bench meaning FILE.tsv`: what sentence embeddings would add where our own classifier is least sure."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from onethread.bench import meaning, meaning_search, stock
from onethread.bench.meaning import Heard, Point
from onethread.bench.meaning_reading import ENCODERS, Answer, Encoder, hear, make_environment, sample
from onethread.bench.meaning_table import Side, table
from onethread.bench.reading import Row, read_rows
from onethread.bench.report import percentile, write_report
from onethread.bench.rooms import CannotMeasure, place_of
from onethread.bench.surroundings import busy, surroundings
from onethread.cli.bench_nlu import HELD_OUT
from onethread.cli.parse import NoModel, wanted_model
from onethread.settings import ROOT

_TUNED = "{language}: mixes were tuned on {count} messages of other files in {folder}, and on nothing else."
_HALVES = (
    "{language}: mixes were tuned on one half of the file and measured on the other, over five cuts; all"
    " lines of the curve are means over halves."
)
_TIMES = "Milliseconds are of one thread; what a second process costs a call is not in them."


def run(argv: list[str]) -> int:
    """Measures both encoders; 0: measured, 1: it could not be, 2: wrong use."""
    args = _parser().parse_args(argv)
    try:
        rows = read_rows(args.file, args.language)
        facts = surroundings(place_of(ROOT))
        python = make_environment(ROOT, _say, stock.find_uv(ROOT, os.environ))
        examples = sample(ROOT / "data" / "nlu", args.examples)
        tuned_on = rows_to_tune_on(args.file, rows)
        model = wanted_model()
        sides = {}
        for name in args.encoders:
            _say(f"{name} reads {len(rows) + len(tuned_on)} messages and learns from {len(examples)} texts")
            encoder = Encoder(name, ROOT, python)
            answer = hear(encoder, model, examples, [*rows, *tuned_on])
            _say(f"{name} searches the knowledge")
            sides[name] = side_of(answer, len(rows), meaning_search.found(encoder))
    except (CannotMeasure, NoModel, stock.StockMissing) as error:
        sys.stderr.write(f"bench meaning: {error}\n")
        return 1
    care = busy(facts)
    notes = [
        *notes_on(tuned_on, next(iter(sides.values())).rows),
        _sampled(args.examples, len(examples)),
        _TIMES,
        care,
    ]
    notes = [note for note in notes if note]
    sys.stdout.write(f"{args.file.name}\n\n{table(sides)}\n" + "".join(f"{note}\n" for note in notes))
    path = args.out or place_of(ROOT) / f"meaning-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    told = {name: asdict(side) for name, side in sides.items()}
    write_report(path, {**facts, "file": args.file.name, "model": model.name, "notes": notes, "sides": told})
    sys.stdout.write(f"\nwritten to {path}\n")
    return 0


def rows_to_tune_on(file: Path, rows: Sequence[Row]) -> list[Row]:
    """The held-out rows, of files other than this, in the languages it says its rows are in, or in all.

    A text of this file is left out wherever it stands.
    """
    measured = {row.text for row in rows}
    spoken = {row.language for row in rows}
    found = []
    for path in sorted((ROOT / HELD_OUT).glob("*.tsv")):
        language = path.stem.partition("-")[0]  # ru.tsv, ru-2.tsv
        if path != file.resolve() and (language in spoken or None in spoken):
            found += [row for row in read_rows(path, language) if row.text not in measured]
    return found


def side_of(answer: Answer, measured: int, found: Mapping[str, Sequence[float]]) -> Side:
    """The figures of one encoder: the first `measured` messages are measured, the others tuned on."""
    heard, languages = answer.heard[:measured], answer.languages[:measured]
    others, spoken = answer.heard[measured:], answer.languages[measured:]
    return Side(
        memory_mb=answer.memory_mb,
        ms_mean=sum(answer.embedding_ms) / len(answer.embedding_ms),
        ms_p95=percentile(answer.embedding_ms, 0.95),
        rows={name: languages.count(name) for name in sorted(set(languages))},
        alone={
            name: meaning.scores(meaning.meaning_alone(_of(heard, languages, name), answer.intents))
            for name in sorted(set(languages))
        },
        curves=_curves(heard, languages, others, spoken, answer.intents),
        found=found,
    )


def _curves(
    heard: Sequence[Heard],
    languages: Sequence[str],
    others: Sequence[Heard],
    spoken: Sequence[str],
    intents: Sequence[str],
) -> Mapping[str, Sequence[Point]]:
    """By language; one that no row is tuned on is tuned by halves."""
    return {
        name: meaning.curve(_of(heard, languages, name), intents, _of(others, spoken, name))
        for name in sorted(set(languages))
    }


def _of(heard: Sequence[Heard], languages: Sequence[str], name: str) -> list[Heard]:
    return [one for one, own in zip(heard, languages, strict=True) if own == name]


def notes_on(tuned_on: Sequence[Row], measured: Iterable[str]) -> list[str]:
    """What mixes were tuned on in each of the languages measured."""
    rows = Counter(row.language for row in tuned_on)
    return [
        _TUNED.format(language=name, count=rows[name], folder=HELD_OUT)
        if rows[name]
        else _HALVES.format(language=name)
        for name in measured
    ]


def _sampled(most: int, taken: int) -> str:
    if not most:
        return f"The embeddings' classifier learnt from all {taken} training texts."
    return (
        f"The embeddings' classifier learnt from a sample of {taken} training texts: at most {most} an intent"
        " and language (three times that out of scope), drawn with a fixed seed."
    )


def _say(text: str) -> None:
    sys.stderr.write(f"[bench meaning] {text}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="onethread bench meaning", description="Measure sentence embeddings."
    )
    add = parser.add_argument
    add("file", type=Path, help="tab-separated, with a heading: text, intent and, if you like, language")
    add("--language", metavar="L", help="the language of the rows that do not say it: en, ro, ru, zh")
    add("--encoders", nargs="+", choices=sorted(ENCODERS), default=sorted(ENCODERS), help="default: both")
    add(
        "--examples", type=int, default=200, metavar="N", help="training texts an intent and language; 0: all"
    )
    add("--out", type=Path, help="where the JSON goes (default var/bench/meaning-<time>.json)")
    return parser
