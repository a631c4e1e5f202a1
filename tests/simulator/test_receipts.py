from __future__ import annotations

import random

import pytest

from simulator.faults import Fault, FaultKind
from simulator.receipts import Receipts, receipts_under, states

LADDER = ("sent", "delivered", "read")


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        (Receipts.ON, ["sent", "delivered", "read"]),
        (Receipts.EARLY, ["sent", "delivered", "read"]),
        (Receipts.OFF, []),
        (Receipts.REVERSED, ["read", "delivered", "sent"]),
        (Receipts.DOUBLED, ["sent", "sent", "delivered", "delivered", "read", "read", "sent"]),
    ],
)
def test_states_are_reported_as_told(how: Receipts, wanted: list[str]) -> None:
    assert states(LADDER, how, random.Random(1)) == wanted


def test_shuffled_states_are_all_there_in_some_other_order() -> None:
    rng = random.Random(1)
    seen = {tuple(states(LADDER, Receipts.SHUFFLED, rng)) for _ in range(50)}
    assert len(seen) > 1
    assert all(sorted(one) == sorted(LADDER) for one in seen)


def test_a_fault_goes_before_what_is_usual() -> None:
    assert receipts_under(None, Receipts.OFF) is Receipts.OFF
    assert receipts_under(Fault(FaultKind.CALLBACKS_EARLY), Receipts.OFF) is Receipts.EARLY
    assert receipts_under(Fault(FaultKind.SLOW), Receipts.SHUFFLED) is Receipts.SHUFFLED
    assert receipts_under(Fault(FaultKind.SLOW, silent=True), Receipts.ON) is Receipts.OFF
