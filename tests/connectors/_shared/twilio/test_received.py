"""What Twilio received for us, out of its list, page after page."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from connectors.contract import CredentialsRejected, InboundMessage, PlatformUnavailable, WebhookRequest
from connectors.twilio_sms.connector import TwilioSms
from simulator.http import HttpServer, Request, Response
from simulator.twilio import FakeTwilio

SID, TOKEN, SHOP, ANN = "AC" + "4" * 32, "a-token", "+15550009000", "+15551230001"


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    fake = FakeTwilio(
        account_sid=SID,
        auth_token=TOKEN,
        number=SHOP,
        whatsapp="+15550009001",
        house_url="https://shop.example",
        deliver_to="http://127.0.0.1:9",
    )
    async with fake:
        yield fake


def door(api_url: str, **changes: str) -> TwilioSms:
    built = TwilioSms.from_env(
        {
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_SMS_FROM": SHOP,
            "TWILIO_API_URL": api_url,
            "ONETHREAD_PUBLIC_URL": "https://shop.example",
            **changes,
        }
    )
    assert built is not None
    return built


@pytest.fixture
async def sms(twilio: FakeTwilio) -> AsyncIterator[TwilioSms]:
    built = door(twilio.api_url)
    yield built
    await built.close()


async def test_messages_are_listed_oldest_first_over_several_pages(
    twilio: FakeTwilio, sms: TwilioSms
) -> None:
    since = time.time()
    for number in range(450):
        await twilio.send_sms(ANN, f"message {number}")
    listed = await sms.list_inbound(since)
    assert [missed.message.text for missed in listed] == [f"message {number}" for number in range(450)]


async def test_a_listed_message_is_the_one_its_webhook_told_of(twilio: FakeTwilio, sms: TwilioSms) -> None:
    since = time.time()
    await twilio.send_sms(ANN, "STOP")
    (missed,) = await sms.list_inbound(since)
    webhook = twilio.webhook(ANN, "STOP", sid=twilio.heard[0].sid)
    request = WebhookRequest("POST", webhook.url, "default", "", {}, webhook.body)
    (told,) = sms.parse(request)
    assert isinstance(told, InboundMessage)
    listed = missed.message
    assert (listed.provider_message_id, listed.address) == (told.provider_message_id, told.address)
    assert (listed.kind, listed.text, listed.consent) == (told.kind, told.text, told.consent)
    assert listed.profile.phone == told.profile.phone
    assert listed.provider_time == datetime.fromtimestamp(int(twilio.heard[0].created.timestamp()), UTC)
    assert b"STOP" in missed.raw


async def test_only_what_came_since_and_for_this_number_is_listed(twilio: FakeTwilio, sms: TwilioSms) -> None:
    twilio.shift_s = -600.0
    await twilio.send_sms(ANN, "earlier")
    twilio.shift_s = 0.0
    since = time.time()
    await twilio.send_whatsapp(ANN, "on WhatsApp")
    await twilio.send_sms(ANN, "now")
    assert [missed.message.text for missed in await sms.list_inbound(since)] == ["now"]


async def test_a_service_lists_what_came_to_any_of_its_numbers() -> None:
    def message(sid: str, to: str, service: str | None, **more: str) -> dict[str, object]:
        said = {"sid": sid, "from": ANN, "to": to, "body": sid, "messaging_service_sid": service}
        now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
        return {"direction": "inbound", "date_created": now, "num_media": "0", **said, **more}

    async def answer(request: Request) -> Response:
        messages = [
            message("SM1", "+15550000001", "MG7"),
            message("SM2", "+15550000002", "MG7"),
            message("SM3", "+15550000003", "MG8"),
            message("SM4", "+15550000004", None),
            message("SM5", "whatsapp:+15550000001", "MG7"),
            message("SM6", "+15550000001", "MG7", direction="outbound-reply"),
            message("SM7", "+15550000001", "MG7", date_created="some day"),
        ]
        assert "To" not in request.query
        # A next page that is this one again must not be followed for ever.
        following = request.path + "?" + "&".join(f"{name}={value}" for name, value in request.query.items())
        body = json.dumps({"messages": messages, "next_page_uri": following}).encode()
        return Response(body=body, content_type="application/json")

    server = HttpServer(answer)
    await server.start("127.0.0.1", 0)
    service = door(f"http://127.0.0.1:{server.port}", TWILIO_SMS_FROM="MG7")
    listed = await service.list_inbound(time.time())
    assert [missed.message.text for missed in listed] == ["SM7", "SM2", "SM1"]
    await service.close()
    await server.stop()


async def test_a_list_that_cannot_be_asked_for_says_so(twilio: FakeTwilio) -> None:
    lost, wrong = door("http://127.0.0.1:9"), door(twilio.api_url, TWILIO_AUTH_TOKEN="wrong")
    with pytest.raises(PlatformUnavailable):
        await lost.list_inbound(time.time())
    with pytest.raises(CredentialsRejected):
        await wrong.list_inbound(time.time())
    await lost.close()
    await wrong.close()


async def test_a_pace_is_kept_only_where_it_is_set(sms: TwilioSms, twilio: FakeTwilio) -> None:
    assert sms.capabilities.pace is None
    slow = door(twilio.api_url, TWILIO_SMS_PER_SECOND="4")
    assert slow.capabilities.pace is not None
    assert slow.capabilities.pace.every_s == 0.25
    await slow.close()
