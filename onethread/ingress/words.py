"""Recognises the words by which people stop, and resume, being written to.

English ones are the law's and the carriers' (47 CFR 64.1200(a)(10); Twilio, "Advanced Opt-Out", 2026-11):
nobody edits them away. Those of other languages are in `content/opt_out/`, for whoever knows the language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from connectors.contract import Consent

_LONGEST = 60
"""Characters of a word, or of the few words that stand for one."""

OPT_OUT = Path(__file__).resolve().parents[2] / "content" / "opt_out"

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


class WordsWrong(ValueError):
    """A list of words that cannot be read; says which, and why."""


def consent_word(text: str) -> Consent | None:
    """STOP or START when the whole message is such a word; a sentence with one in it is a sentence."""
    word = _bare(text)
    if word in _STOP or word in local_stops():
        return Consent.STOP
    return Consent.START if word in _START else None


def language_of_stop(text: str) -> str | None:
    """The language of a whole message that is a STOP word of a language of ours; an English one says nothing.

    No carrier knows such a word: the house confirms it.
    """
    word = _bare(text)
    return None if word in _STOP else local_stops().get(word)


def resumes(text: str) -> bool:
    """Whether this message of somebody who stopped means to resume."""
    return _bare(text) in _START_AFTER_STOP


def asks_to_stop(text: str) -> bool:
    """Whether this message says in plain words not to write any more, whatever else it says."""
    return _PLAIN_REQUEST.search(" ".join(text.casefold().replace("\u2019", "'").split())) is not None


@cache
def local_stops() -> Mapping[str, str]:
    """STOP words of other languages, folded -> language. Read once a process; raises `WordsWrong`."""
    return read_stops(OPT_OUT)


def read_stops(folder: Path) -> dict[str, str]:
    """The lists `<language>.yml` of a folder, folded word -> language; raises `WordsWrong`."""
    stops: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            words = yaml.safe_load(path.read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise WordsWrong(f"{path} is not YAML") from error
        if not isinstance(words, list) or not all(isinstance(word, str) and _bare(word) for word in words):
            raise WordsWrong(f"{path} should be a list of words, one a line; quote what YAML reads otherwise")
        for word in words:
            stops.setdefault(_bare(word), path.stem)
    return stops


def _bare(text: str) -> str:
    """Without case, accents, width, and the signs around; a hyphen is a space. A long text is no word."""
    text = text.strip()
    if len(text) > _LONGEST:
        return ""
    signs = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in signs if not unicodedata.combining(sign))
    return " ".join(plain.replace("-", " ").split()).strip(" .!,\"'\u3002\u2019\u201c\u201d\u00bb\u00ab~")
