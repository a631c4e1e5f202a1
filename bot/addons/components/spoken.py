"""Finds numbers said in words ("ten forty two", "один ноль четыре", "一零四二") and tells their figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "twenty thirty forty fifty sixty seventy eighty ninety",
)
_ROMANIAN = (
    "zero unu doi trei patru cinci sase sapte opt noua zece unsprezece doisprezece treisprezece paisprezece "
    "cincisprezece saisprezece saptesprezece optsprezece nouasprezece",
    "douazeci treizeci patruzeci cincizeci saizeci saptezeci optzeci nouazeci",
)
_RUSSIAN = (
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
)
_RUSSIAN_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
_LANGUAGES = (_ENGLISH, _ROMANIAN, _RUSSIAN)
_VALUE = {
    **{word: value for units, _ in _LANGUAGES for value, word in enumerate(units.split())},
    **{word: 10 * value for _, tens in _LANGUAGES for value, word in enumerate(tens.split(), 2)},
    **{word: 100 * value for value, word in enumerate(_RUSSIAN_HUNDREDS.split(), 1)},
    "oh": 0, "nought": 0, "una": 1, "doua": 2, "unul": 1, "fourty": 40, "нуль": 0, "одна": 1, "две": 2,
}  # fmt: skip
_TIMES = {
    "hundred": 100, "thousand": 1000, "suta": 100, "sute": 100, "mie": 1000, "mii": 1000,
    "тысяча": 1000, "тысячи": 1000, "тысяч": 1000,
}  # fmt: skip
_HAN_VALUE = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "幺": 1, "两": 2, "兩": 2,
}  # fmt: skip
_HAN_TIMES = {"十": 10, "百": 100, "千": 1000}
_AND = {"and", "si", "de", "o"}

_BARE = str.maketrans("ăâîșşțţĂÂÎȘŞȚŢ", "aaissttAAISSTT")
_WORD = "|".join(sorted([*_VALUE, *_TIMES], key=len, reverse=True))
_RUN = re.compile(
    rf"\b(?:o )?(?:{_WORD})(?:(?:[ ,]{{1,2}}|-)(?:(?:and|si|de) )?(?:{_WORD}))+\b", re.IGNORECASE
)
_HAN_RUN = re.compile(f"[{''.join([*_HAN_VALUE, *_HAN_TIMES])}]{{4,12}}")
_FEWEST, _MOST = 4, 8


def numbers(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Start, end and figures of each number of four to eight figures; whether it is said one by one."""
    bare = text.translate(_BARE)
    for match in _RUN.finditer(bare):
        words = [word for word in re.split(r"[ ,-]+", match.group().lower()) if word not in _AND]
        figures = _thousands(words) if any(word in _TIMES for word in words) else _beside(words)
        if _FEWEST <= len(figures) <= _MOST:
            yield *match.span(), figures, all(_VALUE.get(word, 10) < 10 for word in words)
    for match in _HAN_RUN.finditer(bare):
        said = match.group()
        by_figure = all(character in _HAN_VALUE for character in said)
        figures = "".join(str(_HAN_VALUE[character]) for character in said) if by_figure else _han(said)
        if _FEWEST <= len(figures) <= _MOST:
            yield *match.span(), figures, by_figure


def _beside(words: Sequence[str]) -> str:
    """Groups one beside another: "ten forty two" is 10 and 42."""
    figures = ""
    tens = 0
    for word in words:
        value = _VALUE[word]
        if tens and 0 < value < 10:
            figures += str(tens + value)
            tens = 0
            continue
        figures += str(tens) if tens else ""
        tens = value if value >= 20 else 0
        figures += "" if tens else str(value)
    return figures + (str(tens) if tens else "")


def _thousands(words: Sequence[str]) -> str:
    """One number: "one thousand and forty two"."""
    total = part = 0
    for word in words:
        times = _TIMES.get(word)
        if times is None:
            part += _VALUE[word]
        elif times == 100:
            part = max(part, 1) * 100
        else:
            total += max(part, 1) * times
            part = 0
    return str(total + part)


def _han(said: str) -> str:
    total = value = 0
    for character in said:
        if character in _HAN_VALUE:
            value = _HAN_VALUE[character]
        else:
            total += max(value, 1) * _HAN_TIMES[character]
            value = 0
    return str(total + value)
