"""Six digits, read from a message that says nothing else, and kept so that nobody can read them back."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.identity.codes import Codes, code_in, new_code, number_in

ONE, OTHER = UUID(int=1), UUID(int=2)
CODES = Codes("a secret of this house, long enough")


@pytest.mark.parametrize(
    "text", ["123456", " 123 456 ", "123-456.", "my code is 123456", "Code: 123456", "it's 123456!"]
)
def test_a_code_is_read_however_it_is_typed(text: str) -> None:
    assert code_in(text) == "123456"


@pytest.mark.parametrize("text", ["12345", "1234567", "order 123456", "where is 123456?", "", "١٢٣٤٥٦"])
def test_anything_else_is_no_code(text: str) -> None:
    assert code_in(text) is None


@pytest.mark.parametrize(
    "text", ["+1 555 123 0001", "I also write from my phone +15551230001.", "1 (555) 123-0001"]
)
def test_a_number_is_read_with_its_country_code(text: str) -> None:
    assert number_in(text) == "+15551230001"


@pytest.mark.parametrize("text", ["1042", "no", "+15551230001 or +15551230002", "+999999999999999999"])
def test_what_is_not_one_number_is_none(text: str) -> None:
    assert number_in(text) is None


@given(st.integers(0, 999_999))
def test_a_code_is_always_six_digits_and_found_in_itself(number: int) -> None:
    assert code_in(new_code(number)) == new_code(number)


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    code_in(text)
    number_in(text)


def test_a_code_fits_its_own_request_alone() -> None:
    kept = CODES.of_code(ONE, "123456")
    assert CODES.fits(kept, ONE, "123456")
    assert not CODES.fits(kept, ONE, "123457")
    assert not CODES.fits(kept, OTHER, "123456")
    assert not Codes("a secret of another house entirely").fits(kept, ONE, "123456")


def test_nothing_fits_a_code_that_was_never_sent() -> None:
    assert not CODES.fits(None, ONE, "000000")


def test_what_is_kept_holds_neither_code_nor_number() -> None:
    assert b"123456" not in CODES.of_code(ONE, "123456")
    assert b"5551230001" not in CODES.of_number("+15551230001")
