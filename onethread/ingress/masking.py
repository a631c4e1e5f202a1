"""Masks card numbers before anything is stored: pure, and careful with order ids and phone numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MASK = "•"
_GAP = r"[ \u00a0.\-\u2010-\u2015/]{0,3}"
_RUN = re.compile(rf"(?<![\w+•])\d(?:{_GAP}\d){{12,60}}(?![\w•])")
"""Digits with up to three separators between two of them; what follows a + is a phone number."""
_GROUP = re.compile(r"\d+")

_BESIDE = re.compile(
    r"(?i)\b(cvv2?|cvc2?|cid|csc|cvn|security code|card code|sec(?:urity)? ?no|valid (?:thru|until)|"
    r"exp(?:iry|ires|iration)?(?: date)?)(\s*(?:is|was|:|=|#|-|\.)?\s*)"
    r"(\d{1,2}\s*[/\-.]\s*\d{2,4}|\d{3,4})\b"
)
_AFTER = re.compile(
    r"[\s,;|/]{1,3}(?:((?:0[1-9]|1[0-2])\s?[/\-]\s?(?:20)?[2-4]\d)(?!\d)[\s,;|/]{0,3})?(\d{3,4})?(?![\w•])"
)
"""What people write right behind a card number: its date, its code, or both."""

_RANGES: tuple[tuple[int, int, frozenset[int]], ...] = (
    # First and last issuer prefix, and the lengths cards of it have.
    (4, 4, frozenset({13, 16, 18, 19})),
    (51, 55, frozenset({16})),
    (2221, 2720, frozenset({16})),
    (34, 34, frozenset({15})),
    (37, 37, frozenset({15})),
    (300, 305, frozenset({14, 16, 17, 18, 19})),
    (36, 36, frozenset({14, 16, 17, 18, 19})),
    (38, 39, frozenset({14, 16, 17, 18, 19})),
    (6011, 6011, frozenset({16, 17, 18, 19})),
    (644, 649, frozenset({16, 17, 18, 19})),
    (65, 65, frozenset({16, 17, 18, 19})),
    (3528, 3589, frozenset({16, 17, 18, 19})),
    (62, 62, frozenset({16, 17, 18, 19})),
    (50, 50, frozenset({16, 17, 18, 19})),
    (56, 58, frozenset({16, 17, 18, 19})),
    (67, 67, frozenset({16, 17, 18, 19})),
    (2200, 2204, frozenset({16, 17, 18, 19})),
)


@dataclass(frozen=True, slots=True)
class Masked:
    """The text that may be stored, and whether something was taken out."""

    text: str
    found: bool


def mask_cards(text: str) -> Masked:
    """Replace every card number by dots and its last four digits, and blank codes and dates beside it.

    Masking twice changes nothing more. Numbers that fail the check digit, have no issuer's prefix or a
    length no card of that issuer has stay as they are.
    """
    spans = [span for run in _RUN.finditer(text) for span in _cards_in(run)]
    if not spans:
        return Masked(text, False)
    # Every replacement is as long as what it replaces, so positions stay true.
    for start, end in spans:
        text = text[:start] + _masked(text[start:end]) + text[end:]
        behind = _AFTER.match(text, end)
        if behind:
            text = text[:end] + _blank(behind.group()) + text[behind.end() :]
    return Masked(_BESIDE.sub(lambda m: m.group(1) + m.group(2) + _blank(m.group(3)), text), True)


def _cards_in(run: re.Match[str]) -> list[tuple[int, int]]:
    """Card numbers in a run of digits: they begin and end where a group of digits does."""
    groups = [group.span() for group in _GROUP.finditer(run.group())]
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(groups):
        for last in range(len(groups) - 1, first - 1, -1):
            start, end = groups[first][0], groups[last][1]
            if _is_card(re.sub(r"\D", "", run.group()[start:end])):
                found.append((run.start() + start, run.start() + end))
                first = last
                break
        first += 1
    return found


def _is_card(digits: str) -> bool:
    return 13 <= len(digits) <= 19 and _has_issuer(digits) and _passes_luhn(digits) and len(set(digits)) > 1


def _has_issuer(digits: str) -> bool:
    for first, last, lengths in _RANGES:
        prefix = int(digits[: len(str(first))])
        if first <= prefix <= last and len(digits) in lengths:
            return True
    return False


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _masked(number: str) -> str:
    left = sum(c.isdigit() for c in number)
    out: list[str] = []
    for char in number:
        if not char.isdigit():
            out.append(char)
            continue
        out.append(_MASK if left > 4 else char)
        left -= 1
    return "".join(out)


def _blank(value: str) -> str:
    return "".join(_MASK if char.isdigit() else char for char in value)
