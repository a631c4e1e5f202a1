"""What the words of a message are about: one concept for the many words and forms that name one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .scripts import sound_out
from .words import fold

_TABLE = Path(__file__).with_name("concepts.tsv")
# Where words bend so much that examples never show all their forms. English and Chinese gained nothing.
_COLUMNS = ("ro", "ru")
_MOST = 12


@dataclass(frozen=True)
class _Lexicon:
    """The concepts of whole words and of stems."""

    words: Mapping[str, tuple[str, ...]]
    stems: Mapping[str, tuple[str, ...]]


def of(said: Sequence[str], language: str) -> list[str]:
    """The concepts of words as `words.split` gives them, each once, in order, at most twelve."""
    if language not in _COLUMNS:
        return []
    return list(dict.fromkeys(_concepts(said, _lexicon(language))))[:_MOST]


def _concepts(said: Sequence[str], lexicon: _Lexicon) -> Iterator[str]:
    for word in said:
        yield from lexicon.words.get(word, ())
        for end in range(2, len(word) + 1):
            yield from lexicon.stems.get(word[:end], ())


@cache
def _lexicon(language: str) -> _Lexicon:
    words: dict[str, tuple[str, ...]] = {}
    stems: dict[str, tuple[str, ...]] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        concept, *columns = line.split("\t")
        for entry in columns[_COLUMNS.index(language)].split():
            kept = stems if entry.endswith("*") else words
            written = fold(entry.rstrip("*"))
            if language == "ru":
                written = sound_out(written)
            kept[written] = (*kept.get(written, ()), concept)
    return _Lexicon(words, stems)
