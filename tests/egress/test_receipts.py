from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Receipt, ReceiptStatus
from onethread.egress.receipts import furthest
from onethread.ids import OutboxId
from onethread.storage.receipts import Heard

from .post_office import PostOffice

ANN = "+15551230001"
SENT, DELIVERED, READ, FAILED = ReceiptStatus


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(ReceiptStatus)), max_size=20), st.randoms())
def test_the_order_of_receipts_does_not_matter(
    heard: list[tuple[int, ReceiptStatus]], random: object
) -> None:
    receipts = [
        Heard(n, OutboxId(row), ("sms", "a"), status, "SM1", None, None)
        for n, (row, status) in enumerate(heard)
    ]
    best = {row: receipt.status for row, receipt in furthest(receipts).items()}
    random.shuffle(receipts)  # type: ignore[attr-defined]
    assert {row: receipt.status for row, receipt in furthest(receipts).items()} == best
    ranks = list(ReceiptStatus)
    for row, status in heard:
        assert ranks.index(best[OutboxId(row)]) >= ranks.index(status)


@pytest.mark.parametrize("kind", ["callbacks_reversed", "callbacks_doubled", "callbacks_early"])
async def test_receipts_in_any_order_end_at_the_furthest(office: PostOffice, kind: str) -> None:
    customer = await office.customer(ANN)
    await office.say(customer, "one", "two", "three")
    office.twilio.faults.add(kind, times=3)
    async with office.sending():
        await office.twilio.wait_for(3)
        await office.twilio.reported()
        await office.until({"delivered": 3})
        await asyncio.sleep(0.3)
    assert await office.statuses() == {"delivered": 3}
    assert office.bodies(ANN) == ["one", "two", "three"]


async def test_a_receipt_heard_before_its_send_is_known_waits_for_it(office: PostOffice) -> None:
    await office.hear(Receipt("default", READ, provider_message_id="SM-early"))
    async with office.sending():
        await office.say(await office.customer(ANN), "one")
        await office.until({"delivered": 1})
        await office.execute("update outbox set provider_message_id = 'SM-early'")
        await office.until({"read": 1})


async def test_a_receipt_tells_that_a_send_thought_failed_was_taken(office: PostOffice) -> None:
    (oid,) = await office.say(await office.customer(ANN), "one")
    await office.execute("update outbox set due_at = now() + interval '1 hour', attempts = 1")
    await office.hear(Receipt("default", SENT, provider_message_id="SM1", oid=oid))
    async with office.sending():
        await office.until({"sent": 1})
        await asyncio.sleep(0.3)
    assert office.twilio.requests == 0


async def test_an_account_cannot_speak_of_anothers_messages(office: PostOffice) -> None:
    (oid,) = await office.say(await office.customer(ANN), "one")
    office.twilio.faults.add("no_callbacks")
    await office.hear(Receipt("other", FAILED, provider_message_id="SM1", oid=oid))
    await office.hear(Receipt("default", FAILED, provider_message_id="SM1", oid=oid), connector="telegram")
    async with office.sending():
        await office.until({"sent": 1})
        await asyncio.sleep(0.5)
    assert await office.statuses() == {"sent": 1}


async def test_nothing_moves_a_message_back(office: PostOffice) -> None:
    (oid,) = await office.say(await office.customer(ANN), "one")
    async with office.sending():
        await office.until({"delivered": 1})
        await office.hear(Receipt("default", READ, oid=oid))
        await office.until({"read": 1})
        await office.hear(Receipt("default", SENT, oid=oid), Receipt("default", DELIVERED, oid=oid))
        await asyncio.sleep(0.5)
    assert await office.statuses() == {"read": 1}


@pytest.mark.parametrize(
    ("code", "column"), [(30005, "undeliverable"), (30006, "undeliverable"), (63014, "opted_out_at")]
)
async def test_a_failure_heard_later_marks_the_address(office: PostOffice, code: int, column: str) -> None:
    customer = await office.customer(ANN)
    await office.say(customer, "one")
    office.twilio.faults.add("undelivered", code=code)
    async with office.sending():
        await office.until({"failed": 1})
        await office.say(customer, "two")
        await office.until({"failed": 2} if column == "undeliverable" else {"failed": 1, "suppressed": 1})
    async with office.engines.web.begin() as conn:
        marked = await conn.exec_driver_sql(f"select {column} is not null from addresses")
        assert marked.scalar_one()
    assert (await office.rows("error_code"))[0] == (str(code),)
    assert office.twilio.requests == 1


async def test_a_changed_state_is_announced_to_its_thread(office: PostOffice) -> None:
    customer = await office.customer(ANN)
    (oid,) = await office.say(customer, "one")
    async with office.sending():
        await office.until({"delivered": 1})
        before = office.fanout.heard[customer.id]
        await office.hear(Receipt("default", READ, oid=oid))
        await office.until({"read": 1})
    assert office.fanout.heard[customer.id] > before
    assert set(office.fanout.heard) == {customer.id}
    assert isinstance(customer.id, UUID)
