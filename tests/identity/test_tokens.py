"""A token is ours, whole and in time, or it is any other word."""

from __future__ import annotations

import base64
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.identity.tokens import LIVES_S, LinkTokens

NOW = 1_790_000_000.0
SUBJECT, NONCE = bytes(range(16)), b"12345678"
OURS = LinkTokens("a secret of this house, long enough")


def token() -> str:
    return OURS.mint(SUBJECT, NONCE, NOW)


def test_a_token_says_what_was_put_into_it() -> None:
    said = OURS.check(token(), NOW)
    assert said is not None
    assert (said.subject, said.nonce, said.expires) == (SUBJECT, NONCE, int(NOW) + LIVES_S)


def test_a_token_fits_a_telegram_deep_link() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", token())


def test_a_token_is_over_after_a_quarter_of_an_hour() -> None:
    assert OURS.check(token(), NOW + LIVES_S - 1) is not None
    assert OURS.check(token(), NOW + LIVES_S) is None


def test_another_house_knows_nothing_of_it() -> None:
    assert LinkTokens("a secret of another house entirely").check(token(), NOW) is None


@given(st.integers(0, 58), st.sampled_from(f"{string.ascii_letters}{string.digits}-_"))
def test_a_changed_letter_makes_it_any_word(place: int, letter: str) -> None:
    genuine = token()
    changed = genuine[:place] + letter + genuine[place + 1 :]
    assert (OURS.check(changed, NOW) is not None) == (changed == genuine)


@given(st.text())
def test_no_text_that_somebody_writes_is_a_token(words: str) -> None:
    assert OURS.find(words, NOW) is None


def test_its_expiry_cannot_be_moved() -> None:
    raw = base64.urlsafe_b64decode(f"{token()}=")
    later = base64.urlsafe_b64encode((int(NOW) + 10**6).to_bytes(4) + raw[4:]).decode().rstrip("=")
    assert OURS.check(later, NOW) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [("{}", ""), ("hello {}", "hello"), ("{}\nwhere is 1042?", "where is 1042?"), ("a {} b", "a b")],
)
def test_a_token_is_found_in_a_text_and_taken_out(text: str, rest: str) -> None:
    found = OURS.find(text.format(token()), NOW)
    assert found is not None and found[0].subject == SUBJECT
    assert found[1] == rest


def test_a_token_inside_a_longer_word_is_none() -> None:
    assert OURS.find(f"x{token()}", NOW) is None


@pytest.mark.parametrize(("subject", "nonce"), [(b"short", NONCE), (SUBJECT, b"")])
def test_only_whole_tokens_are_minted(subject: bytes, nonce: bytes) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        OURS.mint(subject, nonce, NOW)
