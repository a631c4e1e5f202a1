"""Step 4: into which languages the answer may follow the message: pure.

Rasa's room tells which language a message is in and how plainly (`bot/addons/components/plainness.py`). How
plain it has to be, before this customer is answered in that language, is said here and goes along with each
turn, so that the very first answer is already in the language of the first message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LANGUAGES = ("en", "ro", "ru", "zh")
"""Those there are texts for."""

HINT, SURE, PLAIN = 1, 2, 3
"""A word or two; three words, or a script of its own; three words with hardly one of another language."""


def least_plainness(
    known: str | None, *, asked: bool, before: Mapping[str, Any] | None = None, app: str | None = None
) -> dict[str, int]:
    """Language -> how plainly the message must be in it to be answered in it; any other is not followed.

    `known`: the language this customer is written to in, if there is one, `asked` when he asked for it in
    words: then it stays. `before`: what was understood of the message before this one. `app`: the language
    of the app he writes in, as its platform says: no language by itself, but two signs are no chance.
    """
    last, was = _told(before)
    if known is None:
        least = dict.fromkeys(LANGUAGES, SURE)
        twice = (last, re.split("[-_]", str(app or ""))[0].lower())
        return least | dict.fromkeys([language for language in twice if language in least], HINT)
    if asked or last == known or was < PLAIN:
        return {}
    return {last: PLAIN}


def _told(before: Mapping[str, Any] | None) -> tuple[str, int]:
    """The language of an earlier message and how plainly it was in it; no plainness: nothing was told."""
    told = before or {}
    language, plainness = told.get("language"), told.get("plainness")
    if language not in LANGUAGES or not isinstance(plainness, int) or plainness < HINT:
        return "", 0
    return str(language), plainness
