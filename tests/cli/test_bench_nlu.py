"""`bench nlu`: what it takes, what it refuses, and stock Rasa beside it."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

from onethread.bench.reading import Reader, Row
from onethread.bench.stock import CARE_EARLIER, SAME_DATA, StockMissing, fingerprint
from onethread.cli import bench_nlu
from onethread.settings import ROOT

# In the place of stock's interpreter: checks how it is called and takes every text for a greeting.
FAKE_STOCK = """#!{python}
import json, sys
script, model, *options = sys.argv[1:]
assert script.endswith("bot/parse.py") and model.endswith("model.tar.gz"), sys.argv
assert options == ["--stock", "--timed"], options
for line in sys.stdin:
    told = {{"intent": "greet", "confidence": 0.9, "language": None, "intent_ranking": [], "ms": 30.0}}
    print(json.dumps(told))
"""
ROWS = [Row("bună ziua", "greet"), Row("mulțumesc", "thank")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree whose stock environment is made, with a fake interpreter in it."""
    lock = tmp_path / "requirements/bot-tensorflow.txt"
    python = tmp_path / ".venvs/stock/bin/python"
    uv = tmp_path / ".venvs/uv/bin/uv"
    for path, text in {
        tmp_path / "data/nlu/en/greet.yml": "nlu",
        lock: "rasa==3.6.21",
        python: FAKE_STOCK.format(python=sys.executable),
        uv: "#!/bin/sh\nexit 1\n",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    locked = hashlib.sha256(lock.read_bytes()).hexdigest()
    (tmp_path / ".venvs/stock/onethread-lock").write_text(locked)
    return tmp_path


def _put_model(root: Path, mark: str) -> None:
    folder = root / "var/bench" / f"stock-{mark}"
    folder.mkdir(parents=True)
    (folder / "model.tar.gz").write_bytes(b"model")


def _own() -> Reader:
    answer = {"intent": "thank", "confidence": 0.8, "language": "ro", "intent_ranking": [], "ms": 1.0}
    script = f"import sys\nfor line in sys.stdin: print({json.dumps(json.dumps(answer))})"
    return Reader("onethread", "onethread-abc", (sys.executable, "-c", script), {}, ROOT)


def test_stock_reads_the_same_rows_and_is_counted_by_the_languages_we_told(root: Path) -> None:
    _put_model(root, fingerprint(root, root / "requirements/bot-tensorflow.txt"))
    stock, notes = bench_nlu.stock_reader(root, inexact=False)
    assert notes == (SAME_DATA,)
    sides = bench_nlu.read_all(ROWS, [_own(), stock])
    assert list(sides) == ["onethread", "stock"]
    assert [list(side.languages) for side in sides.values()] == [["ro"], ["ro"]]
    greet, thank = sides["stock"].together.intents
    assert (greet.recall, thank.recall, sides["stock"].together.ms_mean) == (1.0, 0.0, 30.0)


def test_a_stock_model_of_earlier_data_comes_with_care(root: Path) -> None:
    _put_model(root, "earlier")
    stock, notes = bench_nlu.stock_reader(root, inexact=True)
    assert (stock.model, notes) == ("earlier", (SAME_DATA, CARE_EARLIER))


@pytest.mark.parametrize("inexact", [False, True])
def test_without_a_stock_model_it_says_how_to_train_one(root: Path, inexact: bool) -> None:
    if not inexact:
        _put_model(root, "earlier")
    with pytest.raises(StockMissing, match=r"bench turn --train-only") as refused:
        bench_nlu.stock_reader(root, inexact=inexact)
    assert ("--older-stock" in str(refused.value)) is not inexact


def test_the_files_thresholds_were_tuned_on_are_named() -> None:
    assert {"en.tsv", "ro.tsv", "ru.tsv", "zh.tsv"} <= set(bench_nlu.tuned_on())
    (named,) = bench_nlu.notes_on(Path("/somewhere/en.tsv"))
    assert all(name in named for name in bench_nlu.tuned_on())


def test_a_file_that_thresholds_were_tuned_on_comes_with_care() -> None:
    assert any(note.startswith("CARE") for note in bench_nlu.notes_on(ROOT / bench_nlu.HELD_OUT / "en.tsv"))


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_nlu.run([str(tmp_path / "none.tsv")]) == 1
    assert "cannot be read" in capsys.readouterr().err
