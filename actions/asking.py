"""The words by which a message asks for something, language by language. Pure."""

from __future__ import annotations

import re
import unicodedata

_WHEN_IT_COMES = {
    "en": r"(?=.*\b(it|that|they|them|my|order|parcel|package)\b)"
    r"(?=.*\b(when|arriv\w*|here|there|come|comes|coming|late|yet|eta|today|tomorrow|get)\b)",
    "ro": r"(?=.*\b(cand|ajung\w*|vin|vine|soses\w*|primesc|azi|astazi|maine|intarzi\w*)\b)"
    r"(?!.*\b(livrati|trimiteti|expediati|costa|dureaza)\b)",
    "ru": r"(?=.*\b(когда|приде\w*|привез\w*|приед\w*|будет|достав\w*|сегодня|завтра|получу|жд[уа]\w*)\b)"
    r"(?!.*\b(доставляете|отправляете|стоит|занимает)\b)",
    "zh": r"(?=.*(什么时候|啥时候|几时|何时|哪天|几号|多久|今天|明天))(?=.*(到|送|收|来))",
}
_THE_DAY = {
    "en": r"(?!.*where)"
    r"(?=.*(\bwhen\b|\barriv|\beta\b|\bhow (long|soon)\b|\b(what|which) day\b|\b(by|today|tomorrow)\b))",
    "ro": r"(?!.*\bunde\b)(?=.*\b(cand|ajung\w*|ce zi|pana|azi|astazi|maine)\b)",
    "ru": r"(?!.*\bгде\b)(?=.*\b(когда|какого числа|в какои день|приде\w*|привез\w*|сегодня|завтра)\b)",
    "zh": r"(?!.*(哪里|哪儿|到哪))(?=.*(什么时候|啥时候|几时|何时|哪天|几号|多久|今天|明天))",
}
_OWN_MONEY = {
    "en": r"(?=.*\b(where|when|got|received|yet)\b.*\bmy\b)",
    "ro": r"(?=.*\b(unde|cand|primit)\b)(?=.*\b(mei|mea|imi|mi)\b)",
    "ru": r"(?=.*\b(где|когда|пришли|получил\w*)\b)(?=.*\b(мои|моих|мои|мне)\b)",
    "zh": r"(?=.*我)(?=.*(哪|什么时候|收到|到账了|还没))",
}
_QUESTION = {
    "en": r"(?=.*\?)|\W*(how|what|where|when|who|which|why|can|could|may|do|does|is|are|will|would|should)\b",
    "ro": r"(?=.*\?)|\W*(cum|ce|unde|cand|cine|care|cat|cati|cate|de ce|pot|putem|se poate|trebuie|aveti"
    r"|exista|in cat)\b",
    "ru": r"(?=.*\?)|\W*(как|что|где|когда|кто|какои|какая|какие|сколько|почему|можно|могу"
    r"|нужно|есть ли|куда|за сколько|в течение)\b",
    "zh": r"(?=.*[?？吗呢])|(?=.*(怎么|什么|哪|几|多少|多久|能不能|可不可以|可以.*[吗么]))",
}


def asks_when_it_comes(text: str, language: str) -> bool:
    """Whether it may ask when something of the customer's arrives."""
    return _match(_WHEN_IT_COMES, text, language)


def asks_the_day_only(text: str, language: str) -> bool:
    """Whether it asks for a day and not for a place."""
    return _match(_THE_DAY, text, language)


def asks_for_own_money(text: str, language: str) -> bool:
    """Whether it asks after one's own refund: about an order, not how refunds go."""
    return _match(_OWN_MONEY, text, language)


def is_question(text: str, language: str) -> bool:
    """Whether it asks; in a language we have no words for, only a question mark says so."""
    return _match(_QUESTION, text, language) if language in _QUESTION else "?" in text


def _match(patterns: dict[str, str], text: str, language: str) -> bool:
    pattern = patterns.get(language)
    return pattern is not None and re.match(pattern, _plain(text), re.DOTALL) is not None


def _plain(text: str) -> str:
    """Without case and the accents people leave out; "й" and "и" become one."""
    signs = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in signs if not unicodedata.combining(sign))
