"""The words of a message: one writing for many."""

import pytest

from bot.addons.components.words import drop_greeting, fold, split


def read(text):
    return split(fold(text))


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("WHERE IS MY ORDER", "where is my order"),
        ("wheres my order", "where's my order"),
        ("where’s my order", "where is my order"),
        ("i dont want it", "I don't want it"),
        ("ｗｈｅｒｅ　ｉｓ　ｉｔ", "where is it"),
        ("café", "cafe"),
        ("pleaseeeee", "please"),
        ("heyyyy there", "hey there"),
        ("id like a refund", "I would like a refund"),
        ("um, can u help", "can you help"),
    ],
)
def test_writings_of_the_same_words_are_one(written, same_as):
    assert read(written) == read(same_as)


def test_an_identity_is_not_a_wish():
    assert read("my user id") == ["my", "user", "id"]


def test_emoji_become_words_of_their_meaning():
    assert read("👍") == [":yes:"]
    assert read("thanks 🙏") == ["thanks", ":thanks:"]
    assert read("ok🦖") == ["okay", ":emoji:"]


def test_a_doubled_letter_stays():
    assert read("cancelled the bill too") == ["cancelled", "the", "bill", "too"]


def test_long_numbers_are_alike_and_single_figures_are_not():
    assert read("order 1234 for 2") == ["order", "@number", "for", "2"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("hi there, where is my order", "where is my order"),
        ("good morning team cancel my order please", "cancel my order please"),
        ("hello there", "hello there"),
        ("good quality is what i expect", "good quality is what i expect"),
    ],
)
def test_a_greeting_in_front_is_dropped_only_where_more_is_said(text, left):
    assert " ".join(drop_greeting(read(text))) == left


def test_nothing_is_no_word():
    assert read("") == []
    assert read("  !!! ...") == []


@pytest.mark.parametrize(
    ("language", "written", "same_as"),
    [
        ("ro", "Mulțumesc, unde e comanda", "multumesc unde e comanda"),
        ("ro", "vreau nr de cmd", "vreau numar de comanda"),
        ("ro", "vrog sa vb cu cnv, nam primit nmc", "va rog sa vorbesc cu cineva n am primit nimic"),
        ("ro", "miau luat banii, und e coletu", "mi au luat banii unde e coletul"),
        ("ru", "Здрасте, где заказ", "zdravstvuite gde zakaz"),
        ("ru", "СПАСИБООООО", "spasibo"),
        ("zh", "訂單到哪了", "订单到哪了"),
        ("zh", "查一下ＯＲＤＥＲ", "查一下order"),
    ],
)
def test_other_languages_have_their_own_writings(language, written, same_as):
    assert split(fold(written), language) == split(fold(same_as), language)


def test_each_chinese_character_is_a_word():
    assert split(fold("到哪了?"), "zh") == ["到", "哪", "了", "?"]


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("ro", "buna ziua, unde e comanda", "unde e comanda"),
        ("ru", "добрый день, где заказ мой", "gde zakaz moi"),
        ("zh", "你好请问订单到哪了", "订 单 到 哪 了"),
        ("zh", "你好", "你 好"),
    ],
)
def test_greetings_are_dropped_in_each_language(language, text, left):
    assert " ".join(drop_greeting(split(fold(text), language), language)) == left
