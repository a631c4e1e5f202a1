"""Makes any text storable: Postgres takes no NUL and no half of a surrogate pair."""

from __future__ import annotations

from collections.abc import Mapping

_REPLACEMENT = "\ufffd"


def plain_text(text: str) -> str:
    """The same text with NUL bytes and lone surrogates replaced by U+FFFD."""
    text = text.replace("\x00", _REPLACEMENT)
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def plain_value(value: object) -> object:
    """A JSON value with every text in it made storable; what JSON does not know becomes its text."""
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, Mapping):
        return {plain_text(str(key)): plain_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return plain_text(str(value))
