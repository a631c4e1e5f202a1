"""The port to the knowledge: a question in, the entries that may answer it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from .entries import Entry


@dataclass(frozen=True, slots=True)
class Match:
    """An entry and how well it fits the question: 0 not at all, 1 the very words."""

    entry: Entry
    score: float


class KnowledgePort(Protocol):
    """Reads of what editors wrote. Never waits on a network."""

    def search(
        self, question: str, *, language: str, today: date, topic: str | None = None, limit: int = 3
    ) -> Sequence[Match]:
        """The best entries, best first, of `topic` alone when given; none whose last day has passed.

        What nobody wrote in this language, and what is asked in English, is found by the English phrasings;
        the entry is the one in this language where there is one.
        """

    def general(self, topic: str, *, language: str, today: date) -> Entry | None:
        """The entry that speaks for the whole topic."""
