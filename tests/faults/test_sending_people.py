"""People who cannot or may not be written to, and receipts in any order: nothing is lost in silence."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.contract import Receipt, ReceiptStatus
from onethread.egress.windows import CLOSED
from onethread.storage import receipts
from tests.egress.offices import KINDS, Office, open_office

REPORTING = sorted(kind for kind in KINDS if kind != "telegram")
TWILIO = ["twilio_sms", "twilio_whatsapp"]
WINDOWED = ["twilio_whatsapp", "whatsapp_cloud"]


@pytest.fixture
async def office(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Office]:
    async with open_office(request.param, database_url) as opened:
        yield opened


def over(doors: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("office", doors, indirect=True)


@pytest.mark.parametrize(
    ("door", "code", "column"),
    [
        ("telegram", 403, "undeliverable"),
        ("twilio_sms", 21610, "opted_out_at"),
        ("twilio_sms", 21614, "undeliverable"),
        ("twilio_whatsapp", 63014, "opted_out_at"),
        ("twilio_whatsapp", 63024, "undeliverable"),
        ("whatsapp_cloud", 131026, "undeliverable"),
    ],
)
async def test_fault_20_who_cannot_be_written_to(
    door: str, code: int, column: str, database_url: str
) -> None:
    async with open_office(door, database_url) as office:
        office.fake.faults.add("error", code=code)
        await office.say(1, "one", "two", "three")
        await office.say(2, "for somebody else")
        async with office.sending():
            await office.see(
                "select count(*) from outbox where status in ('failed', 'suppressed') and error is not null",
                (3,),
            )
            await office.until_waiting()
        ((marked,),) = await office.rows(f"select {column} is not null from addresses order by id limit 1")
        print(f"20 {door} {code}: 1 request, {column} set, nobody else touched")
        assert marked
        assert office.bodies() == ["for somebody else"]
        assert [one for (one,) in await office.rows("select attempts from outbox order by id")] == [
            1,
            0,
            0,
            1,
        ]


@over(WINDOWED)
async def test_fault_22_the_window_closed_before_the_answer_left(office: Office) -> None:
    """The platform's clock is 25 hours on; our books are right first, and wrong the second time."""
    await office.say(1, "late")
    await office.execute("update addresses set heard_at = now() - interval '25 hours'")
    async with office.sending():
        await office.until(held=1)
    assert office.fake.requests == 0
    assert await office.rows("select owner, reason from conversations") == [("queue", CLOSED)]
    await office.say(2, "late as well")
    office.fake.windows[office.phone(2)] -= 25 * 3600
    async with office.sending():
        await office.until(held=2)
    print(f"22 {office.kind.key}: 2 held in sight of people, by our books and by the platform's word, lost 0")
    assert await office.rows("select distinct owner, reason from conversations") == [("queue", CLOSED)]


@over(REPORTING)
@pytest.mark.parametrize("how", ["callbacks_doubled", "callbacks_reversed", "callbacks_early"])
async def test_fault_23_receipts_doubled_reversed_and_early(office: Office, how: str) -> None:
    office.fake.faults.add(how, times=6)
    for number in range(6):
        await office.say(number, "one")
    async with office.sending():
        await office.until_done(6)
        await office.fake.reported()
        await office.see("select count(*) from receipts where not applied", (0,))
    final = {"twilio_sms": "delivered"}.get(office.kind.key, "read")
    counted = await office.statuses()
    print(f"23 {office.kind.key} {how}: {dict(counted)}")
    assert counted == {final: 6}
    async with office.engines.web.begin() as conn:
        for (oid,) in await office.rows("select oid from outbox"):
            await receipts.park_receipts(
                conn, office.kind.key, [Receipt("default", ReceiptStatus.SENT, oid=oid)]
            )
    async with office.sending():
        await office.see("select count(*) from receipts where not applied", (0,))
    assert await office.statuses() == {final: 6}


@over(TWILIO)
async def test_what_was_not_delivered_for_a_passing_reason_waits_and_holds_nothing_up(office: Office) -> None:
    office.fake.faults.add("undelivered", code=30003)
    await office.say(1, "one")
    async with office.sending():
        await office.see(
            "select status, sent_again, due_at - updated_at = interval '15 min' from outbox",
            ("queued", True, True),
        )
        await office.say(1, "meanwhile")
        await office.fake.wait_for(2)
        await office.execute("update outbox set due_at = now() where sent_again")
        await office.until_done(2)
    assert office.bodies() == ["one", "meanwhile", "one"]


@over(TWILIO)
@pytest.mark.parametrize(("code", "marked"), [(30003, True), (30008, False)])
async def test_the_second_time_it_is_over(office: Office, code: int, marked: bool) -> None:
    office.fake.faults.add("undelivered", code=code, times=2)
    await office.say(1, "one")
    async with office.sending(again_s=0.1):
        await office.until(failed=1)
        await office.see("select count(*) from receipts where not applied", (0,))
    assert office.bodies() == ["one", "one"]
    assert await office.rows("select undeliverable is not null from addresses") == [(marked,)]
