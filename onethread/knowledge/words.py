"""What is compared of a text: words without endings, letters by threes, Chinese signs by pairs. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

QUESTION_MAX = 1_000
"""Characters of a question that are looked at."""

_WORD = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LETTERS = 3
_STEM_MIN = 3

# Words that are everywhere in a language and tell little, though a small collection may make them look rare.
_SMALL = {
    "en": """
        a about am an and any are as at be but by can could dear did do does for from get give go got
        had has have hello hey hi how i if in is it its just let like me mine my no not of ok okay on
        or our please pls should so some something tell that the their them there these they thing this
        those to u up ur us want was we were what when where which who why will with would you your
        """,
    "ro": """
        a acest acesta aceasta ai aia al ale am ar are as asa asta ati atunci au avea avem
        aveti azi bine buna ca care cat cate cand ce cel cea ceva cu cum da daca dar de deci
        din doar dori doresc dupa e ea ei el este eu fac face faceti fara fi fie fii iar ii
        il imi in intr inca la le lui mai ma mea mele meu mi mie multumesc ne noi noastra
        nostru nu o or ori pe pentru poate pot poti prin puteti rog s sa sau se si spuneti
        sunt sunteti te trebuie tot tu un una unde unei unui unul va vad vi voi vostru
        vostri voastra vreau vrea
        """,
    "ru": """
        а бы был была были было в вам вас ваш ваша ваше вашего вашем ваши вы где да для до
        добрый его ее если есть еще же за здравствуйте и из или им их к как какая какие
        какои какую ко когда ли лучше меня мне мнои мои моя мое можно могу мы на нам нас наш
        не нет но ну о об он она они от очень по под подскажите пожалуиста при привет про с
        сеичас со так там то тоже только тут у уже хотел хотела хочу чего чем что чтобы это
        этот эта эту я
        """,
    "zh": """
        我 你 您 他 她 它 们 的 了 吗 呢 吧 啊 呀 是 有 没 不 在 要 想 能 会 可 以 就 都 也 还 很 么 什
        怎 样 哪 里 儿 那 这 个 些 请 问 下 到 给 和 与 跟 把 被 让 对 从 上 得 地 着 过 一 多 少 好 行
        """,
}
SMALL_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}

# Endings that come and go with case, number and person, without accents; the longest that fits is cut.
_ENDINGS = {
    "ro": """
        urilor iilor ului elor ilor iile iune iuni ului lor uri ile ele ule eze eaza ează
        esc este easca ati ata ate ite ita ut uta ute at it ez am em im ul le ii ea ia ie ei
        a e i u l
        """,
    "ru": """
        иями ями ами ого его ому ему ыми ими ешь ишь ете ите ится ются ется ться тся лся
        лась лись ете ала али ало ила или ило ать ять ить еть уть ую юю ая яя ое ее ые ие ои
        еи ыи ии ом ем ам ям ах ях ов ев ью ия ию ет ит ут ют ат ят ла ло ли ть ся а я о е ы
        и у ю ь л
        """,
}
ENDINGS = {
    language: tuple(sorted(set(endings.split()), key=lambda ending: (-len(ending), ending)))
    for language, endings in _ENDINGS.items()
}


def fold(text: str) -> list[str]:
    """The words of a text without case and accents; Chinese comes in runs."""
    plain = unicodedata.normalize("NFKD", text[:QUESTION_MAX].casefold())
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def stems(words: Iterable[str], language: str) -> list[str]:
    """What words are compared by: without ending where the language has such, Chinese by pairs of signs."""
    found: list[str] = []
    for word in words:
        if _CHINESE.match(word):
            found += _groups(word, 2)
        else:
            found.append(_stem(word, language))
    return found


def letter_groups(words: Iterable[str]) -> list[str]:
    """Groups of three letters, borders of words included, single Chinese signs: what survives a typo."""
    groups: list[str] = []
    for word in words:
        groups += word if _CHINESE.match(word) else _groups(f" {word} ", _LETTERS)
    return groups


def is_small(stem: str, language: str) -> bool:
    """Whether a stem or sign tells little in this language."""
    small = SMALL_WORDS.get(language, frozenset())
    return all(sign in small for sign in stem) if _CHINESE.match(stem) else stem in small


def _stem(word: str, language: str) -> str:
    if word in SMALL_WORDS.get(language, ()):
        return word
    for ending in ENDINGS.get(language, ()):
        if len(word) - len(ending) >= _STEM_MIN and word.endswith(ending):
            return word.removesuffix(ending)
    return word


def _groups(text: str, size: int) -> Iterator[str]:
    if len(text) < size:
        yield text
    for at in range(len(text) - size + 1):
        yield text[at : at + size]
