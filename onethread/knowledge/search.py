"""Find the entries that answer a question: word and letter-group similarity, weighted by rarity. Pure.

Every phrasing of an entry is one document; an entry is as good as its best phrasing, plus a little for words
of the question found in its answer. Small words count little. Scores are 0..1 and do not depend on the order
of the files.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log, sqrt

from .entries import Entry
from .port import Match

_WORD = re.compile(r"\w+")
_WORDS_SHARE = 0.6
_LETTERS_SHARE = 0.4
_ANSWER_BONUS = 0.12
_LETTERS = 3
_SMALL_WEIGHT = 0.25
# Words that are everywhere in a language and tell little, though a small collection may make them look rare.
SMALL_WORDS = {
    "en": frozenset(
        """
        a about am an and any are as at be but by can could dear did do does for from get give go got
        had has have hello hey hi how i if in is it its just let like me mine my no not of ok okay on
        or our please pls should so some something tell that the their them there these they thing this
        those to u up ur us want was we were what when where which who why will with would you your
        """.split()  # noqa: SIM905 - a list a person can read
    )
}
QUESTION_MAX = 1_000
"""Characters of a question that are looked at."""


def fold(text: str) -> list[str]:
    """The words of a text without case and accents."""
    plain = unicodedata.normalize("NFKD", text[:QUESTION_MAX].casefold())
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def letter_groups(words: Iterable[str]) -> list[str]:
    """Groups of three letters, borders of words included: what survives a typo or an ending."""
    groups: list[str] = []
    for word in words:
        framed = f" {word} "
        groups += [framed[at : at + _LETTERS] for at in range(len(framed) - _LETTERS + 1)]
    return groups


class Index:
    """The entries of one language, made ready for questions. Immutable."""

    def __init__(self, entries: Sequence[Entry], language: str = "en") -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: entry.id))
        small = SMALL_WORDS.get(language, frozenset())
        phrasings = [
            (number, fold(question))
            for number, entry in enumerate(self.entries)
            for question in entry.questions
        ]
        self._owner = [number for number, _ in phrasings]
        self._words = _Space([words for _, words in phrasings], small)
        self._letters = _Space([letter_groups(words) for _, words in phrasings])
        self._answers = [frozenset(fold(entry.answer)) for entry in self.entries]

    def search(self, question: str) -> list[Match]:
        """All entries with any likeness, best first; equals in the order of their ids."""
        words = fold(question)
        likeness: defaultdict[int, float] = defaultdict(float)
        for document, score in self._words.like(words).items():
            likeness[document] += _WORDS_SHARE * score
        for document, score in self._letters.like(letter_groups(words)).items():
            likeness[document] += _LETTERS_SHARE * score
        best: dict[int, float] = {}
        for document, score in likeness.items():
            owner = self._owner[document]
            best[owner] = max(best.get(owner, 0.0), score)
        matches = [
            Match(self.entries[owner], min(1.0, score + (1 - score) * self._answer_bonus(owner, words)))
            for owner, score in best.items()
        ]
        return sorted(matches, key=lambda match: (-match.score, match.entry.id))

    def _answer_bonus(self, owner: int, words: Sequence[str]) -> float:
        weights = {word: self._words.rarity(word) for word in words}
        whole = sum(weights.values())
        found = sum(weight for word, weight in weights.items() if word in self._answers[owner])
        return _ANSWER_BONUS * found / whole if whole else 0.0


class _Space:
    """Documents as unit vectors of rarity-weighted terms, stored term by term."""

    def __init__(self, documents: Sequence[Sequence[str]], small: frozenset[str] = frozenset()) -> None:
        self._small = small
        spread = Counter(term for terms in documents for term in set(terms))
        self._count = len(documents)
        self._rarity = {term: self._weight(term, found) for term, found in spread.items()}
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, terms in enumerate(documents):
            for term, weight in self._unit(terms).items():
                self._postings[term].append((number, weight))

    def rarity(self, term: str) -> float:
        """How telling a term is; one never seen counts as the rarest."""
        return self._rarity.get(term) or self._weight(term, 0)

    def like(self, terms: Sequence[str]) -> Mapping[int, float]:
        """Cosine likeness to each document that shares a term."""
        likeness: defaultdict[int, float] = defaultdict(float)
        for term, weight in self._unit(terms).items():
            for number, other in self._postings.get(term, ()):
                likeness[number] += weight * other
        return likeness

    def _weight(self, term: str, found: int) -> float:
        weight = log(1 + (self._count - found + 0.5) / (found + 0.5))
        return weight * _SMALL_WEIGHT if term in self._small else weight

    def _unit(self, terms: Sequence[str]) -> dict[str, float]:
        raw = {term: (1 + log(times)) * self.rarity(term) for term, times in Counter(terms).items()}
        length = sqrt(sum(weight * weight for weight in raw.values()))
        return {term: weight / length for term, weight in raw.items()} if length else {}
