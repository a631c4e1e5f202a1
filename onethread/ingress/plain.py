"""Makes any text storable: Postgres takes no NUL and no half of a surrogate pair."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from math import isfinite

_REPLACEMENT = "\ufffd"
_DEEPEST = 20
"""Levels of lists and objects kept; what lies below is left out."""
_LARGEST = 2**63
_LONGEST = 500
"""Bytes of an id. Postgres' indexes take 2,700; no platform's id has a tenth of it."""


def plain_text(text: str) -> str:
    """The same text with NUL bytes and lone surrogates replaced by U+FFFD."""
    text = text.replace("\x00", _REPLACEMENT)
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def plain_value(value: object, deep: int = _DEEPEST) -> object:
    """A JSON value that can be stored; a number too large and what JSON does not know as their text."""
    if isinstance(value, (Mapping, list, tuple)) and not deep:
        return _REPLACEMENT
    if isinstance(value, Mapping):
        return {plain_text(str(key)): plain_value(item, deep - 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_value(item, deep - 1) for item in value]
    if isinstance(value, str):
        return plain_text(value)
    if (
        value is None
        or isinstance(value, bool)
        or (isinstance(value, float) and isfinite(value))
        or (isinstance(value, int) and abs(value) < _LARGEST)
    ):
        return value
    return plain_text(str(value)[:_LONGEST])


def plain_key(key: str) -> str:
    """A platform's id that can be stored and looked up: one that fits no index is named by its hash."""
    plain = plain_text(key)
    return plain if len(plain.encode()) <= _LONGEST else f"long:{sha256(plain.encode()).hexdigest()}"
