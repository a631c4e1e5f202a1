"""Why a file is not there, in words for people; what is raised says what to do next."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """Reasons to refuse a file."""

    TOO_LARGE = "too_large"
    KIND = "kind"
    EMPTY = "empty"
    ADDRESS = "address"
    """Its address is none we may fetch from."""


class MediaError(Exception):
    """A file that could not be kept; the text is one sentence for people and holds no address or token."""


class Refused(MediaError):
    """We do not take this file."""

    def __init__(self, message: str, code: Why) -> None:
        super().__init__(message)
        self.code = code


class Unavailable(MediaError):
    """It could not be had just now: try again later."""


class Lost(MediaError):
    """It cannot be had any more."""


def too_large(most: int) -> Refused:
    """The file has more than `most` bytes."""
    return Refused(f"The file is larger than {most // 1_000_000} MB.", Why.TOO_LARGE)
