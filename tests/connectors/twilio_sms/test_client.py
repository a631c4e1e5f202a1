"""The door against the fake over a real socket: every answer Twilio gives, in the contract's words."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from connectors.contract import (
    Address,
    MediaRef,
    OptedOut,
    OutcomeUnknown,
    Part,
    PlatformUnavailable,
    RecipientUnreachable,
)
from connectors.twilio_sms.connector import TwilioSms
from simulator.twilio import FakeTwilio

from .door import ENV, door

TO = Address("twilio_sms", "default", "+15551230001")


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    fake = FakeTwilio(
        account_sid=ENV["TWILIO_ACCOUNT_SID"],
        auth_token=ENV["TWILIO_AUTH_TOKEN"],
        number=ENV["TWILIO_SMS_FROM"],
        # No house listens: what the fake reports goes nowhere.
        deliver_to="http://127.0.0.1:9",
    )
    async with fake:
        yield fake


@pytest.fixture
async def sms(twilio: FakeTwilio) -> AsyncIterator[TwilioSms]:
    built = door(TWILIO_API_URL=twilio.api_url)
    yield built
    await built.close()


async def test_a_part_is_sent_with_our_id_in_the_callback(twilio: FakeTwilio, sms: TwilioSms) -> None:
    sent = await sms.send(TO, Part("Your order is on its way"), oid="0a1b")
    (message,) = twilio.sent
    assert sent.provider_message_id == message.sid
    assert (message.to, message.sender, message.body) == (
        "+15551230001",
        "+15550009000",
        "Your order is on its way",
    )
    assert message.callback == "https://shop.example/webhooks/twilio_sms/default?oid=0a1b"


async def test_a_text_arrives_as_it_was_written(twilio: FakeTwilio, sms: TwilioSms) -> None:
    text = "Ünïcödé 漢字 👨‍👩‍👧‍👦 a+b=c&d%20\nline"
    await sms.send(TO, Part(text), oid="1")
    assert twilio.sent[0].body == text


async def test_files_go_as_addresses(twilio: FakeTwilio, sms: TwilioSms) -> None:
    urls = ("https://shop.example/a.jpg", "https://shop.example/b.jpg")
    await sms.send(TO, Part("Look", media=tuple(MediaRef(url, "image/jpeg") for url in urls)), oid="1")
    assert twilio.sent[0].media == urls


async def test_an_error_keeps_twilios_code_and_nobodys_number(twilio: FakeTwilio, sms: TwilioSms) -> None:
    twilio.faults.add("error", code=21610)
    with pytest.raises(OptedOut) as caught:
        await sms.send(TO, Part("hi"), oid="1")
    assert caught.value.code == "21610"
    assert TO.key not in str(caught.value)


async def test_a_number_that_is_none_is_unreachable(sms: TwilioSms) -> None:
    with pytest.raises(RecipientUnreachable):
        await sms.send(Address("twilio_sms", "default", "nobody"), Part("hi"), oid="1")


async def test_a_message_taken_without_an_answer_is_found(twilio: FakeTwilio, sms: TwilioSms) -> None:
    since = time.time()
    twilio.faults.add("drop_after_accept")
    with pytest.raises(OutcomeUnknown):
        await sms.send(TO, Part("hi"), oid="1")
    found = await sms.look_up(TO, Part("hi"), oid="1", since=since)
    assert found is not None
    assert found.provider_message_id == twilio.sent[0].sid


async def test_a_message_that_is_not_there_is_not_found(twilio: FakeTwilio, sms: TwilioSms) -> None:
    sent = await sms.send(TO, Part("hi"), oid="1")
    other = Address("twilio_sms", "default", "+15551230002")
    assert await sms.look_up(TO, Part("ho"), oid="2", since=time.time()) is None
    assert await sms.look_up(other, Part("hi"), oid="2", since=time.time()) is None
    assert await sms.look_up(TO, Part("hi"), oid="2", since=time.time() + 60) is None
    taken = {sent.provider_message_id}
    assert await sms.look_up(TO, Part("hi"), oid="2", since=time.time(), taken=taken) is None


async def test_a_look_up_that_cannot_ask_says_so() -> None:
    sms = door(TWILIO_API_URL="http://127.0.0.1:9")
    with pytest.raises(PlatformUnavailable):
        await sms.look_up(TO, Part("hi"), oid="1", since=time.time())
    await sms.close()


async def test_the_account_can_be_checked(sms: TwilioSms) -> None:
    assert await sms.check() == "Twilio account is active"
