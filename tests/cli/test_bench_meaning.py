"""`bench meaning`: what it tunes on, what it says of that, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from onethread.bench.meaning import Heard
from onethread.bench.meaning_reading import Answer
from onethread.bench.meaning_table import table
from onethread.bench.reading import Row, read_rows
from onethread.bench.understanding import FALLBACK
from onethread.cli import bench_meaning
from onethread.cli.bench_nlu import HELD_OUT
from onethread.settings import ROOT

INTENTS = ("greet", FALLBACK)


def _heard(label: str) -> Heard:
    return Heard(label, "greet", False, (0.6, 0.4), (0.2, 0.8), 1.0, 9.0)


def test_mixes_are_tuned_on_the_held_out_files_of_the_language() -> None:
    rows = bench_meaning.rows_to_tune_on(Path("/somewhere/ro.tsv"), [Row("salut", "greet", "ro")])
    assert {row.language for row in rows} == {"ro"}
    assert bench_meaning.notes_on(rows, ["ro"])[0].startswith(f"ro: mixes were tuned on {len(rows)} messages")


def test_a_file_that_does_not_say_its_language_is_tuned_on_all() -> None:
    rows = bench_meaning.rows_to_tune_on(Path("/somewhere/all.tsv"), [Row("salut", "greet")])
    assert {row.language for row in rows} == {"en", "ro", "ru", "zh"}


def test_a_held_out_file_is_never_tuned_on_itself() -> None:
    file = ROOT / HELD_OUT / "ru.tsv"
    own = read_rows(file, "ru")
    rows = bench_meaning.rows_to_tune_on(file, own)
    assert {row.text for row in own}.isdisjoint(row.text for row in rows)


def test_a_language_with_nothing_to_tune_on_is_cut_into_halves_and_says_so() -> None:
    assert "one half" in bench_meaning.notes_on([], ["ru"])[0]


def test_the_table_has_a_curve_a_language_and_what_the_search_finds() -> None:
    heard = [_heard("greet"), _heard(FALLBACK), _heard("greet"), _heard(FALLBACK)]
    answer = Answer(120.0, [9.0] * 4, INTENTS, heard, ["en", "en", "ru", "ru"])
    side = bench_meaning.side_of(answer, 3, {"ro": (0.9, 0.5, 0.7)})
    assert side.rows == {"en": 2, "ru": 1}
    assert side.curves["en"][0].accuracy == 1.0
    shown = table({"use": side})
    assert "en: least sure decided with use" in shown
    assert "ru: least sure decided with use" in shown
    assert "0.500" in shown


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_meaning.run([str(tmp_path / "none.tsv")]) == 1
    assert "cannot be read" in capsys.readouterr().err
