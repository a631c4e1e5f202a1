"""A turn is answered in the message's language, when it is in one as plainly as the house wants it."""

import pytest

from bot.addons.turn import _follow_language, read_request
from tests.rasa.room import turn_body

OF_A_STRANGER = {"language": None, "fallback_language": "en", "follow": {"en": 2, "ro": 2, "ru": 2, "zh": 2}}


def answered(parse_data, **facts):
    """The language of the turn, as responses and actions know it, and what the message decided."""
    request = read_request(turn_body("x", **facts))
    follows = _follow_language(request, parse_data)
    return request.metadata["onethread"].get("language"), follows


def told(language, plainness):
    return {"language": language, "language_plainness": plainness}


@pytest.mark.parametrize("language", ["en", "ro", "ru", "zh"])
@pytest.mark.parametrize("plainness", [2, 3])
def test_a_stranger_is_answered_in_the_language_of_a_sure_message(language, plainness):
    assert answered(told(language, plainness), **OF_A_STRANGER) == (language, language)


@pytest.mark.parametrize("parse_data", [told("ru", 0), told("ru", 1), told(None, 0), told("fi", 3), {}])
def test_a_stranger_is_answered_in_the_shops_language_else(parse_data):
    assert answered(parse_data, **OF_A_STRANGER) == ("en", None)


def test_who_is_known_is_followed_only_where_the_house_says_so():
    assert answered(told("ru", 3), language="ro", follow={}) == ("ro", None)
    assert answered(told("ru", 2), language="ro", follow={"ru": 3}) == ("ro", None)
    assert answered(told("ru", 3), language="ro", follow={"ru": 3}) == ("ru", "ru")


def test_a_house_that_asks_for_no_following_gets_none():
    assert answered(told("ru", 3), language="ro") == ("ro", None)
