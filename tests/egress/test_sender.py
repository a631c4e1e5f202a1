from __future__ import annotations

import asyncio

from connectors.contract import Address, Part, Sent
from connectors.twilio_sms.connector import TwilioSms

from .post_office import SID, TOKEN, PostOffice

ANN, BEN = "+15551230001", "+15551230002"


async def test_a_queued_message_is_sent_and_its_states_are_kept(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    (oid,) = await office.say(ann, "Your order is on its way")
    async with office.sending():
        await office.until({"delivered": 1})
    (message,) = office.twilio.sent
    assert (message.to, message.body, message.oid) == (ANN, "Your order is on its way", oid)
    assert await office.rows("provider_message_id, attempts, error") == [(message.sid, 1, None)]
    assert office.fanout.heard[ann.id] >= 2
    assert office.refused == 0


async def test_a_message_queued_later_is_sent_at_once(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    async with office.sending():
        await asyncio.sleep(0.3)
        await office.say(ann, "one")
        await office.twilio.wait_for(1)


async def test_each_address_gets_its_messages_in_order(office: PostOffice) -> None:
    customers = [await office.customer(f"+1555123{number:04}") for number in range(8)]
    for round_number in range(6):
        for customer in customers:
            await office.say(customer, f"{round_number}")
    office.twilio.faults.add("server_error", times=4, code=503)
    office.twilio.faults.add("slow", times=10, seconds=0.1)
    async with office.sending():
        await office.until({"delivered": 48})
    for customer in customers:
        assert office.bodies(customer.number) == [f"{number}" for number in range(6)]


async def test_two_senders_send_nothing_twice(office: PostOffice) -> None:
    customers = [await office.customer(f"+1555123{number:04}") for number in range(10)]
    for customer in customers:
        await office.say(customer, *(f"{number}" for number in range(6)))
    async with office.sending(), office.sending():
        await office.until({"delivered": 60})
    assert len(office.twilio.sent) == 60
    for customer in customers:
        assert office.bodies(customer.number) == [f"{number}" for number in range(6)]


async def test_one_slow_address_does_not_hold_up_another(office: PostOffice) -> None:
    ann, ben = await office.customer(ANN), await office.customer(BEN)
    office.twilio.faults.add("slow", seconds=3)
    await office.say(ann, "slow", "after it")
    async with office.sending():
        await office.twilio.wait_for(1)
        await office.say(ben, "quick")
        await office.twilio.wait_for(2)
        assert office.bodies(BEN) == ["quick"]
        assert office.bodies(ANN) == ["slow"]
        await office.until({"delivered": 3})


async def test_too_many_requests_are_waited_out_in_order(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    await office.say(ann, "one", "two", "three")
    office.twilio.faults.add("rate_limit", seconds=1)
    async with office.sending():
        await office.until({"delivered": 3})
    assert office.bodies(ANN) == ["one", "two", "three"]
    assert office.twilio.requests == 4


async def test_a_platform_that_is_down_gets_everything_afterwards(office: PostOffice) -> None:
    customers = [await office.customer(f"+1555123{number:04}") for number in range(6)]
    for customer in customers:
        await office.say(customer, "one", "two")
    office.twilio.faults.add("server_error", times=7, code=500)
    async with office.sending():
        await office.until({"delivered": 12}, timeout_s=40)
    assert len(office.twilio.sent) == 12
    for customer in customers:
        assert office.bodies(customer.number) == ["one", "two"]


async def test_refused_credentials_stop_the_account_and_keep_its_queue(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    await office.say(ann, "one", "two", "three")
    office.twilio.auth_token = "rotated"
    async with office.sending():
        await asyncio.sleep(2.5)
    assert await office.statuses() == {"queued": 3}
    assert office.twilio.sent == []

    office.twilio.auth_token = TOKEN
    async with office.sending():
        await office.until({"delivered": 3})
    assert office.bodies(ANN) == ["one", "two", "three"]
    assert {attempts for (attempts,) in await office.rows("attempts")} == {1}


async def test_an_opted_out_address_gets_nothing_but_the_confirmation(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    await office.say(ann, "one", "two")
    await office.execute("update addresses set opted_out_at = now()")
    await office.say(ann, "You will hear no more from us.", purpose="consent")
    await office.say(ann, "three")
    async with office.sending():
        await office.until({"suppressed": 3, "delivered": 1})
    assert office.bodies(ANN) == ["You will hear no more from us."]


async def test_an_opt_out_the_platform_knows_of_is_recorded(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    office.twilio.carrier.opted_out.add(ANN)
    await office.say(ann, "one", "two")
    async with office.sending():
        await office.until({"failed": 1, "suppressed": 1})
    assert await office.rows("error_code") == [("21610",), (None,)]
    assert office.twilio.requests == 1
    async with office.engines.web.begin() as conn:
        ledger = (await conn.exec_driver_sql("select action, source from consent_events")).all()
        opted_out = (
            await conn.exec_driver_sql("select opted_out_at is not null from addresses")
        ).scalar_one()
    assert ([tuple(row) for row in ledger], opted_out) == ([("stop", "platform")], True)


async def test_an_unreachable_address_is_marked_and_not_tried_again(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    office.twilio.faults.add("error", code=21614)
    await office.say(ann, "one", "two")
    async with office.sending():
        await office.until({"failed": 2})
        await office.execute("update addresses set undeliverable = null")
        await office.say(ann, "three")
        await office.until({"failed": 2, "delivered": 1})
    assert office.twilio.requests == 2


async def test_refused_content_fails_alone(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    office.twilio.faults.add("error", code=21602)
    await office.say(ann, "one", "two")
    async with office.sending():
        await office.until({"failed": 1, "delivered": 1})
    assert office.bodies(ANN) == ["two"]


async def test_a_row_of_an_account_that_is_not_open_waits(office: PostOffice) -> None:
    await office.say(await office.customer(ANN, account="closed"), "for later")
    await office.say(await office.customer(BEN), "now")
    async with office.sending():
        await office.until({"queued": 1, "delivered": 1})


async def test_a_connector_that_breaks_its_promise_leaves_an_unknown_and_stops_nobody(
    office: PostOffice,
) -> None:
    class Broken(TwilioSms):
        async def send(self, to: Address, part: Part, *, oid: str) -> Sent:
            if part.text == "bad":
                raise ZeroDivisionError
            return await super().send(to, part, oid=oid)

    office.connectors["twilio_sms", "default"] = broken = Broken(office.door._settings)  # type: ignore[attr-defined]
    await office.say(await office.customer(ANN), "bad")
    await office.say(await office.customer(BEN), "good")
    async with office.sending():
        await office.until({"unknown": 1, "delivered": 1})
    await broken.close()


async def test_what_is_on_its_way_is_finished_at_the_stop(office: PostOffice) -> None:
    ann = await office.customer(ANN)
    office.twilio.faults.add("slow", seconds=1)
    await office.say(ann, "one", "two")
    async with office.sending():
        await office.twilio.wait_for(1)
    ((first, sid), (second, _)) = await office.rows("status, provider_message_id")
    assert sid == office.twilio.sent[0].sid
    assert (first in {"sent", "delivered"}, second) == (True, "queued")
    assert office.twilio.account_sid == SID
