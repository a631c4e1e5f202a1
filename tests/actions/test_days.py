"""The day that the words of a date mean, in four languages."""

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from actions.days import Days, resolve
from bot.addons.components.mentions import dates

TODAY = date(2026, 11, 18)
"""A Wednesday."""
AROUND = {"en": "on {} x", "ro": "pe {} x", "ru": "на {} x", "zh": "在{}吗"}


def told(words: str, language: str, *, past: bool = False) -> str:
    """The days as `11-19` or `11-09..11-15`, with the year where it is another; `?`: the other reading."""
    days = resolve(words, language, TODAY, past=past)
    if days is None:
        return "none"
    shown = [days.first, *([] if days.is_one else [days.last])]
    other = f"?{_short(days.other)}" if days.other else ""
    return "..".join(map(_short, shown)) + other


def _short(day: date) -> str:
    return day.isoformat().removeprefix("2026-")


@pytest.mark.parametrize(
    ("words", "language", "day"),
    [
        ("today", "en", "11-18"),
        ("Tomorrow", "en", "11-19"),
        ("the day before yesterday", "en", "11-16"),
        ("in 3 days", "en", "11-21"),
        ("two weeks ago", "en", "11-04"),
        ("a couple of days ago", "en", "11-16"),
        ("a month ago", "en", "10-18"),
        ("last week", "en", "11-09..11-15"),
        ("next month", "en", "12-01..12-31"),
        ("last year", "en", "2025-01-01..2025-12-31"),
        ("this weekend", "en", "11-21..11-22"),
        ("this morning", "en", "11-18"),
        ("friday", "en", "11-20"),
        ("wednesday", "en", "11-25"),
        ("last friday", "en", "11-13"),
        ("next friday", "en", "11-27?11-20"),
        ("next monday", "en", "11-23"),
        ("this monday", "en", "11-16"),
        ("March 12th, 2026", "en", "03-12"),
        ("3rd of May", "en", "2027-05-03"),
        ("12 march", "en", "2027-03-12"),
        ("June 2025", "en", "2025-06-01..2025-06-30"),
        ("3/28/2026", "en", "03-28"),
        ("3/4/2026", "en", "03-04?04-03"),
        ("2026-03-12", "en", "03-12"),
        ("azi", "ro", "11-18"),
        ("mâine", "ro", "11-19"),
        ("poimaine", "ro", "11-20"),
        ("alaltăieri", "ro", "11-16"),
        ("săptămâna trecută", "ro", "11-09..11-15"),
        ("luna viitoare", "ro", "12-01..12-31"),
        ("acum două săptămâni", "ro", "11-04"),
        ("peste 3 zile", "ro", "11-21"),
        ("5 zile in urma", "ro", "11-13"),
        ("vineri", "ro", "11-20"),
        ("marți", "ro", "11-24"),
        ("vinerea viitoare", "ro", "11-27?11-20"),
        ("lunea trecută", "ro", "11-16"),
        ("luni", "ro", "11-23"),
        ("12 mai", "ro", "2027-05-12"),
        ("5 martie 2026", "ro", "03-05"),
        ("12.05", "ro", "2027-05-12"),
        ("03.04.2026", "ro", "04-03"),
        ("сегодня", "ru", "11-18"),
        ("завтра", "ru", "11-19"),
        ("zavtra", "ru", "11-19"),
        ("послезавтра", "ru", "11-20"),
        ("позавчера", "ru", "11-16"),
        ("вчерашний", "ru", "11-17"),
        ("через неделю", "ru", "11-25"),
        ("через 3 дня", "ru", "11-21"),
        ("две недели назад", "ru", "11-04"),
        ("на прошлой неделе", "ru", "11-09..11-15"),
        ("в прошлом месяце", "ru", "10-01..10-31"),
        ("пятницу", "ru", "11-20"),
        ("понедельник", "ru", "11-23"),
        ("прошлый вторник", "ru", "11-17"),
        ("следующую пятницу", "ru", "11-27?11-20"),
        ("12 марта", "ru", "2027-03-12"),
        ("5-го мая", "ru", "2027-05-05"),
        ("12.05.26", "ru", "05-12"),
        ("今天", "zh", "11-18"),
        ("明天下午", "zh", "11-19"),
        ("大前天", "zh", "11-15"),
        ("后天", "zh", "11-20"),
        ("三天前", "zh", "11-15"),
        ("2个星期后", "zh", "12-02"),
        ("周五", "zh", "11-20"),
        ("上周三", "zh", "11-11"),
        ("下星期五", "zh", "11-27"),
        ("上个月", "zh", "10-01..10-31"),
        ("上週", "zh", "11-09..11-15"),
        ("5月3日", "zh", "2027-05-03"),
        ("2026年3月12号", "zh", "03-12"),
    ],
)  # fmt: skip
def test_words_found_in_a_message_mean_a_day_seen_from_today(words: str, language: str, day: str) -> None:
    text = AROUND[language].format(words)
    assert [text[start:end] for start, end in dates(text)] == [words]
    assert told(words, language) == day


@pytest.mark.parametrize(
    ("words", "language", "day"),
    [
        ("friday", "en", "11-13"),
        ("wednesday", "en", "11-11"),
        ("12 mai", "ro", "05-12"),
        ("12 dec", "en", "2025-12-12"),
        ("12.05", "ru", "05-12"),
        ("5月3日", "zh", "05-03"),
        ("yesterday", "en", "11-17"),
    ],
)
def test_what_has_been_is_the_last_such_day(words: str, language: str, day: str) -> None:
    assert told(words, language, past=True) == day


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("31.02.2026", "ro"),
        ("31.02", "ru"),
        ("april 31", "en"),
        ("13月40日", "zh"),
        ("29 february 2027", "en"),
        ("mondays", "en"),
        ("по вторникам", "ru"),
        ("vinerea", "ro"),
        ("a few days ago", "en"),
        ("câteva zile în urmă", "ro"),
        ("несколько дней назад", "ru"),
        ("几天前", "zh"),
        ("in 3 hours", "en"),
        ("in 999 years", "xx"),
        ("3 luni", "ro"),
        ("martie", "ro"),
        ("soon", "en"),
        ("", "en"),
    ],
)
def test_what_is_no_day_is_none(words: str, language: str) -> None:
    assert told(words, language) in {"none", "3025-11-18"}


def test_the_29th_of_february_is_that_of_a_leap_year() -> None:
    assert told("29 february", "en") == "2028-02-29"
    assert told("29 февраля", "ru", past=True) == "2024-02-29"


WRITTEN = {
    "en": ("d MMMM y", "MMMM d, y", "y-MM-dd", "MMM d y"),
    "ro": ("d MMMM y", "dd.MM.y", "d/M/y", "d.MM.yy"),
    "ru": ("d MMMM y", "dd.MM.y", "d.MM.yy"),
    "zh": ("y年M月d日", "y-MM-dd", "y年MM月dd号"),
}
ANY_DAY = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(ANY_DAY, ANY_DAY, st.sampled_from([(one, form) for one, forms in WRITTEN.items() for form in forms]))
def test_a_whole_date_is_found_and_means_its_day_whenever_it_is_read(
    day: date, today: date, how: tuple[str, str]
) -> None:
    language, form = how
    text = f"x {format_date(day, form, locale=language)} x"
    [(start, end)] = dates(text)
    assert resolve(text[start:end], language, today) == Days(day, day)


WITHOUT_YEAR = {"en": "d MMMM", "ro": "d MMMM", "ru": "d MMMM", "zh": "M月d日"}


@given(ANY_DAY, ANY_DAY, st.sampled_from(sorted(WITHOUT_YEAR)))
def test_a_day_without_a_year_is_the_nearest_on_its_side(day: date, today: date, language: str) -> None:
    words = format_date(day, WITHOUT_YEAR[language], locale=language)
    coming, gone = (resolve(words, language, today, past=past) for past in (False, True))
    assert coming is not None
    assert gone is not None
    assert gone.first <= today <= coming.first
    assert {(one.first.month, one.first.day) for one in (coming, gone)} == {(day.month, day.day)}
    assert (coming.first - gone.first).days <= 8 * 366


AWAY = {
    "en": ("in {} days", "{} days ago"),
    "ro": ("peste {} zile", "acum {} zile"),
    "ru": ("через {} дней", "{} дней назад"),
    "zh": ("{}天后", "{}天前"),
}


@given(ANY_DAY, st.integers(1, 60), st.sampled_from(sorted(AWAY)))
def test_so_many_days_away_are_so_many(today: date, count: int, language: str) -> None:
    coming, gone = (resolve(words.format(count), language, today) for words in AWAY[language])
    away = timedelta(days=count)
    assert (coming, gone) == (Days(today + away, today + away), Days(today - away, today - away))


@given(st.text(max_size=40), st.sampled_from(["en", "ro", "ru", "zh", "xx"]), ANY_DAY, st.booleans())
def test_no_text_breaks_it(words: str, language: str, today: date, past: bool) -> None:
    days = resolve(words, language, today, past=past)
    assert days is None or days.first <= days.last
