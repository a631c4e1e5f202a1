"""Card numbers are masked, and nothing that only looks a little like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.ingress.masking import mask_cards


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111111111111111", "••••••••••••1111"),
        ("my card is 4111 1111 1111 1111, ok?", "my card is •••• •••• •••• 1111, ok?"),
        ("5555-5555-5555-4444", "••••-••••-••••-4444"),
        ("378282246310005", "•••••••••••0005"),
        ("4111.1111.1111.1111", "••••.••••.••••.1111"),
        ("4111 1111\u00a01111 1111", "•••• ••••\u00a0•••• 1111"),
        ("6011111111111117 exp 12/28 cvv 123", "••••••••••••1117 exp ••/•• cvv •••"),
        ("4111111111111111 09/27 737", "••••••••••••1111 ••/•• •••"),
        ("1042 4111 1111 1111 1111", "1042 •••• •••• •••• 1111"),
        ("4111111111111111 4000056655665556", "••••••••••••1111 ••••••••••••5556"),
        ("4111 1111 1111 1111, 12/28, 123 thanks", "•••• •••• •••• 1111, ••/••, ••• thanks"),
        ("CVC: 1234 card 5105105105105100", "CVC: •••• card ••••••••••••5100"),
    ],
)
def test_a_card_number_keeps_only_its_last_four_digits(text: str, masked: str) -> None:
    assert mask_cards(text).text == masked
    assert mask_cards(text).found


@pytest.mark.parametrize(
    "text",
    [
        "order 1042",
        "call me at +1 555 123 0001 or +40 722 123 456",
        "+4111111111111111",
        "4111111111111112",  # wrong check digit
        "1234567812345670",  # right check digit, no issuer
        "tracking 00340434161094022115",  # 20 digits
        "my order 2024-11-22-0000-1042",
        "IBAN RO49AAAA1B31007593840000",
        "cvv 123 is what the shop asked for",  # no card near it
        "between 10/24 and 12/25",
        "0000000000000000",
        "411111111111111",  # 15 digits is no Visa card
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_cards(text).text == text
    assert not mask_cards(text).found


def test_an_order_number_beside_a_card_stays() -> None:
    masked = mask_cards("I paid order 1042 with 4111 1111 1111 1111 for order 1043").text
    assert masked == "I paid order 1042 with •••• •••• •••• 1111 for order 1043"


@given(st.text(alphabet="0123456789 -./ac", max_size=60))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask_cards(text).text
    assert mask_cards(once).text == once


@given(st.text(max_size=80))
def test_masking_keeps_the_length(text: str) -> None:
    assert len(mask_cards(text).text) == len(text)
