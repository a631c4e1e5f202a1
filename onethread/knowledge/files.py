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
        found = self._index(language).search(question)
        fitting = (
            match
            for match in found
            if match.entry.is_valid(today) and (topic is None or match.entry.topic == topic)
        )
        return [match for match, _ in zip(fitting, range(limit), strict=False)]

    def general(self, topic: str, *, language: str, today: date) -> Entry | None:
        for entry in self._index(language).entries:
            if entry.topic == topic and entry.general and entry.is_valid(today):
                return entry
        return None

    def _index(self, language: str) -> Index:
        self._refresh()
        return self._indexes.get(language) or self._indexes.get(_FALLBACK) or Index(())

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
