"""Step "render": cutting text where a reader sees no cut, within a platform's limit."""

from __future__ import annotations

from collections.abc import Callable

import regex

_GRAPHEME = regex.compile(r"\X")
_SURROGATE = regex.compile(r"[\ud800-\udfff]")
# Where to cut, best first: after a paragraph, a line, a sentence, a word.
_BORDERS = tuple(regex.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"[.!?…。！？]+[\s]+", r"\s+"))

Measure = Callable[[str], int]


def utf16_units(text: str) -> int:
    """Length in UTF-16 code units, as SMS and Telegram count."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def graphemes(text: str) -> list[str]:
    """What a reader sees as single characters (Unicode extended grapheme clusters)."""
    found: list[str] = _GRAPHEME.findall(text)
    return found


def sendable(text: str) -> str:
    """The text with what no platform can carry (NUL, lone surrogates) shown as U+FFFD."""
    cleaned: str = _SURROGATE.sub("\ufffd", text.replace("\x00", "\ufffd"))
    return cleaned


def head_of(text: str, limit: int, measure: Measure) -> str:
    """The first piece of a text: all of it, or at most `limit`.

    `measure` must be additive over graphemes. Cuts after a paragraph, line, sentence or word that lies in
    the second half of the piece, else between two graphemes; inside one only when it alone is over the limit.
    """
    head = _longest_head(text, limit, measure)
    return head[: _border(head)] if len(head) < len(text) else head


def _longest_head(text: str, limit: int, measure: Measure) -> str:
    used = end = 0
    for match in _GRAPHEME.finditer(text):
        used += measure(match.group())
        if used > limit:
            break
        end = match.end()
    return text[:end] if end else _code_points_within(text, limit, measure)


def _code_points_within(text: str, limit: int, measure: Measure) -> str:
    """The first code points of a grapheme that is longer than a whole message; at least one."""
    end = 1
    while end < len(text) and measure(text[: end + 1]) <= limit:
        end += 1
    return text[:end]


def _border(head: str) -> int:
    """Where to cut `head`, which is followed by more: the best border of its second half, or its end."""
    for border in _BORDERS:
        ends = [match.end() for match in border.finditer(head)]
        if ends and ends[-1] * 2 >= len(head):
            return int(ends[-1])
    return len(head)
