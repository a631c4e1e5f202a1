"""Stock Rasa is trained again when, and only when, what it is trained on has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onethread.bench.stock import StockMissing, find_model, find_uv, fingerprint, last_line, train


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "data/rules/core.yml": "rules",
        "domain/core.yml": "intents",
        "requirements/bot-tensorflow.txt": "rasa==3.6.21",
        "config.yml": "pipeline",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def _fingerprint(root: Path) -> str:
    return fingerprint(root, root / "requirements/bot-tensorflow.txt")


def _put_model(root: Path, name: str, age_s: float = 0.0) -> Path:
    path = root / "var/bench" / f"stock-{name}" / "model.tar.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"model")
    os.utime(path, (1e9 - age_s, 1e9 - age_s))
    return path


@pytest.mark.parametrize(
    "changed", ["data/rules/core.yml", "domain/core.yml", "requirements/bot-tensorflow.txt"]
)
def test_a_change_of_what_it_is_made_of_changes_the_fingerprint(root: Path, changed: str) -> None:
    before = _fingerprint(root)
    (root / changed).write_text("other")
    assert _fingerprint(root) != before


def test_a_moved_file_changes_the_fingerprint(root: Path) -> None:
    before = _fingerprint(root)
    (root / "data/rules/core.yml").rename(root / "data/rules/base.yml")
    assert _fingerprint(root) != before


def test_other_languages_than_its_own_do_not_touch_it(root: Path) -> None:
    (root / "data/nlu/ro").mkdir(parents=True)
    before = _fingerprint(root)
    (root / "data/nlu/ro/greet.yml").write_text("salut")
    assert _fingerprint(root) == before
    (root / "data/nlu/en").mkdir()
    (root / "data/nlu/en/greet.yml").write_text("hello")
    assert _fingerprint(root) != before


def test_our_own_pipeline_does_not_touch_it(root: Path) -> None:
    before = _fingerprint(root)
    (root / "config.yml").write_text("another pipeline")
    assert _fingerprint(root) == before


def test_the_model_of_todays_data_is_found(root: Path) -> None:
    path = _put_model(root, _fingerprint(root))
    found = find_model(root, inexact=False)
    assert found is not None
    assert (found.model, found.exact) == (path, True)


def test_a_model_of_other_data_is_taken_only_when_asked_for_and_says_so(root: Path) -> None:
    _put_model(root, "old", age_s=100)
    newest = _put_model(root, "newer")
    assert find_model(root, inexact=False) is None
    found = find_model(root, inexact=True)
    assert found is not None
    assert (found.model, found.exact, found.fingerprint) == (newest, False, "newer")


def test_uv_is_looked_for_where_the_launcher_looks(root: Path) -> None:
    with pytest.raises(StockMissing, match="install uv"):
        find_uv(root, {"PATH": str(root)})
    private = root / ".venvs/uv/bin/uv"
    private.parent.mkdir(parents=True)
    private.touch(mode=0o755)
    assert find_uv(root, {"PATH": str(root)}) == str(private)
    assert find_uv(root, {"PATH": str(private.parent)}) == str(private)
    assert find_uv(root, {"PATH": str(root), "ONETHREAD_UV": "/given/uv"}) == "/given/uv"


def test_without_training_data_it_says_what_is_missing(root: Path) -> None:
    with pytest.raises(StockMissing, match="data/nlu"):
        train(root, Path("/nowhere"), lambda text: None)


def test_progress_is_the_newest_state_of_a_progress_bar(tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_text("started\nEpochs: 1%\rEpochs: 42%\r")
    assert last_line(log) == "Epochs: 42%"
