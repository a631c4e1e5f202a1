"""Second step of understanding: a message as a sparse vector of words, pairs, word groups and letter runs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from . import words as wording

# How much each kind of feature may say: (prefix, weight, seen in at least so many examples).
_KINDS = {"w": (1.0, 1), "p": (0.7, 1), "g": (1.0, 1), "q": (0.7, 2), "c": (0.55, 2), "s": (0.6, 2)}
_RUNS = range(2, 6)


@dataclass(frozen=True)
class Vocabulary:
    """Which features exist, where they stand in the vector and how rare they are; built once, at training."""

    index: Mapping[str, int]
    weight: np.ndarray
    groups: Mapping[str, str] = field(default_factory=dict)

    def vector(self, text: str) -> tuple[np.ndarray, np.ndarray, float]:
        """Places and values (length 1) of the features a text has, and the share of its words ever seen."""
        found: list[int] = []
        seen = total = 0
        for feature in read(text, self.groups):
            place = self.index.get(feature)
            if feature[0] == "w":
                total += 1
                seen += place is not None
            if place is not None:
                found.append(place)
        found.sort()  # a set's order changes from process to process, and with it the last digit of every sum
        places = np.array(found, dtype=np.int64)
        values = self.weight[places]
        norm = math.sqrt(float(values @ values))
        if norm > 0.0:
            values = values / norm
        return places, values, (seen / total if total else 0.0)


def read(text: str, groups: Mapping[str, str]) -> set[str]:
    """Every feature of a text, as strings whose first letter names the kind."""
    words = wording.split(wording.fold(text))
    asked = "?" in words
    said = [word for word in wording.drop_greeting(words) if word != "?"]
    found = {"s?"} if asked else set()
    found.add(f"s#{min(len(said), 12) // 3}")
    if len(said) < len(words) - asked:
        found.add("s^greeted")
    if said:
        found.add("s<" + " ".join(said[:2]))
        found.add("s>" + said[-1])
    grouped = [groups.get(word, word) for word in said]
    before = group_before = ""
    for word, group in zip(said, grouped, strict=True):
        found.add("w" + word)
        if group is not word:
            found.add("g" + group)
        if before:
            found.add(f"p{before} {word}")
            if group is not word or group_before is not before:
                found.add(f"q{group_before} {group}")
        before, group_before = word, group
        if not word[0].isalnum():
            continue
        padded = f" {word} "
        for length in _RUNS:
            for start in range(len(padded) - length + 1):
                found.add("c" + padded[start : start + length])
    return found


def build(texts: Sequence[str], groups: Mapping[str, str]) -> Vocabulary:
    """The vocabulary of the training texts, in a fixed order."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(read(text, groups))
    kept = sorted(name for name, count in counts.items() if count >= _KINDS[name[0]][1])
    weight = np.array(
        [_KINDS[name[0]][0] * (1.0 + math.log((1 + len(texts)) / (1 + counts[name]))) for name in kept],
        dtype=np.float64,
    )
    return Vocabulary({name: place for place, name in enumerate(kept)}, weight, groups)


def groups_of(lookups: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Word -> its group (`@colour`), from Rasa's lookup tables; the first table that names a word has it."""
    groups: dict[str, str] = {}
    for table in lookups:
        elements = table["elements"]
        if isinstance(elements, list):
            for element in elements:
                for word in wording.split(wording.fold(str(element)))[:1]:
                    groups.setdefault(word, f"@{table['name']}")
    return groups
