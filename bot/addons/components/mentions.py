"""Finds dates, days told from today and amounts of money in a text of the four languages, with places."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Letters with marks and their bare forms, one for one: places in the text stay true.
_BARE = str.maketrans("ăâîșşțţĂÂÎȘŞȚŢёЁ", "aaissttAAISSTTеЕ")

_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
    r"|ian(?:uarie)?|februarie|martie|aprilie|mai|iunie|iulie|septembrie|octombrie|noiembrie|decembrie"
    r"|янв(?:ар[ьяе])?|фев(?:рал[ьяе])?|март[ае]?|апр(?:ел[ьяе])?|ма[йяе]|июн[ьяе]?|июл[ьяе]?|авг(?:уст[ае]?)?"
    r"|сен(?:тябр[ьяе])?|окт(?:ябр[ьяе])?|ноя(?:бр[ьяе])?|дек(?:абр[ьяе])?"
)
_YEAR = r"(?:19|20)\d\d"
_WEEKDAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|lunea|marti|martea|miercuri|miercurea|joia?|vineri|vinerea|sambata|duminica"
    r"|понедельник\w?|вторник\w?|сред[ауе]|четверг\w?|пятниц[ауые]|суббот[ауые]|воскресень[еяю]"
)
# "every friday" is no day.
_EVERY = ("every", "each", "fiecare", "каждый", "каждую", "каждое", "каждой")
_NOT_EVERY = "".join(f"(?<!{word} )" for word in _EVERY)
_COUNT_EN = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|couple(?: of)?|few|several)"
_COUNT_RO = r"(?:\d{1,3}(?: de)?|o|un|doua|doi|trei|patru|cinci|sase|sapte|opt|noua|zece|cateva|vreo \w+)"
_COUNT_RU = r"(?:\d{1,3}|один|одну|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|пару|несколько)"
_UNIT_EN = r"(?:day|week|month|year|hour)s?"
_UNIT_RO = r"(?:zi(?:le)?|saptaman[ai]|lun[ai]|luni|ani?|or[ae])"
_UNIT_RU = r"(?:день|дн(?:я|ей)|недел\w{1,2}|месяц\w{0,2}|год[а]?|лет|час(?:а|ов)?)"
_HAN_COUNT = r"(?:\d{1,3}|[一二两兩三四五六七八九十几幾]{1,3})"
_HAN_MOMENT = r"(?:上午|下午|中午|早上|晚上)?"

_DATE = re.compile(
    # 12.03.2026, 12/3/26, 2026-03-12, 2026年3月12日, 3月12号
    r"(?<![\d.,/-])(?:(?P<first>\d{1,2})(?P<sign>[./-])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4}|\d\d)"
    r"|(?P<iso>\d{4}[./-]\d{1,2}[./-]\d{1,2}))(?![\d/-]|[.,]\d)"
    r"|(?<!\d)(?:\d{4} ?年 ?)?(?P<han_month>\d{1,2}) ?月 ?(?P<han_day>\d{1,2}) ?[日号號]?"
    # 12 March 2026, March 12th, on 12.03
    rf"|(?<![\d.,/-])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of|-?го)?[ -](?P<month>{_MONTHS})\b\.?"
    rf"(?:,? {_YEAR}\b)?"
    rf"|\b(?P<month_first>{_MONTHS})\.? (?P<day_second>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.,:]\d)"
    rf"(?:,? {_YEAR}\b)?"
    rf"|\b(?:{_MONTHS}),? {_YEAR}\b"
    r"|(?:(?<=\bon )|(?<=\bby )|(?<=\bpe )|(?<=\bdin )|(?<=\bна )|(?<=\bот )|(?<=\bдо )|(?<=\bс ))"
    r"(?P<short_day>\d{1,2})[./](?P<short_month>\d{2})(?![\d/-]|[.,]\d|\s?(?:%|руб|р\b|lei|ron|eur|usd|[$€₽]))"
    # days told from today
    r"|\b(?:the )?day (?:before yesterday|after tomorrow)\b"
    r"|\b(?:today|tonight|tomorrow|tmrw|yesterday|2day|2moro)\b"
    rf"|\b(?:this|last|next|past|coming) (?:morning|evening|week(?:end)?|month|year|{_WEEKDAYS})\b"
    rf"|\b(?:{_COUNT_EN} ){{1,2}}{_UNIT_EN} ago\b|\bin {_COUNT_EN} {_UNIT_EN}\b"
    r"|\b(?:astazi|azi|maine|poimaine|ieri|alaltaieri|aseara|diseara)\b"
    r"|\b(?:saptamana|luna|anul) (?:asta|aceasta|acesta|trecuta|trecut|viitoare|viitor)\b"
    rf"|\b(?:acum|peste|in) {_COUNT_RO} {_UNIT_RO}\b|\b{_COUNT_RO} {_UNIT_RO} in urma\b"
    r"|(?:(?<=\bde )|(?<=\bdin )|(?<=\bpana )|(?<=\bpe ))luni\b"  # Monday; behind a number it is months
    r"|\b(?:сегодня|завтра|послезавтра|вчера|позавчера|(?:posle)?zavtra|segodn(?:ya|ja|ia|a)|(?:poza)?v(?:ch|c|4)era)\b"
    r"|\b(?:на|в|с) (?:этой|прошлой|следующей|той|эту|прошлую|следующую|этом|прошлом|следующем) "
    r"(?:недел[еию]|месяц[еа]?|год[уа]?)\b"
    rf"|\b(?:{_COUNT_RU} )?{_UNIT_RU} (?:тому )?назад\b|\bчерез (?:{_COUNT_RU} )?{_UNIT_RU}\b"
    r"|\b(?:(?:поза)?вчера|сегодня|завтра)шн\w{1,3}\b"
    rf"|\b(?:эт[уо]т?|прошл\w\w|следующ\w\w) (?:{_WEEKDAYS})\b"
    rf"|{_NOT_EVERY}\b(?:{_WEEKDAYS})(?: (?:asta|aceasta|trecuta|viitoare))?\b"
    rf"|大?[前昨今明后後](?:天|晚|早){_HAN_MOMENT}|[上下这這本]个?個?(?:星期|礼拜|禮拜|周|週)[一二三四五六日天末]?|[上下这這本]个?個?月"
    rf"|{_HAN_COUNT}(?:天|个?個?(?:星期|礼拜|禮拜|周|週|月|小时|小時)|年)(?:以|之)?[前后後]"
    r"|(?<!每)(?<!每个)(?:星期|礼拜|禮拜|周|週)[一二三四五六日天末]",
    re.IGNORECASE,
)
# Months of at most so many days, February's leap day among them.
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTH_OF = {
    word: month
    for month, words in enumerate(
        ("jan ian янв", "feb фев", "mar мар", "apr апр", "may mai май мая мае", "jun iun июн", "jul iul июл",
         "aug авг", "sep сен", "oct окт", "nov noi ноя", "dec дек"), 1
    )
    for word in words.split()
}  # fmt: skip

_NUMBER = r"\d{1,3}(?:[ .,'\u00a0]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_MONEY = re.compile(
    r"(?<![\w.,])(?:(?:us|au|ca)?[$€£¥￥₽₴]|\b(?:usd|eur|gbp|ron|mdl|rub|cny|rmb|lei)\b) ?"
    rf"(?:{_NUMBER})k?(?!\w|[.,]\d)"
    rf"|(?<![\w.,#№])(?:{_NUMBER})k? ?(?:mii |тыс\.? |тысяч[иа]? )?"
    r"(?:[$€£¥￥₽₴]|(?:us dollars?|dollars?|bucks?|quid|pounds?(?! of)"
    r"|euros?|cents?|pence|usd|eur|gbp|ron|mdl|rub|cny|rmb|de lei|lei|leu|de bani|bani|de euro"
    r"|руб(?:\.|л(?:ь|я|ей|и|ях))?|р\.|р|коп(?:еек|ейки)?|евро|доллар(?:а|ов)?|баксов|ле[йяев]{1,2}|юан(?:ь|я|ей)"
    r"|гривен|гривны|тенге|сомов|rubl(?:ei|ey|ej|ya)|rub)(?!\w))"
    r"|(?<!\d)(?:\d{1,9}(?:\.\d{1,2})?|[一二两兩三四五六七八九十百千万萬]{1,8}) ?"
    r"(?:元|块钱?|塊錢?|圆|圓|美元|美金|欧元|歐元|英镑|卢布|列伊|人民币|人民幣|港币|台币|毛钱)",
    re.IGNORECASE,
)


def dates(text: str) -> Iterator[tuple[int, int]]:
    """Places of dates that exist and of days told from today ("tomorrow", "две недели назад", "上周三")."""
    for match in _DATE.finditer(text.translate(_BARE)):
        if _exists(match.groupdict()):
            yield match.span()


def amounts(text: str) -> Iterator[tuple[int, int]]:
    """Places of amounts of money: a number with a currency beside it."""
    for match in _MONEY.finditer(text.translate(_BARE)):
        yield match.span()


def _exists(part: dict[str, str | None]) -> bool:
    """Whether a date's day and month can be; European or American order, where figures alone tell neither."""
    if part["first"] and part["second"]:
        one, other = int(part["first"]), int(part["second"])
        return _fits(one, other) or _fits(other, one)
    if part["iso"]:
        month, day = map(int, re.split(r"[./-]", part["iso"])[1:])
        return _fits(day, month)
    for day_key, month_key in (("han_day", "han_month"), ("short_day", "short_month")):
        if part[day_key]:
            return _fits(int(part[day_key] or 0), int(part[month_key] or 0))
    for day_key, month_key in (("day", "month"), ("day_second", "month_first")):
        if part[day_key]:
            return _fits(int(part[day_key] or 0), _MONTH_OF.get((part[month_key] or "")[:3].lower(), 0))
    return True


def _fits(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]
