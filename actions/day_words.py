"""The words of days in four languages, as `asking.plain` leaves them: small, without accents, "и" for "й"."""

from __future__ import annotations


def _words(table: dict[int, str]) -> dict[str, int]:
    return {word: number for number, words in table.items() for word in words.split()}


NAMED = _words(
    {
        -3: "大前天",
        -2: "alaltaieri позавчера pozavchera pozav4era pozavcera 前天 前晚 前早",
        -1: "yesterday ieri aseara вчера vchera v4era vcera 昨天 昨晚 昨早",
        0: "today tonight 2day azi astazi diseara сегодня segodnya segodnja segodnia segodna 今天 今晚 今早",
        1: "tomorrow tmrw 2moro maine завтра zavtra 明天 明晚 明早",
        2: "poimaine послезавтра poslezavtra 后天 後天 后晚 後晚 后早 後早",
        3: "大后天 大後天",
    }
)
ADJECTIVES = {"позавчерашн": -2, "вчерашн": -1, "сегодняшн": 0, "завтрашн": 1}
COUNTS = _words(
    {
        1: "a an one o un una один одну 一",
        2: "two couple doi doua два две пару 二 两 兩",
        3: "three trei три 三",
        4: "four patru четыре 四",
        5: "five cinci пять 五",
        6: "six sase шесть 六",
        7: "seven sapte семь 七",
        8: "eight opt восемь 八",
        9: "nine noua девять 九",
        10: "ten zece десять 十",
    }
)
SIDES = _words(
    {
        -1: "last past trecut trecuta прошлои прошлую прошлом прошлыи прошлое 上",
        0: "this asta aceasta acesta этои эту этом этот это 这 這 本",
        1: "next coming viitor viitoare следующеи следующую следующем следующии следующее 下",
    }
)
WEEKDAYS = (
    r"monday|luni|lunea|понедельник.?|一",
    r"tuesday|marti|martea|вторник.?|二",
    r"wednesday|miercuri|miercurea|сред.|三",
    r"thursday|joi|joia|четверг.?|四",
    r"friday|vineri|vinerea|пятниц.|五",
    r"saturday|sambata|суббот.|六",
    r"sunday|duminica|воскресень.|[日天]",
)
ON_EACH = {"lunea", "martea", "miercurea", "joia", "vinerea"}
MONTHS = (
    r"(?:jan|ian|янв)\w*", r"(?:feb|фев)\w*", r"(?:mar|мар)\w*", r"(?:apr|апр)\w*", r"ma[iy]|ма[ияе]",
    r"(?:jun|iun|июн)\w*", r"(?:jul|iul|июл)\w*", r"(?:aug|авг)\w*", r"(?:sep|сен)\w*", r"(?:oct|окт)\w*",
    r"(?:nov|noi|ноя)\w*", r"(?:dec|дек)\w*",
)  # fmt: skip
UNITS = (
    ("weekend", r"weekend|(?:周|週)末"),
    ("day", r"days?|zi|zile|день|дн.+|天"),
    ("week", r"weeks?|saptaman.|недел.{1,2}|星期|礼拜|禮拜|周|週"),
    ("month", r"months?|lun[ai]|luni|месяц.*|月"),
    ("year", r"years?|an|ani|anul|год.?|лет|年"),
)
HAN_WEEK = r"(?:星期|礼拜|禮拜|周|週)"
