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
