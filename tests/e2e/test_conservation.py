"""The judge itself must be able to say no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .conservation import judge


@dataclass
class Got:
    oid: str
    to: str


def row(n: int, number: int | None, status: str = "done") -> dict[str, Any]:
    return {
        "id": n,
        "connector": "c",
        "address_key": "a",
        "provider_message_id": f"p{n}",
        "status": status,
        "turn_id": f"t{number}" if number else None,
        "number": number,
    }


OUT = [{"id": n, "oid": f"o{n}", "status": "sent"} for n in (1, 2)]


def test_all_is_well_when_each_message_has_a_turn_in_order() -> None:
    verdict = judge(["p1", "p2"], [row(1, 1), row(2, 2)], OUT, [Got("o1", "a"), Got("o2", "a")])
    assert verdict.holds, str(verdict)


def test_a_missing_row_is_lost() -> None:
    assert judge(["p1", "p2"], [row(1, 1)], OUT, []).lost == 1


def test_a_pending_row_is_lost() -> None:
    assert not judge(["p1"], [row(1, None, "pending")], [], []).holds


def test_a_dead_row_is_told() -> None:
    assert not judge(["p1"], [row(1, None, "dead")], [], []).holds


def test_turns_out_of_order_are_told() -> None:
    assert judge(["p1", "p2"], [row(1, 2), row(2, 1)], [], []).misordered == 1


def test_a_send_received_twice_is_doubled() -> None:
    assert judge([], [], OUT, [Got("o1", "a"), Got("o1", "a")]).received_twice == 1


def test_sends_received_out_of_order_are_told() -> None:
    assert judge([], [], OUT, [Got("o2", "a"), Got("o1", "a")]).misordered == 1


def test_a_message_nobody_asked_for_is_told() -> None:
    assert judge([], [], OUT, [Got("o9", "a")]).received_unasked == 1
