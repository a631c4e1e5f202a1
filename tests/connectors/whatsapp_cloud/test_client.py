"""The door against the fake over a real socket: every answer Meta gives, in the contract's words."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.contract import (
    AccountBlocked,
    Address,
    Button,
    ContentRejected,
    CredentialsRejected,
    FileRejected,
    Final,
    MediaRef,
    OffersLink,
    OutboundMessage,
    Part,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
    SendError,
    ShowsTyping,
    Template,
    TemplateRejected,
    WindowClosed,
)
from connectors.whatsapp_cloud.connector import WhatsAppCloud
from simulator.meta import FakeMeta

from .door import ENV, NUMBER, door

TO = Address("whatsapp_cloud", "default", "15551230001", "+15551230001")


@pytest.fixture
async def meta() -> AsyncIterator[FakeMeta]:
    fake = FakeMeta(
        phone_number_id=NUMBER,
        access_token=ENV["WHATSAPP_ACCESS_TOKEN"],
        app_secret=ENV["WHATSAPP_APP_SECRET"],
    )
    async with fake:
        fake.windows["15551230001"] = fake.clock()
        yield fake


@pytest.fixture
async def whatsapp(meta: FakeMeta) -> AsyncIterator[WhatsAppCloud]:
    built = door(WHATSAPP_API_URL=meta.api_url)
    yield built
    await built.close()


async def test_a_part_is_sent_with_our_id_beside_it(meta: FakeMeta, whatsapp: WhatsAppCloud) -> None:
    sent = await whatsapp.send(TO, Part("Your order is on its way"), oid="0a1b")
    (message,) = meta.sent
    assert sent.provider_message_id == message.id
    assert (message.to, message.oid, message.kind) == ("15551230001", "0a1b", "text")
    assert message.text == "Your order is on its way"


async def test_a_link_opens_a_chat_with_our_number(whatsapp: WhatsAppCloud) -> None:
    assert isinstance(whatsapp, OffersLink)
    assert await whatsapp.link_with("Ab_-9") == "https://wa.me/15550009000?text=Ab_-9"


async def test_a_text_arrives_as_it_was_written(meta: FakeMeta, whatsapp: WhatsAppCloud) -> None:
    text = "Ünïcödé 漢字 👨‍👩‍👧‍👦 a+b=c&d%20\nline"
    await whatsapp.send(TO, Part(text), oid="1")
    assert meta.sent[0].text == text


@pytest.mark.parametrize("count", [1, 3, 4, 10])
async def test_choices_are_shown_by_whatsapp_itself(
    meta: FakeMeta, whatsapp: WhatsAppCloud, count: int
) -> None:
    buttons = tuple(Button(f"Choice {n}", f"m7.{n}") for n in range(1, count + 1))
    for part in whatsapp.render(OutboundMessage("Which?", buttons)):
        await whatsapp.send(TO, part, oid="1")
    (message,) = meta.sent
    assert message.text == "Which?"
    assert message.choices == [(button.tap, button.title) for button in buttons]


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("image/jpeg", "image"),
        ("video/mp4", "video"),
        ("audio/ogg", "audio"),
        ("application/pdf", "document"),
        ("image/svg+xml", "document"),
    ],
)
async def test_a_file_goes_as_its_address(
    meta: FakeMeta, whatsapp: WhatsAppCloud, content_type: str, kind: str
) -> None:
    item = MediaRef("https://shop.example/f", content_type, file_name="f.pdf")
    for part in whatsapp.render(OutboundMessage("Look", media=(item,))):
        await whatsapp.send(TO, part, oid="1")
    assert meta.sent[0].kind == kind
    assert meta.sent[0].content[kind]["link"] == "https://shop.example/f"
    assert [message.text for message in meta.sent if message.text] == ["Look"]


async def test_a_person_without_a_number_is_reached_by_their_id(
    meta: FakeMeta, whatsapp: WhatsAppCloud
) -> None:
    meta.windows["US.1000000000000001"] = meta.clock()
    nobody = Address("whatsapp_cloud", "default", "US.1000000000000001")
    await whatsapp.send(nobody, Part("hi"), oid="1")
    assert meta.sent[0].content["recipient"] == "US.1000000000000001"
    assert "to" not in meta.sent[0].content


async def test_a_number_is_used_where_there_is_one(meta: FakeMeta, whatsapp: WhatsAppCloud) -> None:
    both = Address("whatsapp_cloud", "default", "US.1000000000000001", "+15551230001")
    await whatsapp.send(both, Part("hi"), oid="1")
    assert meta.sent[0].content["to"] == "15551230001"
    assert "recipient" not in meta.sent[0].content


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (190, CredentialsRejected),
        (10, CredentialsRejected),
        (200, CredentialsRejected),
        (131031, AccountBlocked),
        (131048, AccountBlocked),
        (4, RateLimited),
        (80007, RateLimited),
        (130429, RateLimited),
        (131056, RateLimited),
        (131000, PlatformUnavailable),
        (2, PlatformUnavailable),
        (131026, RecipientUnreachable),
        (131047, WindowClosed),
        (131049, Final),
        (131051, FileRejected),
        (131053, FileRejected),
        (132001, TemplateRejected),
        (100, ContentRejected),
        (999999, ContentRejected),
    ],
)
async def test_an_error_code_says_what_to_do(
    meta: FakeMeta, whatsapp: WhatsAppCloud, code: int, outcome: type[SendError]
) -> None:
    meta.faults.add("error", code=code)
    with pytest.raises(outcome) as caught:
        await whatsapp.send(TO, Part("hi"), oid="1")
    assert type(caught.value) is outcome
    assert caught.value.code == str(code)
    assert TO.key not in str(caught.value)


async def test_the_pair_rate_holds_one_person_and_nobody_else(
    meta: FakeMeta, whatsapp: WhatsAppCloud
) -> None:
    meta.faults.add("error", code=131056)
    with pytest.raises(RateLimited) as caught:
        await whatsapp.send(TO, Part("hi"), oid="1")
    assert (caught.value.whole_account, caught.value.retry_after) == (False, 6.0)


async def test_too_many_requests_hold_the_account(meta: FakeMeta, whatsapp: WhatsAppCloud) -> None:
    meta.faults.add("rate_limit", seconds=7)
    with pytest.raises(RateLimited) as caught:
        await whatsapp.send(TO, Part("hi"), oid="1")
    assert (caught.value.whole_account, caught.value.retry_after) == (True, 7.0)


async def test_after_a_day_of_silence_the_window_is_closed(meta: FakeMeta, whatsapp: WhatsAppCloud) -> None:
    meta.windows["15551230001"] = meta.clock() - 25 * 3600
    with pytest.raises(WindowClosed):
        await whatsapp.send(TO, Part("hi"), oid="1")
    assert meta.sent == []


async def test_a_wrong_token_is_refused_credentials(meta: FakeMeta) -> None:
    whatsapp = door(WHATSAPP_API_URL=meta.api_url, WHATSAPP_ACCESS_TOKEN="wrong")
    with pytest.raises(CredentialsRejected):
        await whatsapp.send(TO, Part("hi"), oid="1")
    with pytest.raises(CredentialsRejected):
        await whatsapp.check()
    await whatsapp.close()


async def test_a_wrong_number_id_is_the_accounts_fault_and_not_the_messages(meta: FakeMeta) -> None:
    whatsapp = door(WHATSAPP_API_URL=meta.api_url, WHATSAPP_PHONE_NUMBER_ID="7")
    with pytest.raises(CredentialsRejected):
        await whatsapp.send(TO, Part("hi"), oid="1")
    await whatsapp.close()


async def test_typing_marks_the_message_read(meta: FakeMeta, whatsapp: WhatsAppCloud) -> None:
    assert isinstance(whatsapp, ShowsTyping)
    await whatsapp.typing(TO, message_id="wamid.A")
    await whatsapp.typing(TO, message_id="wamid.B@100000000000010")
    await whatsapp.typing(TO)
    assert meta.read == ["wamid.A", "wamid.B"]


async def test_typing_never_raises() -> None:
    whatsapp = door(WHATSAPP_API_URL="http://127.0.0.1:9")
    await whatsapp.typing(TO, message_id="wamid.A")
    await whatsapp.close()


async def test_the_account_can_be_checked(whatsapp: WhatsAppCloud) -> None:
    assert await whatsapp.check() == "WhatsApp number is there, its quality is green"


async def test_an_address_may_name_a_version_of_its_own(meta: FakeMeta) -> None:
    whatsapp = door(WHATSAPP_API_URL=f"{meta.api_url}/v23.0/")
    await whatsapp.send(TO, Part("hi"), oid="1")
    assert len(meta.sent) == 1
    await whatsapp.close()


async def test_a_template_is_sent_with_what_fills_it_and_outside_the_window(
    meta: FakeMeta, whatsapp: WhatsAppCloud
) -> None:
    meta.windows["15551230001"] -= 2 * 24 * 3600
    part = Part("Your order 1042 is there", template=Template("order_there", "en_US", ("1042", "Ann")))
    await whatsapp.send(TO, part, oid="0a")
    (message,) = meta.sent
    assert (message.kind, message.oid) == ("template", "0a")
    assert message.content["template"] == {
        "name": "order_there",
        "language": {"code": "en_US"},
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "text": "1042"}, {"type": "text", "text": "Ann"}],
            }
        ],
    }
