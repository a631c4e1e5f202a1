"""What a customer can do on a phone, told from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self


class Deed(StrEnum):
    """Each is one thing done on a phone."""

    TEXT = "text"
    TAP = "tap"
    """`bubble` and `choice`: a button, a row of a list."""
    MEDIA = "media"
    """`file`, with `text` as caption."""
    LOCATION = "location"
    CONTACT = "contact"
    """`phone`, and `name` when it is not the owner's own card."""
    REACTION = "reaction"
    """`text`, an emoji, on `bubble`; empty: taken back."""
    EDIT = "edit"
    """`bubble` now says `text`."""
    REVOKE = "revoke"
    """`bubble` is deleted for everybody."""
    STICKER = "sticker"
    UNSUPPORTED = "unsupported"
    """Something the platform itself cannot pass on."""
    BLOCK = "block"
    UNBLOCK = "unblock"


class ActRefused(ValueError):
    """This cannot be done on such a phone, or it makes no sense; the text says why."""


@dataclass(frozen=True, slots=True)
class Act:
    """One deed and what it needs."""

    do: Deed
    text: str = ""
    bubble: str = ""
    choice: str = ""
    file: str = ""
    name: str = ""
    phone: str = ""
    latitude: float = 52.5163
    longitude: float = 13.3777

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """From JSON; unknown fields and wrong types raise `ActRefused`."""
        known = {field.name: field for field in fields(cls)}
        if unknown := sorted(set(said) - set(known)):
            raise ActRefused(f"unknown: {', '.join(unknown)}")
        try:
            deed = Deed(said["do"])
        except (KeyError, ValueError):
            raise ActRefused(f"do must be one of {', '.join(Deed)}") from None
        given: dict[str, Any] = {}
        for name, value in said.items():
            if name in ("latitude", "longitude"):
                if not isinstance(value, int | float) or isinstance(value, bool) or not -180 <= value <= 180:
                    raise ActRefused(f"{name} must be degrees")
                given[name] = float(value)
            elif name != "do":
                if not isinstance(value, str):
                    raise ActRefused(f"{name} must be a text")
                given[name] = value
        return cls(do=deed, **given)
