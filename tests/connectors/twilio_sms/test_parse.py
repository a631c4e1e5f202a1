from __future__ import annotations

import pytest

from connectors.contract import (
    Consent,
    InboundKind,
    InboundMessage,
    PayloadInvalid,
    Receipt,
    ReceiptStatus,
)
from connectors.twilio_sms.parse import parse

from .door import URL, payload, request


def message(body: bytes | dict[str, str]) -> InboundMessage:
    (event,) = parse(request(body))
    assert isinstance(event, InboundMessage)
    return event


def receipt(body: bytes | dict[str, str], url: str = URL) -> Receipt:
    (event,) = parse(request(body, url=url))
    assert isinstance(event, Receipt)
    return event


def test_a_text_names_its_sender_and_the_carrier_attests_the_number() -> None:
    heard = message(payload("text"))
    assert heard.kind is InboundKind.TEXT
    assert heard.text == "Where is my order 1042?"
    assert heard.provider_message_id == "SM0c5f1d7a5b0e4d1f8a51f3b6f2f9c101"
    assert (heard.address.connector, heard.address.account, heard.address.key) == (
        "twilio_sms",
        "default",
        "+15551230001",
    )
    assert heard.profile.phone == "+15551230001"
    assert heard.consent is None


def test_the_path_names_the_account_when_to_is_missing() -> None:
    assert message(payload("bare_text")).address.account == "default"


def test_the_sms_id_stands_in_for_a_missing_message_id() -> None:
    assert message(payload("bare_text")).provider_message_id == "SM2b"


def test_a_hash_of_the_body_stands_in_for_missing_ids() -> None:
    first, again = message(payload("no_id")), message(payload("no_id"))
    other = message(payload("no_id") + b"!")
    assert first.provider_message_id == again.provider_message_id != other.provider_message_id


def test_a_photo_without_a_text_is_media() -> None:
    heard = message(payload("photo_without_text"))
    assert (heard.kind, heard.text) == (InboundKind.MEDIA, "")
    assert [(item.ref, item.content_type) for item in heard.media] == [
        ("https://media.example/parcel.jpg", "image/jpeg")
    ]


def test_every_file_is_kept_with_the_text() -> None:
    heard = message(payload("two_photos"))
    assert (heard.kind, heard.text, len(heard.media)) == (InboundKind.MEDIA, "both broken", 2)


def test_a_file_is_kept_though_the_count_says_none() -> None:
    assert message(payload("media_though_zero")).media[0].content_type == "application/pdf"


def test_a_message_with_nothing_in_it_is_kept_as_unsupported() -> None:
    heard = message(payload("nothing_in_it"))
    assert heard.kind is InboundKind.UNSUPPORTED
    assert heard.detail["why"] == "neither text nor media"


def test_nul_bytes_become_something_postgres_takes() -> None:
    assert message(payload("nul_bytes")).text == "cut\ufffdhere\ufffd"


def test_bad_utf8_is_read_as_far_as_it_goes() -> None:
    assert message(b"MessageSid=SM1&From=%2B15551230001&Body=caf%E9").text == "caf\ufffd"


def test_a_short_code_is_an_address_without_a_phone_number() -> None:
    heard = message({"MessageSid": "SM1", "From": "72345", "Body": "hi"})
    assert (heard.address.key, heard.profile.phone) == ("72345", None)


def test_the_carriers_word_for_consent_is_kept() -> None:
    assert message(payload("stop_by_carrier")).consent is Consent.STOP


@pytest.mark.parametrize(
    ("text", "consent"),
    [
        ("STOP", Consent.STOP),
        (" Stop ", Consent.STOP),
        ("cancel", Consent.STOP),
        ("optout", Consent.STOP),
        ("start", Consent.START),
        ("UNSTOP", Consent.START),
        ("help", Consent.HELP),
        ("yes", None),
        ("stop it", None),
        ("cancel my order", None),
    ],
)
def test_a_default_word_alone_is_consent_and_nothing_else_is(text: str, consent: Consent | None) -> None:
    assert message({"MessageSid": "SM1", "From": "+15551230001", "Body": text}).consent is consent


def test_a_status_is_a_receipt_with_our_id_echoed() -> None:
    heard = receipt(payload("status_delivered"), url=f"{URL}?oid=0a1b")
    assert heard == Receipt("default", ReceiptStatus.DELIVERED, provider_message_id="SM9c", oid="0a1b")


def test_a_failed_status_says_what_to_do() -> None:
    heard = receipt(payload("status_failed"))
    assert (heard.status, heard.error, heard.error_action) == (
        ReceiptStatus.FAILED,
        "30005",
        "RecipientUnreachable",
    )


def test_a_status_in_the_old_form_is_a_receipt() -> None:
    assert receipt(payload("status_old_form")).status is ReceiptStatus.SENT


@pytest.mark.parametrize("state", ["queued", "accepted", "scheduled", "sending", "sent"])
def test_a_state_before_delivery_says_that_the_platform_has_it(state: str) -> None:
    assert receipt({"MessageSid": "SM1", "MessageStatus": state}).status is ReceiptStatus.SENT


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"{}",
        b"Body=hi&MessageSid=SM1",
        b"From=&Body=hi",
        b"MessageSid=SM1&MessageStatus=teleported",
        b"MessageStatus=sent",
        b"\xff\xfe\x00",
    ],
)
def test_what_names_nobody_is_refused_as_a_payload(body: bytes) -> None:
    with pytest.raises(PayloadInvalid):
        parse(request(body))
