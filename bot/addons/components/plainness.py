"""How plainly a message is in the language it was told to be in: whether an answer may follow it there."""

from __future__ import annotations

import re

from .language_model import CYRILLIC_LETTER, HAN_LETTER, MARK, LanguageModel
from .scripts import HAN
from .words import fold

# A word or two; three words, or a script that is nobody else's; three words with hardly another language's.
HINT, SURE, PLAIN = 1, 2, 3

# The language must be as likely as this, else nothing is told at all.
_LIKELY = 0.9
_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_STRANGE = re.compile(f"[^\\W\\d_a-z\u0400-\u04ff{HAN}]")
# Two characters are a word of Chinese, on the whole.
_HAN_PER_WORD = 2
# Language -> its own script, and how many letters of it nobody types by chance.
_SCRIPT = {"ru": (CYRILLIC_LETTER, 3), "zh": (HAN_LETTER, 2)}


def plainness(model: LanguageModel, text: str, language: str, share: float) -> int:
    """0 (nothing can be told), `HINT`, `SURE` or `PLAIN`; `share`: how likely the language is of the text.

    A word is this language's, another's, or nobody's: names, slips, and words of languages we do not know.
    """
    folded = MARK.sub(" ", fold(text))
    if _STRANGE.search(folded):
        return 0
    own, others, words = _count(model, folded, language)
    if not own or share < _LIKELY:
        return 0
    scripted, known = _has_script(folded, language) and others <= own, 2 * own >= words
    if known and words >= _WORDS and 4 * others <= own + others:
        return PLAIN
    if scripted or (known and words >= _WORDS and 3 * others < own + others):
        return SURE
    return HINT if known else 0


def _count(model: LanguageModel, folded: str, language: str) -> tuple[int, int, int]:
    """Words of the language, words of others, and all words."""
    own = others = words = 0
    for piece in _WORD.findall(folded):
        characters = len(HAN_LETTER.findall(piece))
        rest = HAN_LETTER.sub("", piece)
        for number, known in (
            (-(-characters // _HAN_PER_WORD), {"zh"}),
            (1 if rest else 0, {"ru"} if CYRILLIC_LETTER.search(rest) else model.who_know(rest)),
        ):
            words += number
            own += number if language in known else 0
            others += number if known and language not in known else 0
    return own, others, words


def _has_script(folded: str, language: str) -> bool:
    if language not in _SCRIPT:
        return False
    script, enough = _SCRIPT[language]
    return len(script.findall(folded)) >= enough
