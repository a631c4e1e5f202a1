"""Every way a turn can end has its own error, and none of them takes longer than the deadline."""

from __future__ import annotations

import asyncio
import socket
from typing import Any
from uuid import UUID, uuid4

import pytest

from onethread.dialogue.directives import HandoffRequested, ShopRequested
from onethread.dialogue.rasa_client import (
    AnswerInvalid,
    RasaClient,
    RasaUnavailable,
    TurnFailed,
    TurnLate,
)
from tests.fakes.rasa import SECRET, FakeRasa, answer, echo

CUSTOMER = UUID(int=7)


def request(version: int = 0) -> dict[str, Any]:
    return {
        "turn_id": str(uuid4()),
        "session": "start",
        "window": {"version": version},
        "message": {"text": "hi", "message_id": "1"},
    }


async def ask(*urls: str, secret: str = SECRET, deadline_s: float = 2.0) -> Any:
    client = RasaClient(urls, secret)
    try:
        return await client.turn(CUSTOMER, request(), deadline_s=deadline_s)
    finally:
        await client.close()


def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


async def test_a_turn_brings_replies_directives_and_state() -> None:
    async def full(told: dict[str, Any]) -> dict[str, Any]:
        asked = [
            {"type": "handoff.requested", "reason": "asked"},
            {"type": "shop.requested", "effect": "send_invoice", "order": "1042"},
        ]
        return answer(told, "one", directives=asked, language="en")

    async with FakeRasa(full) as rasa:
        told = await ask(rasa.url)
    assert (told.number, [reply.text for reply in told.replies]) == (1, ["one"])
    assert told.directives == (
        HandoffRequested(type="handoff.requested", reason="asked"),
        ShopRequested(type="shop.requested", effect="send_invoice", order="1042"),
    )
    assert told.state["slots"] == {"language": "en"}


async def test_a_silent_rasa_is_late() -> None:
    async def silent(_told: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(30)
        raise AssertionError

    async with FakeRasa(silent) as rasa:
        with pytest.raises(TurnLate):
            await ask(rasa.url, deadline_s=0.2)


async def test_an_error_is_a_failed_turn() -> None:
    async def broken(_told: dict[str, Any]) -> int:
        return 500

    async with FakeRasa(broken) as rasa:
        with pytest.raises(TurnFailed, match="500 at fake"):
            await ask(rasa.url)


async def test_a_wrong_secret_is_a_failed_turn() -> None:
    async with FakeRasa() as rasa:
        with pytest.raises(TurnFailed, match="401"):
            await ask(rasa.url, secret="wrong")


async def test_a_process_that_dies_in_mid_turn_is_a_failed_turn() -> None:
    async def die(_told: dict[str, Any]) -> int:
        raise ConnectionError

    async with FakeRasa(die) as rasa:
        with pytest.raises(TurnFailed, match="connection lost"):
            await ask(rasa.url)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 7},
        {"turn_id": "x"},
        {"replies": None},
        {"directives": [{"type": "no"}]},
        {"events": [{}] * 5000},
        {"events": [1]},
        {"events": 7},
    ],
)
async def test_an_answer_off_the_protocol_is_refused(change: dict[str, Any]) -> None:
    async def odd(told: dict[str, Any]) -> dict[str, Any]:
        return {**answer(told, "x"), **change}

    async with FakeRasa(odd) as rasa:
        with pytest.raises(AnswerInvalid):
            await ask(rasa.url)


async def test_nobody_there_is_not_the_messages_fault() -> None:
    with pytest.raises(RasaUnavailable):
        await ask(closed_port(), closed_port())
    with pytest.raises(RasaUnavailable):
        await ask()


async def test_another_process_takes_over_for_one_that_is_down_or_has_no_model() -> None:
    async def no_model(_told: dict[str, Any]) -> int:
        return 503

    async with FakeRasa(no_model) as bare, FakeRasa(echo) as ready:
        for urls in ((closed_port(), ready.url), (bare.url, ready.url), (ready.url, bare.url)):
            told = await ask(*urls)
            assert told.replies[0].text == "ack hi"


async def test_one_customer_meets_the_same_process_and_others_the_other() -> None:
    async with FakeRasa() as first, FakeRasa() as second:
        client = RasaClient((first.url, second.url), SECRET)
        for _ in range(5):
            await client.turn(CUSTOMER, request(), deadline_s=2)
        assert sorted([len(first.seen), len(second.seen)]) == [0, 5]
        for number in range(20):
            await client.turn(UUID(int=number * 7919), request(), deadline_s=2)
        await client.close()
    assert first.seen
    assert second.seen
