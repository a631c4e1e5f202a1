"""A customer on WhatsApp through Twilio: signed webhooks in, what the fake Twilio received out."""

from __future__ import annotations

import asyncio
import itertools
import time

import httpx
import pytest

from simulator.acts import Act, Deed
from simulator.twilio import FakeTwilio, Said, SentMessage

from .conftest import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]

OWNER = "whatsapp:+15551230001"
_people = itertools.count(15_551_270_001)


@pytest.fixture
def twilio(stage: Stage) -> FakeTwilio:
    return stage.twilio


@pytest.fixture
def person() -> str:
    return f"whatsapp:+{next(_people)}"


async def eventually(stage: Stage, query: str, *values: str, wanted: object) -> None:
    """Return when a query's only row says this."""
    ends, found = time.monotonic() + 20.0, None
    while found != wanted:
        assert time.monotonic() < ends, f"{found}, wanted {wanted}"
        rows = await stage.house.rows(query, *values)
        found = next(iter(rows[0].values())) if len(rows) == 1 else None
        await asyncio.sleep(0.1)


def key_of(person: str) -> str:
    return person.removeprefix("whatsapp:")


async def test_the_owner_asks_and_gets_one_message_with_the_disclosure_and_the_state(
    stage: Stage, twilio: FakeTwilio
) -> None:
    assert await twilio.send_whatsapp(OWNER, "Where is my order 1042?") in {200, 204}
    (answer,) = await stage.wait_for(OWNER, 1)
    await stage.house.settled()
    assert len(stage.sent_to(OWNER)) == 1
    assert "automated" in answer.body.lower()
    assert "1042" in answer.body
    assert "way" in answer.body.lower() or "shipped" in answer.body.lower()
    assert twilio.typed, "three dots were shown while the answer was made"


async def test_the_same_webhook_three_times_at_once_is_answered_once(
    stage: Stage, twilio: FakeTwilio, person: str
) -> None:
    twilio.windows[person] = twilio.clock()
    request = twilio.webhook(person, "What are your opening hours?")
    async with httpx.AsyncClient() as client:
        answers = await asyncio.gather(
            *(client.post(request.url, content=request.body, headers=request.headers) for _ in range(3))
        )
    assert all(answer.is_success for answer in answers)
    await stage.wait_for(person, 1)
    await stage.house.settled()
    first = len(stage.sent_to(person))
    assert 200 <= await twilio.post(request) < 300
    await stage.house.settled()
    assert len(stage.sent_to(person)) == first
    assert len(await stage.house.rows("select 1 from inbox where address_key = %s", key_of(person))) == 1


async def test_a_forged_webhook_gets_403_and_leaves_no_row(
    stage: Stage, twilio: FakeTwilio, person: str
) -> None:
    request = twilio.webhook(person, "hello")
    async with httpx.AsyncClient() as client:
        for body, headers in (
            (request.body.replace(b"hello", b"hellO"), request.headers),
            (request.body, {**request.headers, "X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}),
            (request.body, {"content-type": "application/x-www-form-urlencoded"}),
        ):
            assert (await client.post(request.url, content=body, headers=headers)).status_code == 403
    assert await stage.house.rows("select 1 from inbox where address_key = %s", key_of(person)) == []


async def test_somebody_without_a_number_is_answered_and_told_no_state(
    stage: Stage, twilio: FakeTwilio
) -> None:
    person = "whatsapp:US.27000000000000001"
    assert await twilio.send_whatsapp(person, "Where is my order 1042?") in {200, 204}
    (answer,) = await stage.wait_for(person, 1)
    assert "mail" in answer.body.lower()
    assert "shipped" not in answer.body.lower() and "on its way" not in answer.body.lower()


async def test_choices_are_tapped_and_typed(stage: Stage, twilio: FakeTwilio, person: str) -> None:
    await twilio.send_whatsapp(person, "asdf qwer zxcv")
    offered = await _offered(stage, person)
    assert offered.template.startswith("HX")
    before = len(stage.sent_to(person))
    assert await twilio.tap(offered, 1) in {200, 204}
    await stage.wait_for(person, before + 1)
    (row,) = await stage.house.rows(
        "select kind, text from inbox where address_key = %s and kind = 'tap'", key_of(person)
    )
    assert row == {"kind": "tap", "text": offered.choices[0].label}


async def _offered(stage: Stage, person: str) -> SentMessage:
    """The first message with something to tap."""
    ends = time.monotonic() + 20.0
    while True:
        for message in stage.sent_to(person):
            if message.choices:
                return message
        assert time.monotonic() < ends, [message.body for message in stage.sent_to(person)]
        await asyncio.sleep(0.05)


async def test_what_is_not_a_text_is_acknowledged_and_kept(
    stage: Stage, twilio: FakeTwilio, person: str
) -> None:
    await twilio.act(person, Act(Deed.LOCATION, name="Home", latitude=44.4, longitude=26.1))
    await stage.wait_for(person, 1)
    (row,) = await stage.house.rows("select kind, text from inbox where address_key = %s", key_of(person))
    assert row == {"kind": "location", "text": "Home, 44.4, 26.1"}


async def test_stop_is_confirmed_by_the_house_once_and_then_nothing_is_sent(
    stage: Stage, twilio: FakeTwilio, person: str
) -> None:
    await twilio.send_whatsapp(person, "hello")
    await stage.wait_for(person, 1)
    await stage.house.settled()
    before = len(stage.sent_to(person))
    await twilio.send_whatsapp(person, "STOP")
    await stage.wait_for(person, before + 1)
    await twilio.send_whatsapp(person, "what are your opening hours?")
    await twilio.send_whatsapp(person, "stop")
    await stage.house.settled()
    assert len(stage.sent_to(person)) == before + 1


async def test_stop_that_twilio_answered_is_not_answered_again(
    stage: Stage, twilio: FakeTwilio, person: str
) -> None:
    await twilio.send_whatsapp(person, "hello")
    await stage.wait_for(person, 1)
    await stage.house.settled()
    before = len(stage.sent_to(person))
    # As with Advanced Opt-Out; what is silent from here on is the house.
    await twilio.send_whatsapp(person, "Opriti", OptOutType="STOP")
    await twilio.send_whatsapp(person, "what are your opening hours?")
    await stage.house.settled()
    assert len(stage.sent_to(person)) == before
    await eventually(
        stage,
        "select opted_out_at is not null from addresses where key = %s and connector = 'twilio_whatsapp'",
        key_of(person),
        wanted=True,
    )


async def test_states_reach_the_outbox(stage: Stage, twilio: FakeTwilio, person: str) -> None:
    await twilio.send_whatsapp(person, "thank you so much")
    await stage.wait_for(person, 1)
    await eventually(
        stage,
        "select distinct o.status from outbox o join addresses a on a.id = o.address_id where a.key = %s",
        key_of(person),
        wanted="read",
    )


async def test_what_the_house_never_heard_of_is_asked_for_and_answered(
    stage: Stage, twilio: FakeTwilio, person: str
) -> None:
    reachable, twilio.deliver_to = twilio.deliver_to, "http://127.0.0.1:9"
    try:
        assert await twilio.send_whatsapp(person, Said("What are your opening hours?")) == 0
    finally:
        twilio.deliver_to = reachable
    await stage.wait_for(person, 1, timeout_s=90.0)
    (row,) = await stage.house.rows(
        "select provider_message_id from inbox where address_key = %s", key_of(person)
    )
    assert row["provider_message_id"] == twilio.heard[-1].sid
