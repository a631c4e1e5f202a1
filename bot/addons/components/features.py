"""Second step of understanding: a message as a sparse vector of words, groups, letter runs and concepts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from . import concepts
from . import words as wording

# How much each kind of feature may say: prefix, weight, seen in at least so many examples.
# w: word, p: pair, g: group of words, q: pair with a group, c: run of letters, h: run of Chinese
# characters with a group in it, s: shape of the sentence, k: concept.
_KINDS = {
    "w": (1.0, 1), "p": (0.7, 1), "g": (1.0, 1), "q": (0.7, 2), "c": (0.55, 2), "s": (0.6, 2),
    "k": (0.8, 1), "h": (0.55, 2),
}  # fmt: skip
# Where words bend, a word and its letters say less than its group and its concept. Romanian did not gain.
_SAY_LESS = {"ru": {"w": 0.7, "c": 0.45}}
_RUNS = range(2, 6)
# Characters of the longest Chinese word that is looked for in the groups.
_LONGEST = 6
# Lookup tables `common_words_ro` and so on help to tell a language; they group nothing.
COMMON_WORDS = "common_words"
LANGUAGES = ("en", "ro", "ru", "zh")


@dataclass(frozen=True)
class Vocabulary:
    """Which features exist, where they stand in the vector and how rare they are; built once, at training."""

    index: Mapping[str, int]
    weight: np.ndarray
    groups: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"

    def vector(self, text: str) -> tuple[np.ndarray, np.ndarray, float]:
        """Places and values of a text's features, and the share of its words ever seen."""
        features = read(text, self.groups, self.language)
        words = [feature for feature in features if feature[0] == "w"]
        seen = sum(word in self.index for word in words)
        return (*self.row(features), seen / len(words) if words else 0.0)

    def row(self, features: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """Places and values (length 1) of the features that exist."""
        found = [self.index[feature] for feature in features if feature in self.index]
        found.sort()  # a set's order changes from process to process, and with it the last digit of every sum
        places = np.array(found, dtype=np.int64)
        values = self.weight[places]
        norm = math.sqrt(float(values @ values))
        if norm > 0.0:
            values = values / norm
        return places, values


def read(text: str, groups: Mapping[str, str], language: str = "en") -> set[str]:
    """Every feature of a text, as strings whose first letter names the kind."""
    words = wording.split(wording.fold(text), language)
    asked = "?" in words
    said = [word for word in wording.drop_greeting(words, language) if word != "?"]
    found = {"s?"} if asked else set()
    found.add(f"s#{min(len(said), 12) // 3}")
    if len(said) < len(words) - asked:
        found.add("s^greeted")
    if said:
        found.add("s<" + " ".join(said[:2]))
        found.add("s>" + said[-1])
    grouped = said if language == "zh" else [groups.get(word, word) for word in said]
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
        if word[0].isalnum() and language != "zh":
            found.update("c" + run for run in _runs(f" {word} "))
    if language == "zh":
        # Nothing parts its words: they are among the runs of characters.
        found.update("c" + run for run in _runs(f" {''.join(said)} "))
        grouped = _group_characters(said, groups)
        if grouped != said:
            found.update("h" + run for run in _runs_with_groups([" ", *grouped, " "]))
    found.update("k" + concept for concept in concepts.of(said, language))
    return found


def _runs(padded: str) -> Iterator[str]:
    for length in _RUNS:
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]


def _group_characters(characters: Sequence[str], groups: Mapping[str, str]) -> list[str]:
    """Chinese with each word of a group, the longest first, replaced by the group's name."""
    grouped: list[str] = []
    start = 0
    while start < len(characters):
        for end in range(min(start + _LONGEST, len(characters)), start, -1):
            group = groups.get("".join(characters[start:end]))
            if group or end == start + 1:
                grouped.append(group or characters[start])
                break
        start = end
    return grouped


def _runs_with_groups(parts: Sequence[str]) -> Iterator[str]:
    """Groups, and the runs they stand in."""
    for length in range(1, _RUNS.stop):
        for start in range(len(parts) - length + 1):
            run = parts[start : start + length]
            if any(part[0] == "@" for part in run):
                yield "".join(run)


def build(texts: Sequence[str], groups: Mapping[str, str], language: str = "en") -> Vocabulary:
    """The vocabulary of the training texts, in a fixed order."""
    return learn_vocabulary([read(text, groups, language) for text in texts], groups, language)


def learn_vocabulary(found: Sequence[Iterable[str]], groups: Mapping[str, str], language: str) -> Vocabulary:
    """As `build`, of the features already read from each text."""
    counts: Counter[str] = Counter()
    for features in found:
        counts.update(features)
    kept = sorted(name for name, count in counts.items() if count >= _KINDS[name[0]][1])
    say = {kind: weight for kind, (weight, _) in _KINDS.items()} | _SAY_LESS.get(language, {})
    weight = np.array(
        [say[name[0]] * (1.0 + math.log((1 + len(found)) / (1 + counts[name]))) for name in kept],
        dtype=np.float64,
    )
    return Vocabulary({name: place for place, name in enumerate(kept)}, weight, groups, language)


def groups_of(lookups: Iterable[Mapping[str, object]], language: str = "en") -> dict[str, str]:
    """Word -> its group (`@colour`), from the lookup tables of a language; the first that has a word counts.

    A table `colour_ro` is Romanian's; one without a language's mark is English.
    """
    groups: dict[str, str] = {}
    for table in lookups:
        name, _, mark = str(table["name"]).rpartition("_")
        name, mark = (name, mark) if mark in LANGUAGES else (str(table["name"]), "en")
        elements = table["elements"]
        if isinstance(elements, list) and mark == language and name != COMMON_WORDS:
            for element in elements:
                words = wording.split(wording.fold(str(element)), language)
                word = "".join(words) if language == "zh" else "".join(words[:1])
                if word:
                    groups.setdefault(word, f"@{name}")
    return groups
