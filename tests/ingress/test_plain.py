"""Whatever a platform sends can be stored."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onethread.ingress.plain import plain_text, plain_value


def test_nul_and_half_surrogates_become_the_replacement_sign() -> None:
    assert plain_text("a\x00b\ud83dc") == "a\ufffdb\ufffdc"


def test_emoji_families_and_joiners_stay() -> None:
    family = "👨‍👩‍👧‍👦 \u202e שלום"
    assert plain_text(family) == family


@given(st.text(alphabet=st.characters(), max_size=50))
def test_every_text_can_be_encoded(text: str) -> None:
    assert "\x00" not in plain_text(text)
    plain_text(text).encode()


def test_values_inside_lists_and_keys_are_made_plain_too() -> None:
    assert plain_value({"a\x00": ["\ud800", 1, None, object]}) == {
        "a\ufffd": ["\ufffd", 1, None, str(object)]
    }
