"""Before the second step of understanding: which language a message is in, by its script and letter runs."""

from __future__ import annotations

import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .scripts import HAN, typed_in_latin
from .words import fold

FILES = ("language.npy", "language.json")
DEFAULT = "en"
_RUNS = range(1, 5)
_LATIN_WORD = re.compile(r"[a-z']*[a-z][a-z'46]*")
HAN_LETTER = re.compile(f"[{HAN}]")
CYRILLIC_LETTER = re.compile("[\u0400-\u04ff]")
MARK = re.compile(r":[a-z]+:|https?://\S+|www\.\S+")
# What a letter of a script of its own is worth, beside a letter run's doubt: nobody types one by chance.
_HAN_WORTH, _CYRILLIC_WORTH = 7.0, 2.5
# Runs overlap, so their doubts are no independent witnesses.
_DAMPING = 0.3
# A run counts when it was met so often; one not met in a language is taken for met so often.
_SEEN = 3
_UNSEEN = 0.5
# The language a customer is known to write is so many times as likely as each other before a word is read.
_KNOWN = 8.0
_SLIGHT = 0.4


@dataclass(frozen=True)
class LanguageModel:
    """How surprising each run of Latin letters is in each language but Chinese (natural logarithms)."""

    languages: tuple[str, ...]
    index: Mapping[str, int]
    surprise: np.ndarray

    def shares(self, text: str, known: str | None = None) -> dict[str, float]:
        """How likely each language is; all of it where nothing can be told goes to `known` or the default.

        `known` is the language the customer wrote in before. A text in two languages is in the one that
        says more.
        """
        folded = MARK.sub(" ", fold(text))
        evidence = dict.fromkeys(self.languages, 0.0)
        if "zh" in evidence:
            evidence["zh"] += _HAN_WORTH * len(HAN_LETTER.findall(folded))
        if "ru" in evidence:
            evidence["ru"] += _CYRILLIC_WORTH * len(CYRILLIC_LETTER.findall(folded))
        rows = [self.index[run] for run in _letter_runs(folded) if run in self.index]
        if rows:
            doubt = self.surprise[rows].sum(axis=0)
            for language, given in zip(_in_letters(self.languages), doubt.max() - doubt, strict=True):
                evidence[language] += _DAMPING * float(given)
        if known in evidence:
            evidence[known] += math.log(_KNOWN)
        elif DEFAULT in evidence:
            evidence[DEFAULT] += _SLIGHT
        top = max(evidence.values())
        weights = {language: math.exp(value - top) for language, value in evidence.items()}
        total = sum(weights.values())
        return {language: weight / total for language, weight in weights.items()}

    def who_know(self, word: str) -> set[str]:
        """The languages a folded word in Latin letters was met in."""
        row = self.index.get("=" + word)
        if row is None:
            return set()
        met = self.surprise[row] < self._unmet
        return {language for language, known in zip(_in_letters(self.languages), met, strict=True) if known}

    @cached_property
    def _unmet(self) -> np.ndarray:
        """From this surprise on a run was never met in a language; once is a whole logarithm less."""
        return self.surprise.max(axis=0) - 0.5

    def to_files(self) -> dict[str, bytes]:
        """Plain numbers and JSON; the same model is the same bytes."""
        stream = io.BytesIO()
        np.save(stream, self.surprise.astype(np.float16), allow_pickle=False)
        names = {"languages": self.languages, "runs": list(self.index)}
        return {FILES[0]: stream.getvalue(), FILES[1]: json.dumps(names, ensure_ascii=False).encode()}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> LanguageModel:
        names: dict[str, Any] = json.loads(files[FILES[1]])
        surprise = np.load(io.BytesIO(files[FILES[0]]), allow_pickle=False).astype(np.float32)
        return cls(
            tuple(names["languages"]), {run: place for place, run in enumerate(names["runs"])}, surprise
        )


def learn(texts: Mapping[str, Iterable[str]]) -> LanguageModel:
    """A model of labelled texts, language -> texts; Russian is learnt as typed in Latin letters, too.

    Chinese and Cyrillic need no learning: their scripts tell.
    """
    languages = tuple(sorted(texts))
    counts: list[Counter[str]] = []
    for language in _in_letters(languages):
        counts.append(Counter())
        for text in texts[language]:
            written = typed_in_latin(text.lower()) if language == "ru" else []
            for folded in map(fold, [*written, text]):
                counts[-1].update(_letter_runs(MARK.sub(" ", folded)))
    together: Counter[str] = Counter()
    for own in counts:
        together.update(own)
    runs = sorted(run for run, count in together.items() if count >= _SEEN)
    surprise = np.zeros((len(runs), len(counts)), dtype=np.float32)
    for column, own in enumerate(counts):
        total = sum(own.values()) + _UNSEEN * len(runs)
        surprise[:, column] = [math.log(max(total, 1.0) / (own[run] + _UNSEEN)) for run in runs]
    return LanguageModel(languages, {run: place for place, run in enumerate(runs)}, surprise)


def _in_letters(languages: Iterable[str]) -> list[str]:
    """The languages that may be typed in Latin letters."""
    return [language for language in languages if language != "zh"]


def _letter_runs(folded: str) -> list[str]:
    runs: list[str] = []
    for word in _LATIN_WORD.findall(folded):
        padded = f" {word} "
        runs.append("=" + word)
        for length in _RUNS:
            runs.extend(padded[start : start + length] for start in range(len(padded) - length + 1))
    return runs
