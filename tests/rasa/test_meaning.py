"""The process that reads for `bench meaning`: its classifier, what it keeps, and our model's files."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot import meaning


class Counting:
    """An encoder: a text's vector is its length and its number of spaces; counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(text), text.count(" ")] for text in texts], dtype=np.float32)


def test_vectors_of_earlier_runs_are_not_made_again(tmp_path: Path) -> None:
    cache, encode = tmp_path / "made/use.npz", Counting()
    meaning._remember(encode, ["hi", "hello there"], cache)
    vectors = meaning._remember(encode, ["hello there", "bye", "hi"], cache)
    assert sorted(encode.asked) == ["bye", "hello there", "hi"]
    assert vectors.tolist() == [[11, 1], [3, 0], [2, 0]]
    assert [path.name for path in cache.parent.iterdir()] == ["use.npz"]


def test_a_text_twice_is_embedded_once(tmp_path: Path) -> None:
    encode = Counting()
    assert meaning._remember(encode, ["hi", "hi"], tmp_path / "use.npz").shape == (2, 2)
    assert encode.asked == ["hi"]


def test_what_lies_apart_is_told_apart() -> None:
    rows = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]], dtype=np.float32)
    weights, biases = meaning.fit(rows, np.array([0, 0, 1, 1]), 2)
    assert (rows @ weights + biases).argmax(axis=1).tolist() == [0, 0, 1, 1]


def test_only_the_files_of_our_classifier_are_taken_from_a_model(tmp_path: Path) -> None:
    path = tmp_path / "model.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in (
            "./components/train_bot.OnethreadIntentClassifier0/languages.json",
            "./components/train_bot.OnethreadEntityFinder1/products.json",
            "./metadata.json",
        ):
            about = tarfile.TarInfo(name)
            about.size = 2
            archive.addfile(about, io.BytesIO(b"{}"))
    assert meaning._files_of(path) == {"languages.json": b"{}"}
