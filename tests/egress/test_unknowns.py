"""A send whose answer never comes: found out afterwards, never sent twice."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from onethread.storage import outbox, sends

from .offices import Office, open_office
from .post_office import PostOffice

ANN = "+15551230001"


async def _fifty(office: PostOffice) -> None:
    for number in range(50):
        customer = await office.customer(f"+1555123{number:04}")
        await office.say(customer, f"answer {number}")


def _doubles(office: PostOffice) -> list[str]:
    return [
        body for body, count in Counter(message.body for message in office.twilio.sent).items() if count > 1
    ]


async def test_fifty_lost_answers_are_settled_by_the_echo(office: PostOffice) -> None:
    await _fifty(office)
    office.twilio.faults.add("drop_after_accept", times=50)
    async with office.sending(echo_wait_s=30):
        await office.until({"delivered": 50}, timeout_s=60)
    assert (len(office.twilio.sent), _doubles(office)) == (50, [])
    assert sorted(await office.rows("provider_message_id")) == sorted((m.sid,) for m in office.twilio.sent)


async def test_fifty_lost_answers_without_an_echo_are_settled_by_asking(office: PostOffice) -> None:
    await _fifty(office)
    office.twilio.faults.add("drop_after_accept", times=50, silent=True)
    async with office.sending(echo_wait_s=0.5):
        await office.until({"sent": 50}, timeout_s=60)
    assert (len(office.twilio.sent), _doubles(office)) == (50, [])
    assert sorted(await office.rows("provider_message_id")) == sorted((m.sid,) for m in office.twilio.sent)


async def test_an_answer_slower_than_we_wait_is_settled_too(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors._shared.rest._TOTAL_S", 0.5)
    await office.say(await office.customer(ANN), "one", "two")
    office.twilio.faults.add("hang_after_accept", seconds=5)
    async with office.sending(echo_wait_s=0.5):
        await office.until({"delivered": 2})
    assert office.bodies(ANN) == ["one", "two"]


async def test_what_the_platform_does_not_have_stays_for_a_person(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    await office.say(ann, "one", "two")
    office.twilio.faults.add("drop_before_accept")
    async with office.sending(echo_wait_s=0.3):
        await office.until({"unknown": 1, "delivered": 1})
        await asyncio.sleep(2)
        assert office.twilio.requests == 2
        ((row_id, error), _) = await office.rows("id, error")
        assert error == "the platform does not have it"
        async with office.engines.web.begin() as conn:
            assert await outbox.resend(conn, row_id)  # type: ignore[arg-type]
        await office.until({"delivered": 2})
    assert office.bodies(ANN) == ["two", "one"]


async def test_a_person_may_decide_not_to_send(office: PostOffice) -> None:
    await office.say(await office.customer(ANN), "one")
    office.twilio.faults.add("drop_before_accept")
    async with office.sending(echo_wait_s=0.3):
        await office.until({"unknown": 1})
        ((row_id,),) = await office.rows("id")
        async with office.engines.web.begin() as conn:
            assert await outbox.give_up(conn, row_id)  # type: ignore[arg-type]
            assert not await outbox.give_up(conn, row_id)  # type: ignore[arg-type]
        await office.until({"failed": 1})


async def test_the_same_text_said_again_is_not_taken_for_the_lost_one(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    office.twilio.faults.add("drop_before_accept")
    await office.say(ann, "ok", "ok")
    async with office.sending(echo_wait_s=1.5):
        await office.until({"unknown": 1, "delivered": 1})
        await asyncio.sleep(2.5)
    assert await office.statuses() == {"unknown": 1, "delivered": 1}


async def test_two_lost_messages_of_one_text_are_not_both_taken_for_the_one_found(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    office.twilio.faults.add("drop_after_accept", silent=True)
    office.twilio.faults.add("drop_before_accept")
    await office.say(ann, "ok", "ok")
    async with office.sending(echo_wait_s=1.0):
        await office.until({"sent": 1, "unknown": 1})
        await asyncio.sleep(1.5)
    assert await office.statuses() == {"sent": 1, "unknown": 1}
    assert office.twilio.requests == 2


async def _die_in_mid_send(office: PostOffice, *, taken: bool) -> None:
    """Claim a row as a sender does, and let go of it with or without its request having left."""
    async with office.engines.senders.begin() as conn:
        (claimed,) = await sends.claim(conn, {"twilio_sms/default": None}, 10)
    if taken:
        office.twilio.faults.add("no_callbacks")
        await office.door.send(claimed.address, claimed.part, oid=claimed.oid)


async def test_a_row_whose_sender_died_after_the_request_is_found_and_not_sent_again(
    office: PostOffice,
) -> None:
    ann = await office.customer(ANN)
    await office.say(ann, "one")
    await _die_in_mid_send(office, taken=True)
    async with office.sending(echo_wait_s=0.5):
        await office.say(ann, "two")
        await office.until({"delivered": 1, "sent": 1})
    assert office.bodies(ANN) == ["one", "two"]
    assert office.twilio.requests == 2


async def test_a_row_whose_sender_died_before_the_request_is_sent_once_and_in_order(
    office: PostOffice,
) -> None:
    ann = await office.customer(ANN)
    await office.say(ann, "one")
    await _die_in_mid_send(office, taken=False)
    async with office.sending(echo_wait_s=0.5):
        await office.say(ann, "two")
        await office.until({"delivered": 2})
    assert office.bodies(ANN) == ["one", "two"]
    assert office.twilio.requests == 2


async def test_a_row_whose_senders_keep_dying_stays_for_a_person(office: PostOffice) -> None:
    await office.say(await office.customer(ANN), "one")
    await _die_in_mid_send(office, taken=False)
    await office.execute("update outbox set attempts = 2")
    async with office.sending(echo_wait_s=0.5):
        await office.until({"unknown": 1})
        await asyncio.sleep(2)
    assert office.twilio.requests == 0


async def test_a_platform_that_cannot_be_asked_is_asked_again(office: PostOffice) -> None:
    await office.say(await office.customer(ANN), "one")
    office.twilio.faults.add("drop_after_accept", silent=True)
    async with office.sending(echo_wait_s=0.5):
        await office.until({"unknown": 1})
        office.twilio.auth_token, right = "rotated", office.twilio.auth_token
        await asyncio.sleep(1.5)
        assert await office.statuses() == {"unknown": 1}
        office.twilio.auth_token = right
        await office.execute("update outbox set due_at = now()")
        await office.until({"sent": 1})
    assert len(office.twilio.sent) == 1


async def _die_on_whatsapp(office: Office, *, taken: bool) -> None:
    """As above, on the door that echoes and cannot be asked."""
    async with office.engines.senders.begin() as conn:
        (claimed,) = await sends.claim(conn, {"/".join(office.name): None}, 10)
    if taken:
        await office.door.send(claimed.address, claimed.part, oid=claimed.oid)


async def test_where_nobody_can_be_asked_a_dead_senders_row_goes_again_when_others_are_echoed(
    database_url: str,
) -> None:
    async with open_office("whatsapp_cloud", database_url) as office:
        await office.say(1, "one")
        await _die_on_whatsapp(office, taken=False)
        async with office.sending(echo_wait_s=0.5):
            await office.until(unknown=1)
            assert office.bodies() == []
            await office.say(2, "other")
            await office.until(read=2)
        assert office.bodies() == ["other", "one"]


async def test_a_dead_senders_row_that_is_echoed_late_is_not_sent_again(database_url: str) -> None:
    async with open_office("whatsapp_cloud", database_url) as office:
        await office.say(1, "one")
        office.fake.step_s = 2.0
        await _die_on_whatsapp(office, taken=True)
        async with office.sending(echo_wait_s=0.3):
            await office.until(unknown=1)
            await office.until(read=1)
        assert office.bodies() == ["one"]


async def test_without_any_sign_a_dead_senders_row_is_left_to_a_person_at_last(database_url: str) -> None:
    async with open_office("whatsapp_cloud", database_url) as office:
        await office.say(1, "one")
        await _die_on_whatsapp(office, taken=False)
        await office.execute("update outbox set sending_since = now() - interval '11 minutes'")
        async with office.sending(echo_wait_s=0.3):
            query = "select status, error from outbox where due_at = 'infinity'"
            await office.see(query, ("unknown", "nobody can tell whether it was sent"))
        assert office.bodies() == []
