"""What the buttons say when the assistant is not sure: one small file a language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import structlog
import yaml

TITLE_MAX = 20
_FALLBACK = "en"
_log = structlog.get_logger()


class TitleFiles:
    """Intent -> title, from `<folder>/<language>.yml`; read again when the file changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, tuple[tuple[int, int], Mapping[str, str]]] = {}

    def __call__(self, language: str) -> Mapping[str, str]:
        """The titles of a language, of English where nobody wrote any."""
        return self._titles(f"{language}.yml") or self._titles(f"{_FALLBACK}.yml")

    def _titles(self, name: str) -> Mapping[str, str]:
        path = self._folder / name
        if path.parent != self._folder:  # a "language" that is a path
            return {}
        try:
            stat = path.stat()
        except OSError:
            return {}
        state = (stat.st_mtime_ns, stat.st_size)
        known = self._read.get(path)
        if known is None or known[0] != state:
            try:
                titles = read_titles(path)
            except ValueError as error:
                _log.warning("knowledge.titles.wrong", file=str(path), why=str(error))
                titles = known[1] if known else {}
            known = self._read[path] = (state, titles)
        return known[1]


def read_titles(path: Path) -> Mapping[str, str]:
    """The titles of one file. Raises `ValueError` that says what is wrong."""
    try:
        read = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError("is not YAML") from error
    if not isinstance(read, dict):
        raise ValueError("should be lines like `intent: title`")
    for intent, title in read.items():
        if not isinstance(title, str) or not 1 <= len(title) <= TITLE_MAX:
            raise ValueError(f"the title of {intent} should have 1 to {TITLE_MAX} characters")
    return {str(intent): str(title) for intent, title in read.items()}
