"""One phone, however a carrier spells its number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.identity.phones import e164, same_phone, variants


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+5511987654321", "+551187654321"),  # Brazil, with and without the ninth digit
        ("+5491112345678", "+541112345678"),  # Argentina, with and without the 9
        ("+5215512345678", "+525512345678"),  # Mexico, the 1 that was dropped in 2019
        ("+15551230001", "+15551230001"),
    ],
)
def test_two_spellings_are_one_phone(one: str, other: str) -> None:
    assert same_phone(one, other)
    assert same_phone(other, one)
    assert set(variants(one)) == set(variants(other)) == {one, other}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+5511987654321", "+5521987654321"),  # another area
        ("+551132654321", "+5511932654321"),  # a landline has no ninth digit
        ("+15551230001", "+15551230002"),
        ("+4911987654321", "+491187654321"),  # the 9 means nothing elsewhere
    ],
)
def test_other_numbers_are_other_phones(one: str, other: str) -> None:
    assert not same_phone(one, other)


@given(st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"))
def test_every_spelling_has_the_same_spellings(phone: str) -> None:
    assert phone in variants(phone)
    assert {variants(other) for other in variants(phone)} == {variants(phone)}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("+1 (555) 123-0001", "+15551230001"),
        ("+40 721 000 111", "+40721000111"),
        ("0721 000 111", None),
        ("+1", None),
        ("not a number", None),
    ],
)
def test_a_number_is_read_with_its_country_or_not_at_all(written: str, read: str | None) -> None:
    assert e164(written) == read
