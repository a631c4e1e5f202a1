"""The door against the fake over a real socket: templates, the window, typing, and what was missed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from connectors.contract import (
    Address,
    Button,
    CredentialsRejected,
    InboundKind,
    MediaRef,
    OptedOut,
    OutboundMessage,
    OutcomeUnknown,
    Part,
    PlatformUnavailable,
    Template,
    TemplateRejected,
)
from connectors.twilio_whatsapp.connector import TwilioWhatsApp
from simulator.acts import Act, Deed
from simulator.twilio import FakeTwilio

from .door import ENV, door

ANN = "whatsapp:+40741000111"
TO = Address("twilio_whatsapp", "default", "+40741000111")
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    fake = FakeTwilio(
        account_sid=ENV["TWILIO_ACCOUNT_SID"],
        auth_token=ENV["TWILIO_AUTH_TOKEN"],
        number="+15550009000",
        whatsapp=ENV["TWILIO_WHATSAPP_FROM"],
        house_url="https://shop.example",
        # No house listens: what the fake reports goes nowhere.
        deliver_to=NOBODY,
    )
    async with fake:
        fake.windows[ANN] = fake.clock()
        yield fake


@pytest.fixture
async def whatsapp(twilio: FakeTwilio) -> AsyncIterator[TwilioWhatsApp]:
    built = door(TWILIO_API_URL=twilio.api_url, TWILIO_WHATSAPP_TYPING="on")
    yield built
    await built.close()


def choices(count: int, text: str = "Which one?") -> Part:
    buttons = tuple(Button(f"Order {n}", f"m4.{n}") for n in range(1, count + 1))
    (part,) = door().render(OutboundMessage(text, buttons))
    return part


async def test_a_part_is_sent_on_whatsapp_with_our_id_in_the_callback(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp
) -> None:
    sent = await whatsapp.send(TO, Part("On its way"), oid="0a1b")
    (message,) = twilio.sent
    assert sent.provider_message_id == message.sid
    assert (message.to, message.sender, message.body) == (ANN, "whatsapp:+15550009001", "On its way")
    assert message.callback == "https://shop.example/webhooks/twilio_whatsapp/default?oid=0a1b"


async def test_somebody_known_by_id_is_written_to_by_id(twilio: FakeTwilio, whatsapp: TwilioWhatsApp) -> None:
    await whatsapp.send(Address("twilio_whatsapp", "default", "RO.7100000000000002"), Part("hi"), oid="1")
    assert twilio.sent[0].to == "whatsapp:RO.7100000000000002"


async def test_a_file_goes_with_its_caption(twilio: FakeTwilio, whatsapp: TwilioWhatsApp) -> None:
    photo = MediaRef("https://shop.example/a.jpg", "image/jpeg")
    await whatsapp.send(TO, Part("Look", media=(photo,)), oid="1")
    assert (twilio.sent[0].body, twilio.sent[0].media) == ("Look", (photo.ref,))


@pytest.mark.parametrize(("count", "opener"), [(2, ""), (3, ""), (4, "1-4"), (10, "1-10")])
async def test_choices_can_be_tapped(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp, count: int, opener: str
) -> None:
    text = "It's one of *these*, isn't it? " * 20
    await whatsapp.send(TO, choices(count, text), oid="1")
    (message,) = twilio.sent
    assert (message.body, message.opener) == (text.rstrip(), opener)
    assert [(choice.id, choice.label) for choice in message.choices] == [
        (f"m4.{n}", f"Order {n}") for n in range(1, count + 1)
    ]


async def test_a_template_is_made_once_for_the_same_labels(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp
) -> None:
    for text in ("one?", "two?", "three?"):
        await whatsapp.send(TO, choices(3, text), oid="1")
    assert [message.body for message in twilio.sent] == ["one?", "two?", "three?"]
    assert len(twilio.contents.templates) == 1


async def test_choices_go_as_lines_when_no_template_can_be_made(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp
) -> None:
    twilio.contents.broken = True
    await whatsapp.send(TO, choices(2, "One *or* two?"), oid="1")
    twilio.contents.broken = False
    await whatsapp.send(TO, choices(2), oid="2")
    assert twilio.sent[0].body == "One *or* two?\n\n1. Order 1\n2. Order 2"
    assert not twilio.sent[1].choices, "a broken API is not asked again at once"


async def test_a_label_that_names_a_variable_goes_as_a_line(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp
) -> None:
    await whatsapp.send(TO, Part("Which?", (Button("{{1}}", "m1.1"), Button("No", "m1.2"))), oid="1")
    assert twilio.sent[0].body == "Which?\n\n1. {{1}}\n2. No"
    assert twilio.contents.templates == {}


async def test_a_template_somebody_deleted_is_made_anew_at_the_next_try(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp
) -> None:
    await whatsapp.send(TO, choices(2), oid="1")
    twilio.contents.templates.clear()
    with pytest.raises(PlatformUnavailable):
        await whatsapp.send(TO, choices(2), oid="2")
    await whatsapp.send(TO, choices(2), oid="2")
    assert len(twilio.sent) == 2


async def test_an_unclear_send_of_choices_is_not_tried_in_other_words(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp
) -> None:
    twilio.faults.add("drop_after_accept")
    with pytest.raises(OutcomeUnknown):
        await whatsapp.send(TO, choices(2), oid="1")
    assert (len(twilio.sent), twilio.requests) == (1, 1)


async def test_an_approved_template_is_filled_and_sent_at_any_time(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp
) -> None:
    twilio.windows.clear()
    name = twilio.contents.approve("Hello {{1}}, order {{2}} is here.")
    part = Part("for people", template=Template(name, "", ("Ann O'Hara", "1042")))
    await whatsapp.send(TO, part, oid="1")
    await twilio.reported()
    (message,) = twilio.sent
    assert (message.body, message.status) == ("Hello Ann O'Hara, order 1042 is here.", "read")
    with pytest.raises(TemplateRejected):
        await whatsapp.send(TO, Part("", template=Template("HX0", "", ())), oid="2")


async def test_an_unclear_send_is_found_whatever_it_was(twilio: FakeTwilio, whatsapp: TwilioWhatsApp) -> None:
    since = time.time()
    template = Template(twilio.contents.approve("Hello {{1}}."), "", ("Ann",))
    parts = [Part("plain"), choices(2, "tap?"), choices(12, "type?"), Part("for people", template=template)]
    taken: set[str] = set()
    for part in parts:
        sent = await whatsapp.send(TO, part, oid="1")
        found = await whatsapp.look_up(TO, part, oid="1", since=since, taken=taken)
        assert found == sent
        taken.add(sent.provider_message_id)
    assert await whatsapp.look_up(TO, parts[0], oid="1", since=since, taken=taken) is None


async def test_whoever_opted_out_at_twilio_is_told_as_such(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp
) -> None:
    twilio.carrier.opted_out.add(ANN)
    with pytest.raises(OptedOut):
        await whatsapp.send(TO, Part("hi"), oid="1")


async def test_a_sender_that_is_not_the_accounts_is_a_matter_of_credentials(twilio: FakeTwilio) -> None:
    other = door(TWILIO_API_URL=twilio.api_url, TWILIO_WHATSAPP_FROM="+15550000000")
    with pytest.raises(CredentialsRejected):
        await other.send(TO, Part("hi"), oid="1")
    await other.close()


async def test_typing_is_shown_under_the_message_that_is_answered(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp
) -> None:
    await twilio.send_whatsapp(ANN, "hello?")
    message_id = twilio.heard[0].sid
    await whatsapp.typing(TO, message_id=message_id)
    assert twilio.typed == [message_id]
    for other in ("", "body-1", "SM" + "0" * 32):
        await whatsapp.typing(TO, message_id=other)
    assert twilio.typed == [message_id]


async def test_typing_is_off_until_it_is_asked_for(twilio: FakeTwilio) -> None:
    quiet = door(TWILIO_API_URL=twilio.api_url)
    await twilio.send_whatsapp(ANN, "hello?")
    await quiet.typing(TO, message_id=twilio.heard[0].sid)
    assert (twilio.typed, quiet.capabilities.typing) == ([], False)
    await quiet.close()


async def test_typing_never_raises() -> None:
    lost = door(TWILIO_API_URL=NOBODY, TWILIO_WHATSAPP_TYPING="on")
    await lost.typing(TO, message_id="SM" + "0" * 32)
    await lost.close()


async def test_a_link_opens_a_chat_with_this_number() -> None:
    built = door()
    assert await built.link_with("tok_en-1") == "https://wa.me/15550009001?text=tok_en-1"
    assert await door(TWILIO_WHATSAPP_FROM="MG1").link_with("t") is None


async def test_what_was_missed_is_listed_with_its_files_and_without_sms(
    twilio: FakeTwilio, whatsapp: TwilioWhatsApp
) -> None:
    since = time.time()
    await twilio.send_sms("+15551230001", "an SMS")
    await twilio.send_whatsapp(ANN, "hello?")
    await twilio.act(ANN, Act(Deed.MEDIA, "broken"))
    await whatsapp.send(TO, Part("an answer"), oid="1")
    text, photo = await whatsapp.list_inbound(since)
    assert (text.message.text, text.message.address.key) == ("hello?", "+40741000111")
    assert [missed.message.provider_message_id for missed in (text, photo)] == [
        message.sid for message in twilio.heard[1:]
    ]
    assert (photo.message.kind, photo.message.text) == (InboundKind.MEDIA, "broken")
    (file,) = photo.message.media
    source = await whatsapp.locate_media(file)
    assert (source.url, file.content_type) == (file.ref, "image/png")
