"""Which day, or days, the words of a date mean ("tomorrow", "pe 12 mai", "上周三"), seen from a day. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from .asking import plain
from .day_words import ADJECTIVES, COUNTS, HAN_WEEK, MONTHS, NAMED, ON_EACH, SIDES, UNITS, WEEKDAYS

_DAY = timedelta(days=1)
_YEARS_TRIED = 8  # until there is a 29th of February again


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both included."""

    first: date
    last: date
    other: date | None = None
    """The day it would be if the words were meant in the other way they can be ("3/4", "next friday")."""

    @property
    def is_one(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last

    def have(self, day: date) -> bool:
        """Whether `day` can be meant."""
        return self.first <= day <= self.last or day == self.other


def resolve(words: str, language: str, today: date, *, past: bool = False) -> Days | None:
    """The days that `words`, found as a date in a text of this language, mean on `today`.

    What names no year or week is the next such day, or with `past` the last one. None: it is no day that is
    ("31.02", "a few days ago", "on Mondays").
    """
    said = _Saying(re.sub(r"\s+", " ", plain(words)).strip(" .,"), language, today, past)
    for read in (_named, _told_from_today, _counted, _weekday, _span, _in_figures, _by_month):
        try:
            if (days := read(said)) is not None:
                return days
        except (ValueError, OverflowError):  # no such day in the calendar
            return None
    return None


@dataclass(frozen=True, slots=True)
class _Saying:
    words: str
    language: str
    today: date
    past: bool


def _named(said: _Saying) -> Days | None:
    word = re.sub(r"(?:上午|下午|中午|早上|晚上)$", "", said.words)
    away = NAMED.get(word)
    if away is None:
        away = next((days for stem, days in ADJECTIVES.items() if word.startswith(stem)), None)
    if away is None and re.fullmatch(r"(?:the )?day (before yesterday|after tomorrow)", word):
        away = -2 if "before" in word else 2
    return None if away is None else _one(said.today + away * _DAY)


def _told_from_today(said: _Saying) -> Days | None:
    """ "this morning", "last evening"."""
    match = re.fullmatch(r"(\w+) (?:morning|evening)", said.words)
    return _one(said.today + SIDES[match[1]] * _DAY) if match and match[1] in SIDES else None


def _counted(said: _Saying) -> Days | None:
    """ "in 3 days", "acum doua saptamani", "через неделю", "三天前": so far from today."""
    match = _COUNTED.fullmatch(said.words)
    if match is None:
        return None
    count = 1 if match["count"] is None else _count(match["count"])
    unit = _unit(match["unit"])
    if count is None or unit is None:
        return None
    count = -count if match["ago"] or match["gone"] else count
    if unit in {"day", "week"}:
        return _one(said.today + count * (7 if unit == "week" else 1) * _DAY)
    return _one(_months_on(said.today, count * (12 if unit == "year" else 1)))


_COUNTED = re.compile(
    r"(?:(?P<ago>acum) |in |peste |через |(?=.*(?:ago|urma|назад|[前后後])$))"
    r"(?:a (?=couple))?(?:(?P<count>\d{1,3}|[一二两兩三四五六七八九十]|[a-zа-я]+(?= ))(?: de| of)? ?)??"
    r"[个個]?(?P<unit>[a-zа-я]+|(?:天|星期|礼拜|禮拜|周|週|月|年))"
    r"(?P<gone> ago| in urma|(?: тому)? назад|[以之]?前)?(?:[以之]?[后後])?"
)


def _weekday(said: _Saying) -> Days | None:
    """ "friday", "next friday", "vinerea viitoare", "прошлую пятницу", "下周五"."""
    if han := re.fullmatch(rf"([上下这這本])?[个個]?{HAN_WEEK}([一二三四五六日天])", said.words):
        words = [word for word in han.groups() if word]
    else:
        words = said.words.split()
    side = next((SIDES[word] for word in words if word in SIDES), None)
    rest = " ".join(word for word in words if word not in SIDES)
    number = _place(WEEKDAYS, rest)
    if number is None or (side is None and rest in ON_EACH):
        return None
    monday = said.today - said.today.weekday() * _DAY
    of_week = monday + (7 * (side or 0) + number) * _DAY
    if side == 0 or (han and side is not None):
        return _one(of_week)
    if side == -1 or (side is None and said.past):
        return _one(said.today - ((said.today.weekday() - number - 1) % 7 + 1) * _DAY)
    coming = said.today + ((number - said.today.weekday() - 1) % 7 + 1) * _DAY
    if side is None or "coming" in words or coming == of_week:
        return _one(coming)
    return Days(of_week, of_week, coming)


def _span(said: _Saying) -> Days | None:
    """ "last week", "luna viitoare", "на этой неделе", "下个月": the whole of it."""
    words = re.sub(r"^(?:на|в|с) ", "", said.words)
    han = re.fullmatch(rf"([上下这這本])[个個]?({HAN_WEEK}末?|月)", words)
    pair = [han[1], han[2]] if han else words.split()
    sides = [SIDES[word] for word in pair if word in SIDES]
    units = [unit for word in pair if (unit := _unit(word))]
    if len(pair) != 2 or len(sides) != 1 or not units:
        return None
    monday = said.today + (7 * sides[0] - said.today.weekday()) * _DAY
    match units[0]:
        case "weekend":
            return Days(monday + 5 * _DAY, monday + 6 * _DAY)
        case "week":
            return Days(monday, monday + 6 * _DAY)
        case "month":
            first = _months_on(said.today.replace(day=1), sides[0])
            return _month(first.year, first.month)
    year = said.today.year + sides[0]
    return Days(date(year, 1, 1), date(year, 12, 31)) if units[0] == "year" else None


def _in_figures(said: _Saying) -> Days | None:
    """ "2026-05-12", "12.05.2026", "5/12/26", "12.05", "5月12日"."""
    if match := re.fullmatch(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})", said.words):
        return _one(date(*map(int, match.groups())))
    if match := re.fullmatch(r"(?:(\d{4}) ?年 ?)?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号號]?", said.words):
        return _of_year(said, match[1], int(match[2]), int(match[3]))
    if not (match := re.fullmatch(r"(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4}|\d\d))?", said.words)):
        return None
    one, two, year = int(match[1]), int(match[3]), match[4]
    month_first = said.language in {"en", "zh"} and match[2] == "/"
    month, day = (one, two) if month_first else (two, one)
    if month > 12 >= day:
        month, day = day, month
    days = _of_year(said, year, month, day)
    if said.language in {"ro", "ru"} or day > 12 or day == month:
        return days
    return Days(days.first, days.last, _of_year(said, year, day, month).first)


def _by_month(said: _Saying) -> Days | None:
    """ "12 March 2026", "March 12th", "3rd of May", "June 2025"."""
    match = re.fullmatch(
        r"(?:(\d{1,2})(?:[snrt][tdh])?(?: of|-?го)?[ -])?([a-zа-я]+)\.?"
        r"(?: (\d{1,2})(?:[snrt][tdh])?)?(?:,? (\d{4}))?", said.words
    )  # fmt: skip
    month = _place(MONTHS, match[2]) if match else None
    if match is None or month is None:
        return None
    day = match[1] or match[3]
    if day is not None:
        return _of_year(said, match[4], month + 1, int(day))
    return _month(int(match[4]), month + 1) if match[4] else None


def _of_year(said: _Saying, year: str | None, month: int, day: int) -> Days:
    """The day of that year; without one the next such day from today on, or the last one."""
    if year is not None:
        return _one(date(int(year) + (2000 if len(year) == 2 else 0), month, day))
    step = -1 if said.past else 1
    for away in range(_YEARS_TRIED + 1):
        if day <= _length(said.today.year + step * away, month):
            found = date(said.today.year + step * away, month, day)
            if (found <= said.today) if said.past else (found >= said.today):
                return _one(found)
    raise ValueError("no such day")


def _count(word: str) -> int | None:
    return int(word) if word.isdigit() else COUNTS.get(word)


def _unit(word: str) -> str | None:
    return next((unit for unit, words in UNITS if re.fullmatch(words, word)), None)


def _place(forms: tuple[str, ...], word: str) -> int | None:
    return next((place for place, form in enumerate(forms) if re.fullmatch(form, word)), None)


def _months_on(day: date, months: int) -> date:
    """The same day so many months away, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _length(year, month + 1)))


def _month(year: int, month: int) -> Days:
    return Days(date(year, month, 1), date(year, month, _length(year, month)))


def _length(year: int, month: int) -> int:
    """Days of a month; raises `ValueError` when there is no such month."""
    if not 1 <= month <= 12:
        raise ValueError("no such month")
    return monthrange(year, month)[1]


def _one(day: date) -> Days:
    return Days(day, day)
