"""Finds the products a message names, by the lookup tables `product` (English), `product_ro` and so on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .features import LANGUAGES
from .scripts import HAN, simplify
from .words import fold

_TABLE = "product"
_WORD = re.compile(f"[^\\W_{HAN}]+")
_HAN_RUN = re.compile(f"[{HAN}]+")
# Where the own script is another, English names stand in a text as they are.
_WITH_ENGLISH = ("ru", "zh")
_MOST_WORDS, _MOST_HAN = 3, 6


@dataclass(frozen=True)
class Products:
    """Folded names of products by language."""

    names: Mapping[str, frozenset[str]]

    @classmethod
    def of_tables(cls, lookups: Iterable[Mapping[str, object]]) -> Products:
        """The names in the training data's lookup tables."""
        names: dict[str, set[str]] = {}
        for table in lookups:
            kind, _, language = str(table["name"]).partition("_")
            elements = table["elements"]
            if kind == _TABLE and (language or "en") in LANGUAGES and isinstance(elements, list):
                names.setdefault(language or "en", set()).update(_folded(str(name)) for name in elements)
        for language in _WITH_ENGLISH:
            names.setdefault(language, set()).update(names.get("en", ()))
        return cls({language: frozenset(known) for language, known in names.items()})

    def find(self, text: str, language: str) -> Iterator[tuple[int, int]]:
        """Places of the products named, of several readings the longest; none overlaps another."""
        known = self.names.get(language, frozenset())
        words = [(*match.span(), _folded(match.group())) for match in _WORD.finditer(text)]
        for first, last in _longest([word for *_, word in words], known, " ", _MOST_WORDS):
            yield words[first][0], words[last][1]
        if language == "zh":
            for run in _HAN_RUN.finditer(text):
                for first, last in _longest(simplify(run.group()), known, "", _MOST_HAN):
                    yield run.start() + first, run.start() + last + 1


def _longest(
    pieces: list[str] | str, known: frozenset[str], glue: str, most: int
) -> Iterator[tuple[int, int]]:
    """First and last piece of each known name."""
    at = 0
    while at < len(pieces):
        sizes = range(min(most, len(pieces) - at), 0, -1)
        size = next((size for size in sizes if glue.join(pieces[at : at + size]) in known), 0)
        if size:
            yield at, at + size - 1
        at += size or 1


def _folded(name: str) -> str:
    return simplify(fold(name)).strip()
