"""Recognises the words by which people stop, and resume, being written to: pure."""

from __future__ import annotations

import re

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

_WRITING = r"(?:texting|messaging|contacting|spamming|sms(?:ing)?|writing to|writing|sending)"
_ME = (
    r"(?:me|us|this (?:phone|number)|my (?:phone|number)|these|(?:me )?(?:any |more )*(?:texts|messages|sms))"
)
_PLAIN_REQUEST = re.compile(
    rf"\b(?:stop|quit|cease) {_WRITING} {_ME}\b"
    r"|\b(?:don'?t|do not|never) (?:ever )?(?:text|message|contact|spam|sms) me (?:again|any ?more|ever)\b"
    r"|\bunsubscribe me\b|\btake me off (?:your|the|this) (?:mailing |text(?:ing)? )?list\b"
)
"""Requests that can mean nothing else, wherever in a message they stand. The rest is the intent `opt_out`."""


def consent_word(text: str) -> Consent | None:
    """STOP or START when the whole message is such a word; a sentence with one in it is a sentence."""
    word = _bare(text)
    if word in _STOP:
        return Consent.STOP
    return Consent.START if word in _START else None


def resumes(text: str) -> bool:
    """Whether this message of somebody who stopped means to resume."""
    return _bare(text) in _START_AFTER_STOP


def asks_to_stop(text: str) -> bool:
    """Whether this message says in plain words not to write any more, whatever else it says."""
    return _PLAIN_REQUEST.search(" ".join(text.casefold().replace("\u2019", "'").split())) is not None


def _bare(text: str) -> str:
    return " ".join(text.strip(" \t\r\n.!\"'").casefold().split())
