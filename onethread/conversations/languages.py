"""Hears which language a customer asks for ("in English please"), and guesses one from letters: pure.

A wish is a clause made of nothing but the name of one language and words one asks with; so "is the manual in
English?" and "I do not speak English" are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from onethread.ingress.words import language_of_stop

_NAMES = {
    "en": r"english|engleza|engleză|englezeste|englezește|английск\w+|английски|inglish|英语|英文",
    "ro": r"romanian|romana|română|romaneste|românește|румынск\w+|румынски|罗马尼亚语|罗马尼亚文",
    "ru": r"russian|rusa|rusă|ruseste|rusește|русск\w+|русски|俄语|俄文",
    "zh": r"chinese|mandarin|chineza|chineză|chinezeste|chinezește|китайск\w+|китайски"
    r"|中文|汉语|漢語|普通话|普通話|简体|简体中文",
}
_NAMED = {language: re.compile(names) for language, names in _NAMES.items()}

# What one asks with; without one of these a name must stand alone.
_ASKING = frozenset(
    """
    in to please pls plz speak speaking write talk answer reply respond switch change use continue prefer
    pe în in limba va vă rog te vorbiti vorbiți vorbim vorbesti vorbești vorbi scrie scrieti scrieți
    raspunde raspundeti răspundeți treci treceti treceți schimba schimbati schimbați
    continuam continuăm
    на по давайте говорите говори говорить пишите пиши писать ответьте ответь отвечайте ответить
    перейдите перейдем перейдём переключите пожалуйста плиз предпочитаю
    """.split()  # noqa: SIM905 - a list a person can read
)
_AROUND = frozenset(
    """
    can could may would you we i do does me with let's lets the it my language hi hello hey ok okay only now
    like if possible is better thanks thank be your want
    puteti puteți poti poți putem pot se poate si și cu mine mi ați ati as aș vrea doar acum buna bună ziua
    salut ok multumesc mulțumesc să sa in
    можно можете можешь мне со мной нам вы ты язык языке языком лучше только теперь здравствуйте привет
    хочу хотел хотела бы общаться если спасибо
    """.split()  # noqa: SIM905
)
_CHINESE_AROUND = re.compile(
    r"请|麻烦|您好|你好|您|你|们|我|想|要|可不可以|能不能|可以|能|会|用|说|讲|換|换|改|成|切换|到|使用|和|跟|回答|回复"
    r"|交流|沟通|聊天|聊|客服|吗|嘛|好|吧|一下|谢谢|\s"
)
_CLAUSES = re.compile(r"[.,!?;:\n。，！？；：、…]+")
_WORD = re.compile(r"[\w']+")
_HAN = re.compile("[\u3400-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z]")


def asked_language(texts: Sequence[str]) -> str | None:
    """The language these messages ask for last, whatever else they say; None: they ask for none."""
    wishes = [wish for text in texts for clause in _clauses(text) if (wish := _wish(clause)) is not None]
    return wishes[-1] if wishes else None


def only_asks_language(texts: Sequence[str]) -> bool:
    """Whether there is nothing in these messages but such a wish and politeness."""
    clauses = [clause for text in texts for clause in _clauses(text)]
    wishes = [_wish(clause) for clause in clauses]
    rest = [clause for clause, wish in zip(clauses, wishes, strict=True) if wish is None]
    return any(wishes) and all(_is_around(clause) for clause in rest)


def likely_language(texts: Sequence[str]) -> str | None:
    """The language these messages are in by their letters alone; None: by those it may be any.

    For what the house says by itself. What the assistant makes of the words is better, and comes later.
    """
    for text in texts:
        if (language := language_of_stop(text)) is not None:
            return language
    letters = "".join(texts)
    han, cyrillic, latin = (len(script.findall(letters)) for script in (_HAN, _CYRILLIC, _LATIN))
    if cyrillic >= 3 and cyrillic >= latin:
        return "ru"
    return "zh" if han >= 2 and 3 * han >= latin and not _KANA.search(letters) else None


def _clauses(text: str) -> list[str]:
    plain = text.casefold().replace("\u2019", "'").replace("-", " ")
    return [clause for part in _CLAUSES.split(plain) if (clause := part.strip())]


def _wish(clause: str) -> str | None:
    found = [language for language, names in _NAMED.items() if names.search(clause)]
    if len(found) != 1:
        return None
    [language] = found
    rest = _NAMED[language].sub(" ", clause, count=1)
    if not rest.strip():
        return language
    asks = any(word in _ASKING for word in _WORD.findall(rest)) or re.search(r"[一-鿿]", rest)
    return language if asks and _is_around(rest) else None


def _is_around(clause: str) -> bool:
    words = _WORD.findall(_CHINESE_AROUND.sub(" ", clause))
    return all(word in _ASKING or word in _AROUND for word in words)
