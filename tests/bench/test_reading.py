"""Rows of a labelled file, and assistants that read them line by line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from onethread.bench.reading import Reader, Row, is_long, read, read_rows
from onethread.bench.rooms import CannotMeasure

ANSWER = {
    "intent": "nlu_fallback",
    "confidence": 0.6,
    "language": None,
    "intent_ranking": [
        {"name": "nlu_fallback", "confidence": 0.6},
        {"name": "greet", "confidence": 0.4},
    ],
    "ms": 12.5,
}
# Answers each line with ANSWER and says on stderr what it read.
ASSISTANT = f"""
import sys
for line in sys.stdin:
    sys.stderr.write(line)
    print({json.dumps(json.dumps(ANSWER))})
"""


def _assistant(script: str, tmp_path: Path) -> Reader:
    return Reader("stock", "abc", (sys.executable, "-c", script), {"PYTHONIOENCODING": "utf-8"}, tmp_path)


def _file(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "some.tsv"
    path.write_text(content, encoding="utf-8")
    return path


def test_rows_are_read_by_the_names_of_the_heading(tmp_path: Path) -> None:
    file = _file(tmp_path, 'source\tintent\ttext\nown\tgreet\t"hi" there\n')
    assert read_rows(file) == [Row('"hi" there', "greet")]


def test_a_row_says_its_language_or_has_the_one_told_for_the_file(tmp_path: Path) -> None:
    file = _file(tmp_path, "text\tintent\tlanguage\nsalut\tgreet\tro\nhi\tgreet\t\n")
    assert [row.language for row in read_rows(file)] == ["ro", None]
    assert [row.language for row in read_rows(file, "en")] == ["ro", "en"]


@pytest.mark.parametrize(
    "content", ["", "text\tintent\n", "words\tlabel\nhi\tgreet\n", "text\tintent\nhi\t\n"]
)
def test_a_file_of_another_shape_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    with pytest.raises(CannotMeasure, match="must have a heading"):
        read_rows(_file(tmp_path, content))


def test_every_row_is_read_once_and_in_order(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = [Row("two\nlines", "greet", "en"), Row("你好", "nlu_fallback")]
    first, second = read(rows, _assistant(ASSISTANT, tmp_path))
    assert capfd.readouterr().err == "two lines\n你好\n"
    assert (first.label, first.language, second.label, second.language) == (
        *("greet", "en"),
        *("nlu_fallback", None),
    )
    assert (first.intent, first.best_guess, first.confidence, first.told, first.ms) == (
        *("nlu_fallback", "greet", 0.6),
        *(None, 12.5),
    )


@pytest.mark.parametrize("script", ["", "import sys; sys.exit(1)", ASSISTANT + "sys.exit(1)"])
def test_an_assistant_that_fails_gives_no_figures(tmp_path: Path, script: str) -> None:
    with pytest.raises(CannotMeasure, match=r"stock read \d of 1 texts"):
        read([Row("hi", "greet")], _assistant(script, tmp_path))


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("where is it", True),
        ("ok thanks !", False),
        ("a@b.example.com", False),
        ("где мой заказ", True),
        ("我的包裹在哪", True),
        ("你好", False),
    ],
)
def test_three_words_are_enough_to_tell_a_language_by(text: str, enough: bool) -> None:
    assert is_long(text) is enough
