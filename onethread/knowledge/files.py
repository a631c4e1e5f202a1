"""The knowledge as files on disk, read again when an editor saves them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import structlog

from .entries import Entry, load_folder
from .port import Match
from .search import Index

_LOOK_EVERY_S = 2.0
_FALLBACK = "en"
_FITS_FROM = 0.45
"""From here on nothing English is looked for."""
_log = structlog.get_logger()


class KnowledgeFiles:
    """`KnowledgePort` on a folder `<language>/<topic>.yml`. A wrong entry is left out and logged."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._looked_at = float("-inf")
        self._state: tuple[tuple[str, int, int], ...] | None = None
        self._indexes: dict[str, Index] = {}

    def search(
        self, question: str, *, language: str, today: date, topic: str | None = None, limit: int = 3
    ) -> Sequence[Match]:
        found = self._found(question, language)
        fitting = (
            match
            for match in found
            if match.entry.is_valid(today) and (topic is None or match.entry.topic == topic)
        )
        return [match for match, _ in zip(fitting, range(limit), strict=False)]

    def general(self, topic: str, *, language: str, today: date) -> Entry | None:
        self._refresh()
        for index in (self._indexes.get(language), self._indexes.get(_FALLBACK)):
            for entry in index.entries if index is not None else ():
                if entry.topic == topic and entry.general and entry.is_valid(today):
                    return entry
        return None

    def _found(self, question: str, language: str) -> Sequence[Match]:
        """By the language's own phrasings, else by the English ones; told in the language where it can be."""
        self._refresh()
        own, english = self._indexes.get(language), self._indexes.get(_FALLBACK)
        found = own.search(question) if own is not None else []
        if english is None or own is english or (found and found[0].score >= _FITS_FROM):
            return found
        known = {entry.id: entry for entry in own.entries} if own is not None else {}
        other = [
            Match(known.get(match.entry.id, match.entry), match.score) for match in english.search(question)
        ]
        return max(found, other, key=lambda matches: matches[0].score if matches else 0.0)

    def _refresh(self) -> None:
        now = self._clock()
        if now - self._looked_at < _LOOK_EVERY_S:
            return
        self._looked_at = now
        state = self._fingerprint()
        if state == self._state:
            return
        entries, problems = load_folder(self._folder)
        for problem in problems:
            _log.warning(
                "knowledge.entry.left_out", place=f"{problem.file}:{problem.line}", why=problem.message
            )
        languages = {entry.language for entry in entries}
        self._indexes = {
            language: Index([entry for entry in entries if entry.language == language], language)
            for language in languages
        }
        self._state = state
        _log.info("knowledge.files.read", entries=len(entries), problems=len(problems))

    def _fingerprint(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for path in sorted(self._folder.glob("*/*.yml")):
            try:
                stat = path.stat()
            except FileNotFoundError:  # taken away between the two looks
                continue
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
        return tuple(found)
