"""Numbers said in words."""

import pytest

from bot.addons.components.spoken import numbers


def said(text):
    return [(text[start:end], figures) for start, end, figures, _ in numbers(text)]


@pytest.mark.parametrize(
    ("text", "words", "figures"),
    [
        ("it's one zero four two", "one zero four two", "1042"),
        ("One-oh-four-two", "One-oh-four-two", "1042"),
        ("ten forty two please", "ten forty two", "1042"),
        ("one thousand and forty two", "one thousand and forty two", "1042"),
        ("twelve hundred three", "twelve hundred three", "1203"),
        ("unu zero patru doi", "unu zero patru doi", "1042"),
        ("o mie patruzeci și doi", "o mie patruzeci și doi", "1042"),
        ("o mie două sute trei", "o mie două sute trei", "1203"),
        ("один ноль четыре два", "один ноль четыре два", "1042"),
        ("тысяча двести три", "тысяча двести три", "1203"),
        ("десять сорок два", "десять сорок два", "1042"),
        ("我的是一零四二", "一零四二", "1042"),
        ("一千零四十二", "一千零四十二", "1042"),
    ],
)
def test_a_number_in_words_is_told_in_figures(text, words, figures):
    assert said(text) == [(words, figures)]


@pytest.mark.parametrize(
    "text",
    [
        "one or two",
        "two for one",
        "forty two",
        "одна две",
        "一二三",
        "one two three four five six seven eight nine",
    ],
)
def test_what_is_too_short_or_too_long_is_none(text):
    assert said(text) == []


def test_figure_by_figure_is_told_apart():
    text = "one zero four two, is ten forty two, 一零四二, 一千零四十二"
    assert [by_figure for *_, by_figure in numbers(text)] == [True, False, True, False]
