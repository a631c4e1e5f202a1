"""In which order a platform reports what became of a message, well-behaved or not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from enum import StrEnum

from .faults import Fault, FaultKind


class Receipts(StrEnum):
    """How states are reported."""

    ON = "on"
    OFF = "off"
    REVERSED = "reversed"
    SHUFFLED = "shuffled"
    DOUBLED = "doubled"
    """Twice each, and the first one again after the last."""
    EARLY = "early"
    """All before the create request is answered."""


_OF_FAULT = {
    FaultKind.NO_CALLBACKS: Receipts.OFF,
    FaultKind.CALLBACKS_REVERSED: Receipts.REVERSED,
    FaultKind.CALLBACKS_DOUBLED: Receipts.DOUBLED,
    FaultKind.CALLBACKS_EARLY: Receipts.EARLY,
    FaultKind.CALLBACKS_SHUFFLED: Receipts.SHUFFLED,
}


def receipts_under(fault: Fault | None, usual: Receipts) -> Receipts:
    """How the states of a message taken under `fault` are reported."""
    if fault is None:
        return usual
    return Receipts.OFF if fault.silent else _OF_FAULT.get(fault.kind, usual)


def states(ladder: Sequence[str], how: Receipts, rng: random.Random) -> list[str]:
    """What is reported of one message; `ladder` is the well-behaved order."""
    match how:
        case Receipts.OFF:
            return []
        case Receipts.REVERSED:
            return list(reversed(ladder))
        case Receipts.SHUFFLED:
            return rng.sample(ladder, len(ladder))
        case Receipts.DOUBLED:
            return [state for state in ladder for _ in range(2)] + list(ladder[:1])
        case Receipts.ON | Receipts.EARLY:
            return list(ladder)
