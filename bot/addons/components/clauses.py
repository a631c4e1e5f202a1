"""After understanding: what each clause of a message wants, when they want different things."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .intent_model import FALLBACK, Guess

SURE_FROM = 0.50
"""A clause counts only when the guess at it alone is at least this likely."""
_MOST = 6
"""A message of more clauses is a story: it is read as a whole."""

# Ends of sentences, commas, and what joins two requests ("and also").
_BETWEEN = re.compile(
    r"[.!?;…]+(?=\s|$)|[。！？；，、\n]+|,(?=\s)"
    r"|\s(?:and also|and then|and|also|plus"
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
        if read.intent == FALLBACK or read.confidence < SURE_FROM:
            continue
        if told and told[-1]["intent"] == read.intent:
            told[-1]["end"] = end
        else:
            told.append({"start": start, "end": end, "intent": read.intent})
    return told if len({clause["intent"] for clause in told}) > 1 else []


def _places(text: str) -> list[tuple[int, int]]:
    """Where the clauses are; one too short to want something belongs to the one before it."""
    places: list[tuple[int, int]] = []
    start = 0
    for end, after in [
        *((found.start(), found.end()) for found in _BETWEEN.finditer(text)),
        (len(text), len(text)),
    ]:
        if text[start:end].strip():
            if places and not _says_something(text[start:end]):
                places[-1] = (places[-1][0], end)
            else:
                places.append((start, end))
        start = after
    return places


def _says_something(clause: str) -> bool:
    return len(_HAN.findall(clause)) >= 2 or len(_WORD.findall(clause)) >= 2
