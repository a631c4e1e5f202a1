"""Step "parse": reading JSON of which anything may be missing or of another type."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

Json = Mapping[str, object]

_LATEST = 4_102_444_800
"""The year 2100; no platform means what lies behind."""


class Malformed(Exception):
    """An element is not of the shape it says it has."""


def object_of(found: object, what: str) -> Json:
    """`found` as an object; raises `Malformed`."""
    if not isinstance(found, dict):
        raise Malformed(f"{what} is no object")
    return found


def objects_of(parent: Json, name: str) -> Sequence[Json]:
    """The objects in a list that may be missing."""
    found = parent.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def text_of(parent: Json, name: str) -> str:
    """A text that may be missing; a number as its digits."""
    found = parent.get(name)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    return str(found).strip() if isinstance(found, int) else found


def time_of(parent: Json, name: str = "timestamp") -> datetime | None:
    """A time in epoch seconds; None for anything else."""
    digits = text_of(parent, name)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 10:
        return None
    seconds = int(digits)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LATEST else None


def digest(*parts: object) -> str:
    """The same id for the same JSON, whatever its spacing: what stands in for an id that is not there."""
    written = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
