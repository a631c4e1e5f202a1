"""Third step of understanding: what is wanted, by one linear model in numpy that knows when to refuse."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .features import Vocabulary
from .spans import MARKS, Span, find, mask
from .words import fold, split

FALLBACK = "nlu_fallback"
DETAILS = "give_details"
FILES = ("weights.npy", "biases.npy", "rarity.npy", "names.json")
_FORMAT = 2
_MARK_SET = frozenset(MARKS.values())


class UnknownFormat(ValueError):
    """A stored model was written by another version of this module."""


@dataclass(frozen=True)
class Guess:
    """What was understood: `intent` is `nlu_fallback` when the best guess is not good enough to act on.

    `ranking` holds the intents with their chances, best first, and never `nlu_fallback`.
    """

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    spans: tuple[Span, ...]
    language: str = "en"
    plainness: int = 0
    """How plainly the text is in this language; see `plainness.plainness`."""


@dataclass(frozen=True)
class IntentModel:
    """A trained model. `sharpness` turns scores into chances that come true that often."""

    intents: tuple[str, ...]
    vocabulary: Vocabulary
    weights: np.ndarray
    biases: np.ndarray
    sharpness: float
    thresholds: Mapping[str, float]

    def guess(self, text: str, ranked: int = 5) -> Guess:
        """What a message wants; `ranked` intents are told. Never raises, whatever the text."""
        spans = find(text)
        return decide(mask(text, spans), spans, [(1.0, self)], ranked)

    def chances(self, masked: str) -> dict[str, float]:
        """The chance of each intent for a text whose spans are masked."""
        places, values, _ = self.vocabulary.vector(masked)
        scores = (values @ self.weights[places] + self.biases) * self.sharpness
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        return dict(zip(self.intents, map(float, chances), strict=True))

    def to_files(self) -> dict[str, bytes]:
        """The model as plain numbers and JSON: loading runs no code; the same model is the same bytes."""
        numbers: dict[str, np.ndarray] = {
            "weights.npy": self.weights.astype(np.float16),
            "biases.npy": self.biases.astype(np.float32),
            "rarity.npy": self.vocabulary.weight.astype(np.float32),
        }
        names = {
            "format": _FORMAT,
            "intents": self.intents,
            "sharpness": self.sharpness,
            "thresholds": dict(self.thresholds),
            "features": list(self.vocabulary.index),
            "groups": dict(self.vocabulary.groups),
            "language": self.vocabulary.language,
        }
        files = {name: _bytes_of(array) for name, array in numbers.items()}
        return {**files, "names.json": json.dumps(names, ensure_ascii=False).encode()}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> IntentModel:
        """Raises UnknownFormat when the files are not of this version."""
        names: dict[str, Any] = json.loads(files["names.json"])
        if names.get("format") != _FORMAT:
            raise UnknownFormat(
                f"The intent model has format {names.get('format')}, not {_FORMAT}: train again."
            )
        weights, biases, rarity = (
            np.load(io.BytesIO(files[name]), allow_pickle=False).astype(np.float32) for name in FILES[:3]
        )
        index = {name: place for place, name in enumerate(names["features"])}
        vocabulary = Vocabulary(index, rarity, names["groups"], names["language"])
        return cls(
            tuple(names["intents"]),
            vocabulary,
            weights,
            biases,
            float(names["sharpness"]),
            names["thresholds"],
        )


def decide(
    masked: str, found: Sequence[Span], models: Sequence[tuple[float, IntentModel]], ranked: int = 5
) -> Guess:
    """What a message wants by several models, each with its share of the say; the first is the language's."""
    language = models[0][1].vocabulary.language
    spans = tuple(found)
    words = split(fold(masked))
    if spans and words and all(word in _MARK_SET for word in words) and DETAILS in models[0][1].intents:
        return Guess(DETAILS, 1.0, ((DETAILS, 1.0),), spans, language)
    if not words:
        return Guess(FALLBACK, 1.0, (), spans, language)
    chances: dict[str, float] = {}
    thresholds: dict[str, float] = {}
    for share, model in models:
        for intent, chance in model.chances(masked).items():
            chances[intent] = chances.get(intent, 0.0) + share * chance
            thresholds[intent] = thresholds.get(intent, 0.0) + share * model.thresholds.get(intent, 0.0)
    order = sorted(chances, key=lambda intent: (-chances[intent], intent))
    ranking = tuple((intent, chances[intent]) for intent in order if intent != FALLBACK)[:ranked]
    best, chance = ranking[0] if ranking else (FALLBACK, 1.0)
    if order[0] == FALLBACK or chance < thresholds.get(best, 0.0):
        # How sure it is that none of them is meant.
        return Guess(FALLBACK, 1.0 - chance, ranking, spans, language)
    return Guess(best, chance, ranking, spans, language)


def _bytes_of(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()
