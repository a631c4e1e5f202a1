"""After understanding: what each clause of a message wants, when they want different things."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from .intent_model import DETAILS, FALLBACK, Guess

SURE_FROM = 0.80
"""A clause counts only when the guess at it alone is at least this likely: a long story of one wish is
seldom cut up (tests/nlu/heldout). One that names an order or a contact counts anyway."""
SMALL_TALK = frozenset({"greet", "thank", "goodbye", "bot_challenge"})
"""Read as one of these, a message is what else it asks for: "thanks, and where is 1042"."""
_NO_REQUEST = SMALL_TALK | {"affirm", "deny", "complaint", "human_handoff", "opt_out", FALLBACK}
_MOST = 6
"""A message of more clauses is a story: it is read as a whole."""

_POLITE = re.compile(r",?\s*\b(?:please|pls|v[aă] rog|te rog|пожалуйста)\b,?", re.IGNORECASE)
_ENDS = re.compile(r"[.!?;…]+(?=\s|$)|[。！？；，、\n]+|,(?=\s)")
_JOINS = re.compile(
    r"\s(?:and also|and then|and|also|plus"
    r"|si mai|și mai|si|și|iar"
    r"|и ещё|и еще|а также|также|а ещё|а еще|и|а)\s"
    r"|还有|另外|顺便|以及|并且|然后",
    re.IGNORECASE,
)
_HAN = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"\w+")


def clauses_of(text: str, guess: Callable[[str], Guess]) -> list[dict[str, Any]]:
    """Place and intent of each clause that is sure of itself; empty unless they want different things.

    `guess` reads one clause. Numbers in a clause count as part of it, so "cancel 1063" is one.
    """
    places = _places(text)
    if not 1 < len(places) <= _MOST:
        return []
    told: list[dict[str, Any]] = []
    for start, end in places:
        read = guess(text[start:end])
        if read.intent == FALLBACK or (read.confidence < SURE_FROM and read.intent != DETAILS):
            continue
        if told and told[-1]["intent"] == read.intent:
            told[-1]["end"] = end
        else:
            told.append({"start": start, "end": end, "intent": read.intent})
    return told if len({clause["intent"] for clause in told}) > 1 else []


def asked_beside(intent: str, clauses: list[dict[str, Any]]) -> str | None:
    """The first request of a message whose `intent` is small talk; None: it asks for nothing else."""
    if intent not in SMALL_TALK:
        return None
    return next((clause["intent"] for clause in clauses if clause["intent"] not in _NO_REQUEST), None)


def _places(text: str) -> list[tuple[int, int]]:
    """Where the clauses are: between ends, and where two join that both say something ("and the invoice")."""
    text = _POLITE.sub(lambda polite: " " * len(polite[0]), text)  # "send me, please, the invoice" is one
    places: list[tuple[int, int]] = []
    for start, end in _between(_ENDS, text, 0, len(text)):
        joined = list(_between(_JOINS, text, start, end))
        whole = not all(_says_something(text[slice(*place)]) for place in joined)
        places += [(start, end)] if whole else joined
    return [place for place in places if _says_something(text[slice(*place)])]


def _between(signs: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for sign in signs.finditer(text, start, end):
        yield start, sign.start()
        start = sign.end()
    yield start, end


def _says_something(clause: str) -> bool:
    return len(_HAN.findall(clause)) >= 2 or len(_WORD.findall(clause)) >= 2
