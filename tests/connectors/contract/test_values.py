"""The contract's own words: what the house relies on, whatever the door."""

from __future__ import annotations

import dataclasses

from connectors import contract
from connectors.contract import Final, OutcomeUnknown, Retryable, SendError


def test_every_send_error_tells_the_house_one_thing() -> None:
    errors = [
        found
        for name in contract.__all__
        if isinstance(found := getattr(contract, name), type) and issubclass(found, SendError)
    ]
    for error in set(errors) - {SendError}:
        assert sum(issubclass(error, kind) for kind in (Retryable, Final, OutcomeUnknown)) == 1


def test_values_that_cross_a_room_cannot_be_changed() -> None:
    for name in contract.__all__:
        found = getattr(contract, name)
        if dataclasses.is_dataclass(found):
            assert found.__dataclass_params__.frozen, name  # type: ignore[union-attr]
