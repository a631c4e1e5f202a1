from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import (
    AccountNotice,
    Address,
    Consent,
    InboundEvent,
    InboundKind,
    InboundMessage,
    PayloadInvalid,
    Receipt,
    ReceiptStatus,
)
from connectors.whatsapp_cloud.parse import parse, platform_id

from .door import ANN, NUMBER, OTHER_NUMBER, Json, envelope, message, request, value

BEN = {"profile": {"name": "Ben"}, "wa_id": "15551230002", "user_id": "US.1000000000000002"}


def read(body: object) -> list[InboundEvent]:
    return list(parse(request(body), our_number=NUMBER))


def heard(*messages: object, **beside: Any) -> list[InboundMessage]:
    events = read(envelope(value(messages=list(messages), **beside)))
    assert all(isinstance(event, InboundMessage) for event in events)
    return [event for event in events if isinstance(event, InboundMessage)]


def one(kind: str, content: object = None, **more: Any) -> InboundMessage:
    (found,) = heard(message(kind, content, **more))
    return found


def noticed(body: object) -> AccountNotice:
    (event,) = read(body)
    assert isinstance(event, AccountNotice)
    return event


# -- who ---------------------------------------------------------------------------------------


def test_a_text_names_its_sender_and_meta_attests_the_number() -> None:
    said = one("text", {"body": "Where is my order 1042?"})
    assert (said.kind, said.text) == (InboundKind.TEXT, "Where is my order 1042?")
    assert said.provider_message_id == "wamid.text"
    assert (said.address.connector, said.address.account) == ("whatsapp_cloud", "default")
    assert said.address.key == "US.1000000000000001"
    assert (said.profile.phone, said.profile.display_name) == ("+15551230001", "Ann Example")
    assert said.provider_time == datetime.fromtimestamp(1790000000, UTC)


def test_a_person_without_a_number_has_an_address_and_no_phone() -> None:
    hidden = {"profile": {"username": "ann.x"}, "user_id": "US.1000000000000001"}
    (said,) = heard(message("text", {"body": "hi"}, contact=hidden), contacts=(hidden,))
    assert (said.address.key, said.profile.phone) == ("US.1000000000000001", None)
    assert said.profile.display_name == "ann.x"


def test_an_id_in_the_place_of_the_number_is_no_phone() -> None:
    said = one("text", {"body": "hi"}, **{"from": "US.77", "from_user_id": ""})
    assert (said.address.key, said.profile.phone) == ("US.77", None)


def test_a_number_alone_is_the_address() -> None:
    plain = {"profile": {"name": "Ann"}, "wa_id": "15551230001"}
    (said,) = heard(message("text", {"body": "hi"}, contact=plain), contacts=(plain,))
    assert (said.address.key, said.profile.phone) == ("15551230001", "+15551230001")


def test_nobody_gets_the_name_or_the_id_of_another_contact() -> None:
    (said,) = heard(message("text", {"body": "hi"}, contact={"wa_id": "15551230009"}), contacts=(ANN, BEN))
    assert (said.address.key, said.profile.display_name) == ("15551230009", "")


def test_each_message_of_a_batch_finds_its_own_contact() -> None:
    ann, ben = heard(
        message("text", {"body": "a"}),
        message("text", {"body": "b"}, contact=BEN, id="wamid.2"),
        contacts=(BEN, ANN),
    )
    assert (ann.profile.display_name, ben.profile.display_name) == ("Ann Example", "Ben")


def test_a_message_to_another_number_is_another_message() -> None:
    (ours,) = heard(message("text", {"body": "hi"}))
    (theirs,) = heard(message("text", {"body": "hi"}), number=OTHER_NUMBER)
    assert ours.provider_message_id != theirs.provider_message_id
    assert platform_id(theirs.provider_message_id) == platform_id(ours.provider_message_id) == "wamid.text"
    assert theirs.detail["number"] == OTHER_NUMBER


def test_a_time_that_is_none_is_no_time() -> None:
    for odd in ("21-09-2022 12:05:00", "", "99999999999", "-5", None, True):
        assert one("text", {"body": "hi"}, timestamp=odd).provider_time is None


def test_a_hash_stands_in_for_a_missing_id() -> None:
    first, again, other = (
        one("text", {"body": text}, id=None).provider_message_id for text in ("hi", "hi", "ho")
    )
    assert first == again != other


# -- what --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("interactive", {"type": "button_reply", "button_reply": {"id": "m7.2", "title": "No"}}),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "m7.2", "title": "No"}}),
        ("button", {"payload": "m7.2", "text": "No"}),
    ],
)
def test_every_way_to_tap_is_a_tap(kind: str, content: Json) -> None:
    said = one(kind, content, context={"id": "wamid.asked"})
    assert (said.kind, said.tap, said.text, said.reply_to) == (InboundKind.TAP, "m7.2", "No", "wamid.asked")


@pytest.mark.parametrize("kind", ["image", "audio", "video", "document", "sticker"])
def test_every_kind_of_file_is_media_with_its_handle(kind: str) -> None:
    said = one(kind, {"id": "9001", "mime_type": "image/webp", "sha256": "x", "voice": kind == "audio"})
    assert (said.kind, said.text, said.media[0].ref) == (InboundKind.MEDIA, "", "9001")
    assert said.media[0].content_type == "image/webp"
    assert said.detail["type"] == kind
    assert ("voice" in said.detail) == (kind == "audio")


def test_a_caption_is_the_text_of_its_file() -> None:
    said = one("document", {"id": "1", "mime_type": "a/b", "filename": "i.pdf", "caption": "My invoice"})
    assert (said.text, said.media[0].file_name) == ("My invoice", "i.pdf")


def test_a_location_says_where() -> None:
    said = one("location", {"latitude": 44.4, "longitude": 26, "name": "Home"})
    assert (said.kind, said.text) == (InboundKind.LOCATION, "Home, 44.4, 26")
    assert (said.detail["latitude"], said.detail["longitude"]) == (44.4, 26)


def test_contact_cards_say_name_and_numbers() -> None:
    said = one("contacts", [{"name": {"formatted_name": "Ben"}, "phones": [{"phone": "+1 555"}]}, {}])
    assert (said.kind, said.text) == (InboundKind.CONTACT, "Ben, +1 555\n")


def test_a_reaction_names_its_message_and_its_removal_too() -> None:
    given_, removed = (one("reaction", {"message_id": "wamid.x", **emoji}) for emoji in ({"emoji": "👍"}, {}))
    assert (given_.kind, given_.text, given_.reply_to) == (InboundKind.REACTION, "👍", "wamid.x")
    assert (removed.kind, removed.text, removed.detail) == (InboundKind.REACTION, "", {"removed": True})


def test_an_order_says_what_is_in_the_cart() -> None:
    items = [{"product_retailer_id": "TEA", "quantity": 2, "item_price": 3.5, "currency": "EUR"}]
    said = one("order", {"catalog_id": "7", "text": "please", "product_items": items})
    assert (said.kind, said.text) == (InboundKind.ORDER, "please\n2 x TEA")


def test_a_form_says_its_answers() -> None:
    reply = {"name": "flow", "body": "Sent", "response_json": '{"flow_token":"t","colour":"red","n":[1]}'}
    said = one("interactive", {"type": "nfm_reply", "nfm_reply": reply})
    assert (said.kind, said.text) == (InboundKind.FORM, "colour: red")
    assert said.detail["answers"] == {"colour": "red", "n": [1]}


@pytest.mark.parametrize("written", ["", "not json", "[1]", "{" * 5000])
def test_a_form_whose_answers_cannot_be_read_is_a_form_still(written: str) -> None:
    said = one("interactive", {"nfm_reply": {"body": "Sent", "response_json": written}})
    assert (said.kind, said.text) == (InboundKind.FORM, "Sent")


def test_an_edit_says_the_new_text_and_which_message() -> None:
    now = {"type": "text", "text": {"body": "order 1043"}, "context": {"id": "M0"}}
    said = one("edit", {"original_message_id": "wamid.x", "message": now})
    assert (said.kind, said.text, said.reply_to) == (InboundKind.EDIT, "order 1043", "wamid.x")


def test_a_revoked_message_is_named() -> None:
    said = one("revoke", {"original_message_id": "wamid.x"})
    assert (said.kind, said.reply_to) == (InboundKind.REVOKE, "wamid.x")


def test_what_stands_beside_a_text_is_kept() -> None:
    said = one(
        "text",
        {"body": "hi"},
        context={"id": "wamid.x", "forwarded": True, "referred_product": {"product_retailer_id": "TEA"}},
        referral={"source_url": "https://ad.example/", "headline": "Tea", "nested": {}},
    )
    assert (said.kind, said.reply_to, said.detail["forwarded"]) == (InboundKind.TEXT, "wamid.x", True)
    assert said.detail["referral"] == {"source_url": "https://ad.example/", "headline": "Tea"}
    assert said.detail["product"] == {"product_retailer_id": "TEA"}


@pytest.mark.parametrize(
    "system",
    [
        {"type": "user_changed_number", "body": "new number", "new_wa_id": "15551230009"},
        {"type": "customer_changed_number", "body": "new number", "wa_id": "15551230009"},
        {"type": "user_changed_user_id", "body": "new id", "user_id": "US.9"},
        {"type": "customer_identity_changed", "body": "new identity", "identity": "hash"},
    ],
)
def test_a_change_of_a_person_is_told(system: Json) -> None:
    said = one("system", system)
    assert (said.kind, said.text) == (InboundKind.SYSTEM, system["body"])
    assert said.address.key == "US.1000000000000001"
    assert said.detail == {name: found for name, found in system.items() if name != "body"}


def test_who_changed_number_or_id_is_the_same_person_elsewhere() -> None:
    number = one("system", {"type": "user_changed_number", "body": "b", "new_wa_id": "15551230009"})
    assert number.moved_to == Address("whatsapp_cloud", "default", "15551230009")
    assert number.moved_to is not None and number.moved_to.phone == "+15551230009"
    renamed = one("system", {"type": "user_changed_user_id", "body": "b", "user_id": "US.9"})
    assert renamed.moved_to == Address("whatsapp_cloud", "default", "US.9")
    # Another phone, or the app installed anew, says nothing about who it is.
    assert one("system", {"type": "customer_identity_changed", "identity": "hash"}).moved_to is None


def test_what_meta_could_not_carry_says_why() -> None:
    said = one("unsupported", {"type": "poll"}, errors=[{"code": 131051, "title": "Message type unknown"}])
    assert said.kind is InboundKind.UNSUPPORTED
    assert said.detail == {"why": "Message type unknown", "code": "131051", "type": "poll"}


@pytest.mark.parametrize("kind", ["hologram", ""])
def test_a_kind_nobody_told_us_of_is_unsupported(kind: str) -> None:
    assert one(kind).kind is InboundKind.UNSUPPORTED


def test_a_blank_text_is_unsupported() -> None:
    assert one("text", {"body": "  "}).kind is InboundKind.UNSUPPORTED


@pytest.mark.parametrize(("value_", "wish"), [("stop", Consent.STOP), ("resume", Consent.START)])
def test_a_wish_about_marketing_is_consent_and_no_stop_of_everything(value_: str, wish: Consent) -> None:
    wished = {
        "wa_id": "15551230001",
        "value": value_,
        "category": "marketing_messages",
        "timestamp": 1790000000,
    }
    (event,) = read(envelope(value(user_preferences=[wished]), field="user_preferences"))
    assert isinstance(event, InboundMessage)
    assert (event.kind, event.marketing, event.consent) == (InboundKind.SYSTEM, wish, None)


def test_a_call_that_rings_is_answered_and_its_end_is_only_shown() -> None:
    call = {"id": "wacid.1", "from": "15551230001", "direction": "USER_INITIATED", "timestamp": "1790000000"}
    calls = [call | {"event": "connect"}, call | {"event": "terminate", "status": "COMPLETED"}]
    rings, ended = read(envelope(value(calls=calls), field="calls"))
    assert isinstance(rings, InboundMessage)
    assert isinstance(ended, InboundMessage)
    assert (rings.kind, ended.kind) == (InboundKind.UNSUPPORTED, InboundKind.SYSTEM)
    assert rings.provider_message_id != ended.provider_message_id


def test_what_is_said_in_a_group_is_nobodys_message() -> None:
    told = noticed(envelope(value(messages=[message("text", {"body": "hi"}, group_id="g1")])))
    assert (told.subject, told.error) == ("message in a group", None)
    assert "hi" not in str(told)


# -- receipts ----------------------------------------------------------------------------------


def status(**changes: Any) -> InboundEvent:
    told = {"id": "wamid.s", "status": "sent", "timestamp": "1790000000", "recipient_id": "15551230001"}
    (event,) = read(envelope(value(statuses=[told | changes])))
    return event


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("sent", ReceiptStatus.SENT),
        ("delivered", ReceiptStatus.DELIVERED),
        ("read", ReceiptStatus.READ),
        ("played", ReceiptStatus.READ),
    ],
)
def test_a_status_is_a_receipt_with_our_id_echoed(name: str, state: ReceiptStatus) -> None:
    assert status(status=name, biz_opaque_callback_data="0a1b") == Receipt(
        "default", state, provider_message_id="wamid.s", oid="0a1b"
    )


@pytest.mark.parametrize(
    ("code", "action"),
    [(131026, "RecipientUnreachable"), (131047, "WindowClosed"), (130472, "Final"), (777777, None)],
)
def test_a_failed_status_says_what_to_do(code: int, action: str | None) -> None:
    event = status(status="failed", errors=[{"code": code, "title": "x"}])
    assert isinstance(event, Receipt)
    assert (event.status, event.error, event.error_action) == (ReceiptStatus.FAILED, str(code), action)


def test_a_state_nobody_told_us_of_is_told_to_people() -> None:
    for odd in ({"status": "warning"}, {"type": "call", "status": "RINGING"}):
        event = status(**odd)
        assert isinstance(event, AccountNotice)
        assert event.error is None


def test_a_status_without_any_id_is_unreadable() -> None:
    event = status(id=None)
    assert isinstance(event, AccountNotice)
    assert event.error == "a status without an id"


# -- the account -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value_", "says"),
    [
        ("message_template_status_update", {"event": "REJECTED", "reason": "INVALID_FORMAT"}, "REJECTED"),
        ("phone_number_quality_update", {"event": "FLAGGED", "current_limit": "TIER_1K"}, "TIER_1K"),
        (
            "account_update",
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}},
            "DISABLED",
        ),
        ("something_new", {"colour": "red"}, ""),
    ],
)
def test_an_event_of_the_account_is_one_notice(field: str, value_: Json, says: str) -> None:
    told = noticed(envelope(value_, field=field))
    assert (told.subject, told.error, told.detail) == (field, None, value_)
    assert says in told.text


def test_the_same_event_at_another_time_is_another() -> None:
    value_ = {"event": "FLAGGED"}
    first, again, later = (
        noticed(envelope(value_, field="x", time=time)).notice_id
        for time in (1790000000, 1790000000, 1790000060)
    )
    assert first == again != later


def test_a_huge_event_is_kept_short() -> None:
    assert noticed(envelope({"log": ["x" * 10_000]}, field="log")).detail == {"left_out": "too long"}


def test_an_error_without_a_message_is_a_notice() -> None:
    told = noticed(envelope(value(errors=[{"code": 130429, "title": "Rate limit hit"}])))
    assert (told.subject, told.text) == ("messages", "Rate limit hit")


# -- batches -----------------------------------------------------------------------------------


def test_a_thousand_updates_are_read_in_order_and_a_broken_one_loses_none() -> None:
    texts = [message("text", {"body": f"{n}"}, id=f"wamid.{n}") for n in range(500)]
    states = [{"id": f"wamid.s{n}", "status": "sent"} for n in range(499)]
    body = envelope(value(messages=[*texts[:250], "broken", *texts[250:]]), value(statuses=states))
    events = read(body)
    assert [event.text for event in events if isinstance(event, InboundMessage)] == [
        str(n) for n in range(500)
    ]
    assert sum(isinstance(event, Receipt) for event in events) == 499
    (dead,) = [event for event in events if isinstance(event, AccountNotice)]
    assert dead.error == "an element of messages is no object"


@pytest.mark.parametrize(
    "broken",
    [
        message("text", "hi"),
        message("text", {"body": 5}),
        message("text", {"body": "hi"}, contact={}),
        message("image", {"mime_type": "image/png"}),
        message("location", {"latitude": "north"}),
        message("contacts", []),
        message("interactive"),
        None,
        7,
    ],
)
def test_an_element_nobody_can_read_is_told_once_and_alone(broken: object) -> None:
    good = message("text", {"body": "hi"}, id="wamid.good")
    first, second = read(envelope(value(messages=[broken, good], contacts=(ANN, BEN))))
    assert isinstance(first, AccountNotice)
    assert first.error
    assert isinstance(second, InboundMessage)
    (again, _) = read(envelope(value(messages=[broken, good], contacts=(ANN, BEN))))
    assert isinstance(again, AccountNotice)
    assert again.notice_id == first.notice_id


@pytest.mark.parametrize(
    "entry",
    ["x", {}, {"changes": []}, {"changes": [5]}, {"changes": [{"field": "messages"}]}],
)
def test_an_entry_nobody_can_read_does_not_lose_the_next(entry: object) -> None:
    good = envelope(value(messages=[message("text", {"body": "hi"})]))["entry"][0]
    first, second = read({"entry": [entry, good]})
    assert isinstance(first, AccountNotice)
    assert first.error
    assert isinstance(second, InboundMessage)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"entry": []}', b'{"entry": 5}', b"[" * 100_000])
def test_what_has_no_entry_is_refused_as_a_payload(body: bytes) -> None:
    with pytest.raises(PayloadInvalid):
        read(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KINDS = ["text", "button", "interactive", "image", "location", "contacts", "reaction", "order", "edit"]
KINDS += ["revoke", "system", "unsupported", "referral", "context", "errors"]


@given(st.sampled_from(KINDS), JSON, st.sampled_from(["messages", "statuses", "calls", "user_preferences"]))
def test_whatever_an_element_holds_it_has_exactly_one_meaning(kind: str, content: object, name: str) -> None:
    element = message(kind) | {kind: content}
    assert len(read(envelope(value(**{name: [element]})))) == 1


def test_who_opened_the_chat_has_said_nothing_yet() -> None:
    (opened,) = read(envelope(value(messages=[message("request_welcome")])))
    assert isinstance(opened, InboundMessage)
    assert (opened.kind, opened.text) == (InboundKind.SYSTEM, "Opened the chat")


def test_a_persons_new_id_is_told_at_the_address_they_had() -> None:
    update = {
        "wa_id": "15551230001",
        "detail": "User id changed",
        "user_id": {"previous": "US.1000000000000001", "current": "US.1000000000000002"},
        "timestamp": "1790000000",
    }
    (told,) = read(envelope(value(user_id_update=[update]), field="user_id_update"))
    assert isinstance(told, InboundMessage)
    assert (told.kind, told.address.key) == (InboundKind.SYSTEM, "US.1000000000000001")
    assert told.detail["current"] == "US.1000000000000002"
    assert told.moved_to == Address("whatsapp_cloud", "default", "US.1000000000000002")


def test_what_was_sent_from_the_phone_itself_is_noticed_one_by_one() -> None:
    echoes = [{"id": f"wamid.e{n}", "from": "15550009000", "to": "15551230001"} for n in range(3)]
    told = read(envelope(value(message_echoes=echoes), field="smb_message_echoes"))
    assert [type(event) for event in told] == [AccountNotice] * 3
    assert len({event.notice_id for event in told if isinstance(event, AccountNotice)}) == 3


def test_errors_inside_an_event_are_part_of_it() -> None:
    flow = {"event": "ENDPOINT_ERROR_RATE", "flow_id": "1", "errors": [{"error_type": "TIMEOUT"}] * 2}
    (told,) = read(envelope(flow, field="flows"))
    assert isinstance(told, AccountNotice)
    assert told.detail["flow_id"] == "1"


def test_a_change_by_itself_is_read_too() -> None:
    (change,) = envelope(value(messages=[message("text", {"body": "hi"})]))["entry"][0]["changes"]
    (said,) = read(change)
    assert isinstance(said, InboundMessage) and said.text == "hi"
