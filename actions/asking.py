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
_WHEN_IT_WAS_PLACED = {
    "en": r"(?=.*\b(ordered|bought|purchased|paid|(placed|made) (an?|my|the|that|this)\b|i (placed|made)"
    r"|(order|purchase|one) (from|of|placed|made)|\w*(day|week|month)'?s (order|purchase)))",
    "ro": r"(?=.*\b(comandat|cumparat|plasat\w*|platit|am (facut|dat) (o )?comanda"
    r"|(comanda|cea) (mea )?(de|din|facuta|data)\b))",
    "ru": r"(?=.*\b(заказал\w*|заказывал\w*|оформ\w+|купил\w*|покупал\w*|оплатил\w*|(с?делал\w*) заказ"
    r"|заказ\w{0,2} (от|за)\b|(поза)?вчерашн\w+|сегодняшн\w+|(za|4a)kazal\w*|kupil\w*|oformil\w*))",
    "zh": r"(?=.*(下的?单|下了|订的|订了|订购|买|购|拍的|付的?款"
    r"|[天周月日号五一二三四六末]的(那[个笔])?(订单|单|訂單)))",
}
_THE_OTHER_ORDER = {
    "en": r"(?=.*(\b(other|different|second|previous|earlier|older|newer) (order|purchase|parcel|package)\b"
    r"|\b(the|my|that) (other|second|first|previous|older|newer) one\b|\bnot (that|this) (one|order)\b"
    r"|\b(that|this|it) ?(is|'s|s) the wrong (one|order)\b))",
    "ro": r"(?=.*(\bcealalta\b|\b(despre|de|la|cu|pe) (o )?alta comanda\b|\ba doua comanda\b"
    r"|\bcomanda (anterioara|veche|precedenta|gresita)\b|\bnu (de |despre )?(asta|aceasta|aia|aceea)\b))",
    "ru": r"(?=.*(\b(друг|втор|предыдущ|прошл|стар)\w+ (заказ|посылк)\w*|\bпро друг(ои|ую)\b"
    r"|\bне (тот|та|этот|эта|про тот|про этот|об этом|о том)\b( заказ\w*)?\W*($|,|а\b)))",
    "zh": r"(?=.*(另外?[那一的]{0,2}[个個笔张]?(订单|訂單|单)|另外[那一]{0,2}[个個笔]"
    r"|(别|其他|其它)的?(订单|单)|[上前]一?[个笔](订单|单)|第[一二两]个订单"
    r"|不是[这那][个個单笔张](订单|单|呀|啊|哦)?([,，。!！]|$)))",
}
_CORRECTS = {
    "en": r"\W*(no|nope|nah|sorry|oops|wait|actually|correction|my bad)\b|(?=.*\b(i mean|i meant|meant to say"
    r"|wrong (number|order|one)|mistyped|typo)\b)",
    "ro": r"\W*(nu|scuze|pardon|stai|de fapt|ups)\b|(?=.*\b(ma refer\w*|voiam sa (zic|spun|scriu)"
    r"|am gresit|am scris gresit|gresit|de fapt)\b)",
    "ru": r"\W*(нет|не|неа|извините|простите|сорри|ои|стоп|вернее|точнее|то есть)\b|(?=.*\b(в виду"
    r"|ошиб\w+|перепутал\w*|опечат\w+|не то\w? номер\w*)\b)",
    "zh": r"\W*(不|抱歉|对不起|不好意思|等等|等一下|哦不)"
    r"|(?=.*(我是?[说指]的?是|我的意思是|应该是|打错|说错|弄错|写错|搞错|发错|错了))",
}
_REFERS_BACK = {
    "en": r"\W*(and|but|what about|how about|ok and|so)\b"
    r"|(?=.*\b(it|they|them|that|those|these|this|ones|there)\b)",
    "ro": r"\W*(si|iar|dar|pai|atunci|ok si)\b|(?=.*\b(ele|ei|ea|el|asta|astea|acestea|aceasta|le|acolo)\b)",
    "ru": r"\W*(а|и|но|тогда|ну а)\b|(?=.*\b(они|он|она|оно|их|ими|это|эти|этот|эта|этого|там)\b)",
    "zh": r"(那|那么|还有|然后)|(?=.*(它|它们|这个|那个|这些|那些|这种|那种))|(?=.*呢\W*$)",
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


def means_other_order(text: str, language: str) -> bool:
    """Whether it speaks of another order than the one talked about ("no, the other one")."""
    return _match(_THE_OTHER_ORDER, text, language)


def tells_when_placed(text: str, language: str) -> bool:
    """Whether a day it names may be the day an order was placed ("the one I bought on Monday")."""
    return _match(_WHEN_IT_WAS_PLACED, text, language)


def corrects(text: str, language: str) -> bool:
    """Whether it takes back something said before ("sorry, I meant 1117")."""
    return _match(_CORRECTS, text, language)


def refers_back(text: str, language: str) -> bool:
    """Whether it leans on what was said before ("and how long are they valid?")."""
    return _match(_REFERS_BACK, text, language)


def _match(patterns: dict[str, str], text: str, language: str) -> bool:
    pattern = patterns.get(language)
    return pattern is not None and re.match(pattern, plain(text), re.DOTALL) is not None


def plain(text: str) -> str:
    """The text without case and the accents people leave out; "й" and "и" become one."""
    signs = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in signs if not unicodedata.combining(sign))
