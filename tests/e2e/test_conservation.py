"""The judge itself must be able to say no."""

from __future__ import annotations

from typing import Any

from .conservation import Got, Said, Struck, Verdict, judge, mark, report


def said(n: int, door: str = "sms", acked: float | None = -1.0) -> Said:
    return Said("ann", n, door, float(n), n + 0.5 if acked == -1.0 else acked)


def row(n: int, number: int | None, status: str = "done", id_: int = 0) -> dict[str, Any]:
    return {
        "id": id_ or n,
        "address_id": "a",
        "text": f"hello {mark('ann', n)}",
        "status": status,
        "turn_id": f"t{number}" if number else None,
        "number": number,
        "received_at": n + 0.4,
        "finished_at": n + 1.0 if number else None,
    }


def out(n: int, purpose: str = "reply", status: str = "sent", known: str = "") -> dict[str, Any]:
    return {
        "id": n,
        "oid": f"o{n}",
        "address_id": "a",
        "turn_id": f"t{n}",
        "purpose": purpose,
        "status": status,
        "provider_message_id": known or None,
        "seq": 2 * n,
        "text": f"answer {n}",
        "created_at": float(n),
    }


def got(n: int, door: str = "sms", id_: str = "", at: float = 0.0) -> Got:
    return Got("ann", door, id_ or f"o{n}", f"answer {n}", at or n + 2.0)


def verdict(
    *,
    says: list[Said] | None = None,
    came: list[Got] | None = None,
    inbox: list[dict[str, Any]] | None = None,
    outbox: list[dict[str, Any]] | None = None,
    heard: list[str] | None = None,
) -> Verdict:
    """Two messages, all well, but for what is told."""
    texts = [f"hello {mark('ann', 1)}", f"hello {mark('ann', 2)}"] if heard is None else heard
    return judge(
        [said(1), said(2)] if says is None else says,
        [got(1), got(2)] if came is None else came,
        [row(1, 1), row(2, 2)] if inbox is None else inbox,
        [out(1), out(2)] if outbox is None else outbox,
        [{"text": text} for text in texts],
    )


def test_all_is_well_when_each_message_has_a_turn_and_each_send_arrived() -> None:
    found = verdict()
    assert found.holds, found.findings
    assert (found.accepted, found.finished, found.turns, found.received) == (2, 2, 2, 2)


def test_messages_that_share_a_turn_are_answered_once() -> None:
    texts = [f"hello {mark('ann', 1)}\nhello {mark('ann', 2)}"]
    found = verdict(inbox=[row(1, 1), row(2, 1)], outbox=[out(1)], came=[got(1)], heard=texts)
    assert found.holds, found.findings
    assert found.turns == 1


def test_a_message_without_a_row_is_lost() -> None:
    assert verdict(inbox=[row(1, 1)]).count("lost") == 1


def test_a_message_that_still_waits_is_lost() -> None:
    assert verdict(inbox=[row(1, 1), row(2, None, "pending")]).count("lost") == 1


def test_a_message_done_without_a_turn_is_lost() -> None:
    assert verdict(inbox=[row(1, 1), row(2, None)]).count("lost") == 1


def test_a_dead_row_is_told() -> None:
    assert verdict(inbox=[row(1, 1), row(2, None, "dead")]).count("dead") == 1


def test_a_message_in_two_rows_is_doubled() -> None:
    assert verdict(inbox=[row(1, 1), row(2, 2), row(2, 2, id_=3)]).count("doubled") == 1


def test_a_message_that_two_turns_heard_is_doubled() -> None:
    texts = [f"hello {mark('ann', n)}" for n in (1, 2, 2)]
    assert verdict(heard=texts).count("doubled") == 1


def test_an_apology_is_not_an_answer() -> None:
    assert verdict(outbox=[out(1), out(2, "apology")]).count("unanswered") == 1


def test_turns_out_of_order_are_told() -> None:
    assert verdict(inbox=[row(1, 2), row(2, 1)]).count("misordered") == 1


def test_a_row_before_that_of_an_earlier_message_is_told() -> None:
    assert verdict(inbox=[row(2, 1, id_=1), row(1, 2, id_=2)]).count("misordered") > 0


def test_a_missed_webhook_may_come_late() -> None:
    texts = [f"hello {mark('ann', n)}" for n in (2, 1)]
    found = verdict(
        says=[said(1, acked=None), said(2)], inbox=[row(2, 1, id_=1), row(1, 2, id_=2)], heard=texts
    )
    assert found.holds, found.findings
    assert len(found.caught_up) == 1


def test_what_rasa_heard_out_of_order_is_told() -> None:
    texts = [f"hello {mark('ann', n)}" for n in (2, 1)]
    assert verdict(heard=texts).count("misordered") == 1


def test_a_send_that_arrived_twice_is_a_breach_but_for_telegram() -> None:
    twice = verdict(came=[got(1), got(1), got(2)])
    assert twice.count("sent twice", "sms") == 1
    assert not twice.holds
    telegram = verdict(
        says=[said(1, "telegram"), said(2, "telegram")],
        outbox=[out(1, known="7.2"), out(2, known="7.3")],
        came=[got(1, "telegram", "7.1"), got(1, "telegram", "7.2"), got(2, "telegram", "7.3")],
    )
    assert telegram.count("sent twice", "telegram") == 1
    assert telegram.holds, telegram.findings


def test_a_send_whose_answer_nobody_heard_is_known_by_its_text() -> None:
    found = verdict(outbox=[out(1, status="unknown"), out(2)], came=[got(1, id_="7.1"), got(2)])
    assert found.holds, found.findings


def test_a_bubble_in_the_web_chat_is_known_by_its_place_in_the_thread() -> None:
    assert verdict(came=[got(1, "web", "2.1"), got(2, "web", "4.1")]).holds
    assert verdict(came=[got(1, "web", "2.1"), got(1, "web", "2.1"), got(2, "web", "4.1")]).count(
        "sent twice"
    )


def test_sends_that_arrived_out_of_order_are_told() -> None:
    assert verdict(came=[got(2), got(1)]).count("misordered") == 1


def test_a_send_that_never_arrived_is_told() -> None:
    assert verdict(came=[got(1)]).count("unsent") == 1


def test_a_message_nobody_asked_for_is_told() -> None:
    assert verdict(came=[got(1), got(2), got(9)]).count("unasked") == 1


def test_the_report_says_how_long_a_fault_was_felt() -> None:
    fault = Struck("kill worker", 1.2, 1.45)
    turns, sends = verdict().recovered(fault)
    assert round(turns, 2) == 0.55
    assert round(sends, 2) == 1.55
    assert "kill worker" in report(verdict(), [fault])
