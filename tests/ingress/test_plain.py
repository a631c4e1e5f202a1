"""Whatever a platform sends can be stored."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onethread.ingress.plain import plain_key, plain_text, plain_value


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


def test_what_no_column_takes_is_kept_as_text_or_left_out() -> None:
    deep: object = "bottom"
    for _ in range(500):
        deep = [deep]
    kept = plain_value({"number": 10**30, "small": -5, "yes": True, "deep": deep})
    assert isinstance(kept, dict)
    assert (kept["number"], kept["small"], kept["yes"]) == (str(10**30), -5, True)
    assert plain_value([float("inf"), float("nan"), 1.5]) == ["inf", "nan", 1.5]
    assert "bottom" not in str(kept["deep"]) and len(str(kept["deep"])) < 100


def test_an_id_that_fits_no_index_is_named_by_its_hash() -> None:
    assert plain_key("wamid.abc\x00") == "wamid.abc\ufffd"
    assert plain_key("x" * 10_000).startswith("long:") and len(plain_key("x" * 10_000)) < 100
    assert plain_key("x" * 10_000) != plain_key("x" * 9_999)
