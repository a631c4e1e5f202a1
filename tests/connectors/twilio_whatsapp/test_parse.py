from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import (
    Consent,
    InboundKind,
    InboundMessage,
    PayloadInvalid,
    Receipt,
    ReceiptStatus,
)
from connectors.twilio_whatsapp.parse import parse

from .door import PAYLOADS, URL, payload, request

NAMES = sorted(path.stem for path in PAYLOADS.glob("*.form"))


def message(body: bytes | dict[str, str]) -> InboundMessage:
    (event,) = parse(request(body))
    assert isinstance(event, InboundMessage)
    return event


def said(**fields: str) -> InboundMessage:
    return message({"MessageSid": "SM1", "From": "whatsapp:+40741000111"} | fields)


@pytest.mark.parametrize("name", NAMES)
def test_every_shape_has_one_meaning_that_can_be_kept(name: str) -> None:
    (event,) = parse(request(payload(name)))
    if isinstance(event, InboundMessage):
        json.dumps(event.detail, allow_nan=False)
        assert "whatsapp:" not in event.address.key


def test_a_text_names_its_sender_as_twilio_does() -> None:
    heard = message(payload("text"))
    assert (heard.kind, heard.text) == (InboundKind.TEXT, "Where is my order 1042?")
    assert (heard.provider_message_id, heard.address.account) == ("SM0a1", "default")
    assert (heard.address.connector, heard.address.key) == ("twilio_whatsapp", "+40741000111")
    assert (heard.profile.phone, heard.profile.display_name) == ("+40741000111", "Ana Popescu")
    assert heard.detail["user_id"] == "RO.7100000000000001"
    assert (heard.consent, heard.silent) == (None, False)


def test_a_number_is_kept_as_whatsapp_has_it() -> None:
    heard = message(payload("bare_text"))
    assert (heard.address.key, heard.profile.phone) == ("+5491100001111", "+5491100001111")
    assert heard.provider_message_id == "SM0a2"
    assert message(payload("no_prefix")).address.key == "+15551230009"


def test_somebody_without_a_number_is_known_by_id() -> None:
    heard = message(payload("no_phone"))
    assert (heard.address.key, heard.profile.phone) == ("RO.7100000000000002", None)
    assert heard.profile.display_name == "ana.p"
    assert heard.detail["parent_user_id"] == "RO.ENT.81"


def test_a_sender_missing_from_its_field_is_found_beside_it() -> None:
    assert message({"MessageSid": "SM1", "WaId": "40741000111", "Body": "hi"}).address.key == "+40741000111"
    heard = message({"MessageSid": "SM1", "ExternalUserId": "whatsapp:RO.71", "Body": "hi"})
    assert (heard.address.key, heard.profile.phone) == ("RO.71", None)


def test_every_file_is_kept_with_the_text() -> None:
    heard = message(payload("two_photos"))
    assert (heard.kind, heard.text, len(heard.media)) == (InboundKind.MEDIA, "both broken", 2)
    assert message(payload("document_though_zero")).media[0].content_type == "application/pdf"
    assert message(payload("voice")).media[0].content_type == "audio/ogg"


def test_a_contact_card_is_a_contact_with_its_file() -> None:
    heard = message(payload("contact_card"))
    assert (heard.kind, len(heard.media)) == (InboundKind.CONTACT, 1)


def test_a_location_is_told_in_words_and_degrees() -> None:
    heard = message(payload("location"))
    assert (heard.kind, heard.text) == (InboundKind.LOCATION, "Home, Piata Unirii 1, 44.4268, 26.1025")
    assert (heard.detail["latitude"], heard.detail["longitude"]) == (44.4268, 26.1025)
    assert "why" not in heard.detail


@pytest.mark.parametrize("latitude", ["", "north", "nan", "inf"])
def test_a_location_without_degrees_is_none(latitude: str) -> None:
    assert said(Latitude=latitude, Longitude="26.1").kind is InboundKind.UNSUPPORTED


def test_a_tapped_button_brings_its_id_and_what_it_stands_under() -> None:
    heard = message(payload("button"))
    assert (heard.kind, heard.text, heard.tap, heard.reply_to) == (
        InboundKind.TAP,
        "Track it",
        "m7.1",
        "SM9f",
    )
    assert "forwarded" not in heard.detail
    assert message(payload("in_metadata_alone")).tap == "m7.1"


def test_a_button_without_an_id_is_what_it_says() -> None:
    heard = message(payload("template_button"))
    assert (heard.kind, heard.text, heard.tap) == (InboundKind.TAP, "Yes", None)


def test_a_row_of_a_list_is_a_tap() -> None:
    heard = message(payload("list_row"))
    assert (heard.kind, heard.text, heard.tap) == (InboundKind.TAP, "Order 1042", "m8.4")


def test_the_answers_of_a_flow_are_a_form_without_its_token() -> None:
    heard = message(payload("flow"))
    assert (heard.kind, heard.text) == (InboundKind.FORM, "size: M\nnotes: two of them")
    assert heard.detail["answers"] == {"size": "M", "notes": "two of them"}


@pytest.mark.parametrize("written", ["{", "NaN", '{"a": Infinity}', "[" * 100_000])
def test_form_answers_that_cannot_be_read_are_unsupported(written: str) -> None:
    assert said(InteractiveData=written).kind is InboundKind.UNSUPPORTED


def test_what_stands_beside_a_message_is_kept() -> None:
    assert message(payload("reply")).reply_to == "SM9f"
    assert message(payload("forwarded")).detail["forwarded"] is True
    referral = message(payload("referral")).detail["referral"]
    assert referral == {
        "url": "https://ads.example/1",
        "id": "120001",
        "type": "ad",
        "headline": "Warm socks",
        "body": "Now in red",
        "click_id": "clid1",
    }


def test_a_reaction_is_one_and_can_be_taken_back() -> None:
    heard = message(payload("reaction"))
    assert (heard.kind, heard.text, heard.reply_to) == (InboundKind.REACTION, "👍", "SM9f")
    assert said(MessageType="reaction").detail["removed"] is True


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("unsupported", "type unsupported"),
        ("order", "type order"),
        ("nothing_in_it", "neither text nor media"),
    ],
)
def test_what_is_not_understood_says_why(name: str, why: str) -> None:
    heard = message(payload(name))
    assert (heard.kind, heard.detail["why"]) == (InboundKind.UNSUPPORTED, why)


def test_a_word_that_twilio_answered_is_recorded_and_not_answered_again() -> None:
    heard = message(payload("stop_by_twilio"))
    assert (heard.consent, heard.silent) == (Consent.STOP, True)


@pytest.mark.parametrize("word", ["STOP", "cancel", "start", "HELP"])
def test_a_word_that_twilio_did_not_answer_is_for_the_house(word: str) -> None:
    heard = said(Body=word)
    assert (heard.kind, heard.consent, heard.silent) == (InboundKind.TEXT, None, False)


@pytest.mark.parametrize("metadata", ["", "{", "[]", "null", '{"data": 1}', '{"data": {"context": []}}'])
def test_a_block_that_cannot_be_read_costs_nothing(metadata: str) -> None:
    assert said(Body="hi", ChannelMetadata=metadata).text == "hi"


def test_states_are_receipts() -> None:
    (read,) = parse(request(payload("status_read"), url=f"{URL}?oid=0a1b"))
    assert read == Receipt("default", ReceiptStatus.READ, provider_message_id="SM9f", oid="0a1b")
    (failed,) = parse(request(payload("status_window_closed")))
    assert isinstance(failed, Receipt)
    assert (failed.status, failed.error, failed.error_action) == (
        ReceiptStatus.FAILED,
        "63016",
        "WindowClosed",
    )


@pytest.mark.parametrize("body", [b"", b"{}", b"Body=hi&MessageSid=SM1", b"From=whatsapp%3A&Body=hi"])
def test_what_names_nobody_is_refused_as_a_payload(body: bytes) -> None:
    with pytest.raises(PayloadInvalid):
        parse(request(body))


NAMED = st.sampled_from(
    [
        "Body",
        "MessageType",
        "Latitude",
        "Longitude",
        "ButtonPayload",
        "ListTitle",
        "InteractiveData",
        "ChannelMetadata",
        "MediaUrl0",
        "OptOutType",
        "WaId",
        "ProfileName",
    ]
)


@given(st.dictionaries(NAMED, st.text(max_size=40)))
def test_whatever_the_fields_say_it_is_one_message(fields: dict[str, str]) -> None:
    encodable = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    heard = said(**encodable)
    json.dumps(heard.detail, allow_nan=False)
    assert heard.address.key == "+40741000111"
