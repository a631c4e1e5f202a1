"""How often the knowledge search finds the right entry first: by words as today, by meaning, and by both."""

from collections.abc import Sequence
from pathlib import Path

from onethread.bench.meaning_reading import Encoder, compare
from onethread.knowledge.entries import load_folder
from onethread.knowledge.search import Index

QUESTIONS = Path("tests/knowledge/questions")
"""Held out: nobody may copy one of them into `content/faq`."""
_FLATNESS = 5
"""How little a place behind the first one costs where both lists are joined (reciprocal ranks)."""


def found(encoder: Encoder) -> dict[str, Sequence[float]]:
    """By language: the share of held-out questions whose entry comes first by words, by meaning, by both.

    Raises:
        CannotMeasure: the encoder failed.
    """
    entries, _ = load_folder(encoder.root / "content" / "faq")
    shares: dict[str, Sequence[float]] = {}
    for path in sorted((encoder.root / QUESTIONS).glob("*.tsv")):
        asked = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line]
        written = [entry for entry in entries if entry.language == path.stem]
        phrasings = [(entry.id, question) for entry in written for question in entry.questions]
        questions = [question for question, _ in asked]
        likeness = compare(encoder, questions, [text for _, text in phrasings])
        owners = [owner for owner, _ in phrasings]
        index = Index(written, path.stem)
        by_words = [[match.entry.id for match in index.search(question)] for question in questions]
        by_meaning = [meaning_order(owners, row) for row in likeness]
        both = [joined(one, other) for one, other in zip(by_words, by_meaning, strict=True)]
        wanted = [entry for _, entry in asked]
        shares[path.stem] = [first_right(orders, wanted) for orders in (by_words, by_meaning, both)]
    return shares


def meaning_order(owners: Sequence[str], likeness: Sequence[float]) -> list[str]:
    """Ids of entries by their phrasing that is most alike; `owners` tells whose each phrasing is."""
    best: dict[str, float] = {}
    for owner, value in zip(owners, likeness, strict=True):
        best[owner] = max(best.get(owner, -1.0), value)
    return sorted(best, key=lambda owner: (-best[owner], owner))


def joined(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Both orders as one: each entry is as good as its two places."""
    worth: dict[str, float] = {}
    for order in (one, other):
        for place, owner in enumerate(order):
            worth[owner] = worth.get(owner, 0.0) + 1 / (_FLATNESS + place)
    return sorted(worth, key=lambda owner: (-worth[owner], owner))


def first_right(orders: Sequence[Sequence[str]], wanted: Sequence[str]) -> float:
    """The share of questions whose wanted entry comes first."""
    right = [bool(order) and order[0] == entry for order, entry in zip(orders, wanted, strict=True)]
    return sum(right) / len(right)
