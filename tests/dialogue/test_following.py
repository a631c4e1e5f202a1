"""Into which languages an answer may follow."""

from __future__ import annotations

from typing import Any

import pytest

from onethread.dialogue.following import HINT, LANGUAGES, PLAIN, SURE, least_plainness

NOTHING: list[dict[str, Any] | None] = [
    None,
    {},
    {"intent": "greet"},
    {"language": "ro", "plainness": 0},
    {"language": None, "plainness": None},
    {"language": "fi", "plainness": PLAIN},
]


@pytest.mark.parametrize("before", NOTHING)
def test_of_a_stranger_a_sure_message_is_followed(before: dict[str, Any] | None) -> None:
    assert least_plainness(None, asked=False, before=before) == dict.fromkeys(LANGUAGES, SURE)


def test_the_same_hint_twice_is_enough() -> None:
    least = least_plainness(None, asked=False, before={"language": "ro", "plainness": HINT})
    assert least == {"en": SURE, "ro": HINT, "ru": SURE, "zh": SURE}


@pytest.mark.parametrize(
    ("app", "hinted"), [("ru", "ru"), ("ru-MD", "ru"), ("zh_Hans_CN", "zh"), ("RO", "ro"), ("rom", None)]
)
def test_a_hint_in_the_language_of_the_app_is_enough(app: str, hinted: str | None) -> None:
    least = least_plainness(None, asked=False, app=app)
    assert [language for language, plain in least.items() if plain == HINT] == ([hinted] if hinted else [])


@pytest.mark.parametrize("before", [*NOTHING, {"language": "en", "plainness": PLAIN}])
def test_who_is_known_is_not_answered_in_another_language_for_one_message(
    before: dict[str, Any] | None,
) -> None:
    assert least_plainness("en", asked=False, before=before, app="ru") == {}


@pytest.mark.parametrize("plainness", [HINT, SURE])
def test_what_was_not_plain_does_not_begin_a_change(plainness: int) -> None:
    assert least_plainness("en", asked=False, before={"language": "ru", "plainness": plainness}) == {}


def test_the_second_plain_message_in_a_row_is_followed() -> None:
    before = {"language": "ru", "plainness": PLAIN}
    assert least_plainness("en", asked=False, before=before) == {"ru": PLAIN}


def test_what_was_asked_for_stays() -> None:
    assert least_plainness("en", asked=True, before={"language": "ru", "plainness": PLAIN}) == {}
