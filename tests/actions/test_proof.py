"""What proves an order: the same phone, however it is written."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from actions.message import Contact, contact
from actions.proof import Prover
from onethread.orders import Money, Order, OrderState

TODAY = date(2026, 11, 22)
PROVER = Prover(b"k" * 32, "customer", "address")
ORDER = Order(
    number="1042",
    state=OrderState.PAID,
    state_since=datetime(2026, 11, 20, tzinfo=UTC),
    placed_at=datetime(2026, 11, 20, tzinfo=UTC),
    expected_on=TODAY,
    customer_name="Oana",
    email="oana@example.com",
    phone=None,
    total=Money(Decimal(1), "RON"),
    items=(),
)


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("+40721234567", "+40721234567"),
        ("0721 234 567", "+40721234567"),
        ("40721234567", "+40721234567"),
        ("+79212345678", "+79212345678"),
        ("9212345678", "+79212345678"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("020 7946 0018", "+442079460018"),
        ("1 555 123 0001", "+15551230001"),
    ],
)
def test_a_phone_proves_the_order_it_was_placed_with(written: str, phone: str) -> None:
    typed = contact(None, written)
    assert typed is not None
    token = PROVER.token(typed, TODAY)
    assert PROVER.knows(token, replace(ORDER, phone=phone), TODAY)
    assert not PROVER.knows(token, replace(ORDER, phone=phone[:-1] + "9"), TODAY)


def test_one_phone_written_in_two_ways_is_one_guess() -> None:
    assert contact(None, "+40 721 234 567") == contact(None, "0721.234.567") == Contact("phone", "721234567")


@pytest.mark.parametrize("phone", [None, "", "12345", "+40 1"])
def test_a_few_figures_are_no_contact(phone: str | None) -> None:
    assert contact(None, phone) is None
