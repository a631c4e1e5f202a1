"""Find the entries that answer a question: word and letter-group similarity, weighted by rarity. Pure.

Every phrasing of an entry is one document; an entry is as good as its best phrasing, plus a little for words
of the question found in its answer. Which of the good ones is best, all its texts together have a say in.
Small words count little. Scores are 0..1 and do not depend on the order of the files.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import log, sqrt

from .entries import Entry
from .port import Match
from .words import fold, is_small, letter_groups, stems

_WORDS_SHARE = 0.6
_LETTERS_SHARE = 0.4
_ANSWER_BONUS = 0.12
_WHOLES_SHARE = 0.8
_SMALL_WEIGHT = 0.25


class Index:
    """The entries of one language, made ready for questions. Immutable."""

    def __init__(self, entries: Sequence[Entry], language: str = "en") -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: entry.id))
        self._language = language
        asked = [
            (number, fold(question))
            for number, entry in enumerate(self.entries)
            for question in entry.questions
        ]
        self._owner = [number for number, _ in asked]
        self._phrasings = _Texts([words for _, words in asked], language)
        self._wholes = _Texts(
            [fold(" ".join((*one.questions, one.answer))) for one in self.entries], language
        )
        self._answers = [frozenset(stems(fold(entry.answer), language)) for entry in self.entries]

    def search(self, question: str) -> list[Match]:
        """All entries with any likeness, best first; equals in the order of their ids."""
        words = fold(question)
        terms = stems(words, self._language)
        best: dict[int, float] = {}
        for document, score in self._phrasings.like(words).items():
            owner = self._owner[document]
            best[owner] = max(best.get(owner, 0.0), score)
        whole = self._wholes.like(words)
        ranked = []
        for owner, likeness in best.items():
            score = min(1.0, likeness + (1 - likeness) * self._answer_bonus(owner, terms))
            rank = score + (1 - score) * _WHOLES_SHARE * whole.get(owner, 0.0)
            ranked.append((-rank, Match(self.entries[owner], score)))
        return [match for _, match in sorted(ranked, key=lambda one: (one[0], one[1].entry.id))]

    def _answer_bonus(self, owner: int, terms: Sequence[str]) -> float:
        weights = {term: self._phrasings.words.rarity(term) for term in terms}
        whole = sum(weights.values())
        found = sum(weight for term, weight in weights.items() if term in self._answers[owner])
        return _ANSWER_BONUS * found / whole if whole else 0.0


class _Texts:
    """Documents that are compared by words and by letters."""

    def __init__(self, documents: Sequence[Sequence[str]], language: str) -> None:
        self._language = language
        self.words = _Space([stems(words, language) for words in documents], language)
        self.letters = _Space([letter_groups(words) for words in documents], "zh")  # only signs are small

    def like(self, words: Sequence[str]) -> Mapping[int, float]:
        """Likeness to each document that shares anything, 0..1."""
        likeness: defaultdict[int, float] = defaultdict(float)
        for document, score in self.words.like(stems(words, self._language)).items():
            likeness[document] += _WORDS_SHARE * score
        for document, score in self.letters.like(letter_groups(words)).items():
            likeness[document] += _LETTERS_SHARE * score
        return likeness


class _Space:
    """Documents as unit vectors of rarity-weighted terms, stored term by term."""

    def __init__(self, documents: Sequence[Sequence[str]], language: str) -> None:
        self._language = language
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
        return weight * _SMALL_WEIGHT if is_small(term, self._language) else weight

    def _unit(self, terms: Sequence[str]) -> dict[str, float]:
        raw = {term: (1 + log(times)) * self.rarity(term) for term, times in Counter(terms).items()}
        length = sqrt(sum(weight * weight for weight in raw.values()))
        return {term: weight / length for term, weight in raw.items()} if length else {}
