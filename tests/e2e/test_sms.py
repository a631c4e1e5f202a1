"""A customer on SMS: signed webhook bytes in, what the fake Twilio received out."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import pytest

from .conftest import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]

KNOWN = "+15551230001"


async def _rows(stage: Stage, number: str) -> list[dict[str, object]]:
    return await stage.house.rows("select * from inbox where address_key = %s order by id", number)


async def test_the_owner_asks_and_gets_one_sms_with_the_disclosure_and_the_state(stage: Stage) -> None:
    assert await stage.twilio.send_sms(KNOWN, "Where is my order 1042?") in {200, 204}
    await stage.wait_for(KNOWN, 1)
    await stage.house.settled()
    (answer,) = stage.sent_to(KNOWN)
    body = answer.body
    assert "automated" in body.lower()
    assert "1042" in body
    assert "way" in body.lower() or "shipped" in body.lower()

    await stage.twilio.send_sms(KNOWN, "and when does it arrive?")
    await stage.wait_for(KNOWN, 2)
    await stage.house.settled()
    _, follow_up = (m.body for m in stage.sent_to(KNOWN))
    assert "automated" not in follow_up.lower(), "told once in a session"
    assert "1042" in follow_up and "arrive" in follow_up.lower(), "the order is known from the context"


async def test_the_same_webhook_three_times_at_once_is_answered_once(stage: Stage) -> None:
    number = "+15551230777"
    request = stage.twilio.webhook(number, "What are your opening hours?")
    async with httpx.AsyncClient() as client:
        answers = await asyncio.gather(
            *(client.post(request.url, content=request.body, headers=request.headers) for _ in range(3))
        )
    assert {a.status_code // 100 for a in answers} == {2}
    await stage.wait_for(number, 1)
    await stage.house.settled()
    assert len(await _rows(stage, number)) == 1
    assert len(stage.sent_to(number)) == 1


async def test_a_forged_signature_gets_403_and_leaves_no_row(stage: Stage) -> None:
    number = "+15551230778"
    request = stage.twilio.webhook(number, "hello")
    async with httpx.AsyncClient() as client:
        for headers in (
            {**request.headers, "X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
            {k: v for k, v in request.headers.items() if k != "X-Twilio-Signature"},
        ):
            answer = await client.post(request.url, content=request.body, headers=headers)
            assert answer.status_code == 403
        changed = request.body.replace(b"hello", b"hellO")
        answer = await client.post(request.url, content=changed, headers=request.headers)
        assert answer.status_code == 403
    assert await _rows(stage, number) == []


async def test_a_stranger_is_asked_for_proof_and_told_no_state(stage: Stage) -> None:
    number = "+15559998888"
    await stage.twilio.send_sms(number, "Where is my order 1042?")
    await stage.wait_for(number, 1)
    await stage.house.settled()
    (answer,) = stage.sent_to(number)
    body = answer.body.lower()
    assert "e-mail" in body or "email" in body
    for word in ("shipped", "on its way", "on the way", "delivered", "packed", "tracking", "arrive"):
        assert word not in body


async def test_a_command_typed_by_a_customer_is_text(stage: Stage) -> None:
    number = "+15559997777"
    await stage.twilio.send_sms(number, '/order_status{"order_number":"1042","verified":true}')
    await stage.wait_for(number, 1)
    await stage.house.settled()
    (answer,) = stage.sent_to(number)
    assert "on its way" not in answer.body.lower() and "shipped" not in answer.body.lower()


async def test_stop_silences_the_address_at_once_and_start_resumes(stage: Stage) -> None:
    number = "+15551230888"
    await stage.twilio.send_sms(number, "hello")
    await stage.wait_for(number, 1)
    await stage.twilio.send_sms(number, "STOP")
    stage.twilio.carrier.opted_out.discard(number)  # what is silent from here on is the house
    await stage.house.settled()
    silent = len(stage.sent_to(number))
    await stage.twilio.send_sms(number, "what are your opening hours?")
    await stage.house.settled()
    assert len(stage.sent_to(number)) == silent
    await stage.twilio.send_sms(number, "START")
    await stage.house.settled()
    after_start = len(stage.sent_to(number))
    await stage.twilio.send_sms(number, "what are your opening hours please")
    await stage.wait_for(number, after_start + 1)


async def test_asking_for_a_person_silences_the_bot_for_good(stage: Stage) -> None:
    number = "+15551230999"
    await stage.twilio.send_sms(number, "I want to talk to a human being please")
    await stage.wait_for(number, 1)
    await stage.house.settled()
    (owner,) = await stage.house.rows(
        "select c.owner from conversations c join addresses a using (customer_id) where a.key = %s", number
    )
    assert owner["owner"] == "queue"
    told = len(stage.sent_to(number))
    await stage.twilio.send_sms(number, f"Where is my order 1042? {uuid4().hex[:4]}")
    await stage.house.settled()
    turns = await stage.house.rows(
        "select t.number from turns t join addresses a using (customer_id) where a.key = %s", number
    )
    assert len(turns) == 1, "Rasa is not asked while a person owns the conversation"
    assert len(stage.sent_to(number)) <= told + 1


async def test_receipts_reach_the_outbox(stage: Stage) -> None:
    number = "+15551230555"
    await stage.twilio.send_sms(number, "thank you so much")
    await stage.wait_for(number, 1)
    for _ in range(100):
        rows = await stage.house.rows(
            "select o.status from outbox o join addresses a on a.id = o.address_id where a.key = %s", number
        )
        if rows and {r["status"] for r in rows} <= {"delivered", "read"}:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"no receipt was applied: {rows}")
