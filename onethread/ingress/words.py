"""Recognises the single words by which people stop, and resume, being written to."""

from __future__ import annotations

from connectors.contract import Consent

_STOP = frozenset(
    {
        "stop",
        "stopall",
        "unsubscribe",
        "end",
        "quit",
        "cancel",
        "revoke",
        "optout",
        "opt-out",
        "opt out",
    }
)
_START = frozenset({"start", "unstop"})
_START_AFTER_STOP = _START | {"yes"}


def consent_word(text: str) -> Consent | None:
    """STOP or START when the whole message is such a word; a sentence with one in it is a sentence."""
    word = _bare(text)
    if word in _STOP:
        return Consent.STOP
    return Consent.START if word in _START else None


def resumes(text: str) -> bool:
    """Whether this message of somebody who stopped means to resume."""
    return _bare(text) in _START_AFTER_STOP


def _bare(text: str) -> str:
    return " ".join(text.strip(" \t\r\n.!\"'").casefold().split())
