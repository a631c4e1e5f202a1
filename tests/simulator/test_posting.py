from __future__ import annotations

import pytest

from simulator.meta import FakeMeta
from simulator.posting import NO_PATIENCE, Delivery, Patience
from simulator.telegram import FakeTelegram

DAY_S = 24 * 3600.0


def waits(patience: Patience) -> list[float]:
    found: list[float] = []
    while (wait := patience.wait_s(len(found) + 1, sum(found))) is not None:
        found.append(wait)
    return found


@pytest.mark.parametrize(("patience", "days"), [(FakeMeta.patience, 7), (FakeTelegram.patience, 1)])
def test_a_platform_tries_ever_less_often_until_it_gives_up(patience: Patience, days: int) -> None:
    tried = waits(patience)
    assert tried == sorted(tried)
    assert (days - 1) * DAY_S < sum(tried) <= days * DAY_S


def test_some_platforms_post_once() -> None:
    assert waits(NO_PATIENCE) == []


@pytest.mark.parametrize(
    ("statuses", "next_at", "state"),
    [
        ([], None, "sending"),
        ([200], None, "delivered"),
        ([503], 5.0, "the house answered 503"),
        ([503, 204], None, "delivered"),
        ([0], 5.0, "the house could not be reached"),
        ([503], None, "lost: the house answered 503"),
    ],
)
def test_a_person_can_read_what_became_of_it(statuses: list[int], next_at: float | None, state: str) -> None:
    assert Delivery("a", "u", statuses=statuses, next_at=next_at).state() == state
