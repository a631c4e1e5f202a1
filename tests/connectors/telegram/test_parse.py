from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Message, Update

from connectors.contract import (
    AccountNotice,
    Consent,
    InboundKind,
    InboundMessage,
    MediaRef,
    PayloadInvalid,
)
from connectors.telegram import content
from connectors.telegram.parse import parse

from .door import ANA, message, request, update

GROUP = {"id": -1001, "type": "supergroup", "title": "Neighbours"}
FILE = {"file_id": "f1", "file_unique_id": "u1"}


def heard(body: dict[str, Any]) -> InboundMessage:
    (event,) = parse(request(body))
    assert isinstance(event, InboundMessage)
    return event


def said(**content: Any) -> InboundMessage:
    return heard(update("message", message(**content)))


def noted(body: dict[str, Any]) -> AccountNotice:
    (event,) = parse(request(body))
    assert isinstance(event, AccountNotice)
    return event


def test_a_text_is_read_with_what_telegram_attests() -> None:
    found = said(text="Where is my order?")
    assert (found.provider_message_id, found.address.key, found.kind) == ("9001", "77", InboundKind.TEXT)
    assert found.text == "Where is my order?"
    assert (found.profile.display_name, found.profile.phone, found.profile.language) == (
        "Ana Pop",
        None,
        "ro",
    )
    assert found.provider_time == datetime.fromtimestamp(1_790_000_000, UTC)
    assert not found.silent


def test_an_answer_names_the_message_it_answers() -> None:
    assert said(text="this one", reply_to_message=message(text="which?")).reply_to == "77.5"


def test_the_start_button_is_text_and_consent() -> None:
    found = said(text="/start")
    assert (found.text, found.consent, dict(found.detail)) == ("/start", Consent.START, {"message": "77.5"})


def test_a_deep_link_keeps_its_payload() -> None:
    found = said(text="/start order_1042-x")
    assert (found.text, found.detail["start"]) == ("/start", "order_1042-x")


@pytest.mark.parametrize("text", ["/start " + "a" * 65, "/start two words", "/starting", "please /start"])
def test_what_is_no_deep_link_is_text(text: str) -> None:
    found = said(text=text)
    assert (found.text, found.consent) == (text, None)


@pytest.mark.parametrize(
    "mark",
    [
        {"forward_date": 1, "forward_from": ANA},
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}},
    ],
)
def test_a_forwarded_command_is_nobodys_wish(mark: dict[str, Any]) -> None:
    found = said(text="/stop", **mark)
    assert (found.consent, found.detail["forwarded"]) == (None, True)


def test_the_stop_command_is_consent() -> None:
    assert said(text="/stop").consent is Consent.STOP


def test_an_edit_names_what_it_changes_and_takes_nothing_back() -> None:
    found = heard(update("edited_message", message(text="/start", edit_date=1_790_000_100)))
    assert (found.kind, found.text, found.reply_to) == (InboundKind.EDIT, "/start", "77.5")
    assert found.consent is None
    assert found.provider_time == datetime.fromtimestamp(1_790_000_100, UTC)


def test_a_tap_is_the_id_of_the_button() -> None:
    under = message(sender={"id": 1, "is_bot": True, "first_name": "Shop"}, text="Which?")
    tap = {"id": "q1", "from": ANA, "chat_instance": "c", "data": "m12.2", "message": under}
    found = heard(update("callback_query", tap))
    assert (found.kind, found.tap, found.reply_to, found.detail["query"]) == (
        InboundKind.TAP,
        "m12.2",
        "77.5",
        "q1",
    )
    assert found.address.key == "77"


@pytest.mark.parametrize(
    "rest",
    [
        {},
        {"inline_message_id": "i"},
        {"message": {"message_id": 5, "date": 0, "chat": {"id": 77, "type": "private"}}},
    ],
)
def test_a_tap_on_an_old_message_is_still_a_tap(rest: dict[str, Any]) -> None:
    tap = {"id": "q1", "from": ANA, "chat_instance": "c", "data": "m12.2", **rest}
    assert heard(update("callback_query", tap)).tap == "m12.2"


@pytest.mark.parametrize(
    ("status", "consent"), [("kicked", Consent.STOP), ("member", Consent.START), ("administrator", None)]
)
def test_blocking_the_bot_is_stop_and_unblocking_start(status: str, consent: Consent | None) -> None:
    rights = dict.fromkeys(
        [
            "can_be_edited",
            "can_manage_chat",
            "can_change_info",
            "can_delete_messages",
            "can_invite_users",
            "can_restrict_members",
            "can_promote_members",
            "can_manage_video_chats",
            "is_anonymous",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
        ],
        False,
    )
    bot = {"id": 1, "is_bot": True, "first_name": "Shop"}
    change = {
        "chat": {"id": 77, "type": "private"},
        "from": ANA,
        "date": 1,
        "old_chat_member": {"user": bot, "status": "left"},
        "new_chat_member": {"user": bot, "status": status, "until_date": 0, **rights},
    }
    found = heard(update("my_chat_member", change))
    assert (found.kind, found.consent, found.silent) == (InboundKind.SYSTEM, consent, True)
    assert found.address.key == "77"
    assert "bot" in found.text


def test_ones_own_number_is_attested() -> None:
    found = said(contact={"phone_number": "40 712 345 678", "first_name": "Ana", "user_id": 77})
    assert (found.kind, found.profile.phone, found.detail["own"]) == (
        InboundKind.CONTACT,
        "+40712345678",
        True,
    )


@pytest.mark.parametrize(
    "rest",
    [
        {"contact": {"phone_number": "+40712345678", "first_name": "Bob", "user_id": 78}},
        {"contact": {"phone_number": "+40712345678", "first_name": "Bob"}},
        {"contact": {"phone_number": "+40712345678", "first_name": "A", "user_id": 77}, "forward_date": 1},
        {"contact": {"phone_number": "none of yours", "first_name": "A", "user_id": 77}},
    ],
    ids=["of-another", "of-nobody", "forwarded", "no-number"],
)
def test_any_other_number_is_not_attested(rest: dict[str, Any]) -> None:
    found = said(**rest)
    assert (found.kind, found.profile.phone) == (InboundKind.CONTACT, None)


def test_a_place_is_a_place() -> None:
    found = said(location={"latitude": 44.4, "longitude": 26.1, "live_period": 60})
    assert (found.kind, found.text) == (InboundKind.LOCATION, "44.4, 26.1")
    assert (found.detail["latitude"], found.detail["longitude"], found.detail["live"]) == (44.4, 26.1, True)


def test_a_venue_has_its_name() -> None:
    place = {"latitude": 44.4, "longitude": 26.1}
    found = said(location=place, venue={"location": place, "title": "The Shop", "address": "High St 1"})
    assert (found.kind, found.text) == (InboundKind.LOCATION, "The Shop, High St 1")


@pytest.mark.parametrize(
    ("rest", "ref"),
    [
        (
            {
                "photo": [
                    {**FILE, "width": 9, "height": 9},
                    {**FILE, "file_id": "big", "width": 90, "height": 9},
                ]
            },
            MediaRef("big", "image/jpeg"),
        ),
        ({"voice": {**FILE, "duration": 1}}, MediaRef("f1", "audio/ogg")),
        ({"audio": {**FILE, "duration": 1, "mime_type": "audio/mp4"}}, MediaRef("f1", "audio/mp4")),
        ({"video": {**FILE, "duration": 1, "width": 9, "height": 9}}, MediaRef("f1", "video/mp4")),
        ({"video_note": {**FILE, "duration": 1, "length": 9}}, MediaRef("f1", "video/mp4")),
        (
            {"document": {**FILE, "file_name": "a.pdf", "mime_type": "application/pdf"}},
            MediaRef("f1", "application/pdf", file_name="a.pdf"),
        ),
        (
            {
                "animation": {**FILE, "duration": 1, "width": 9, "height": 9},
                "document": {**FILE, "file_id": "same"},
            },
            MediaRef("f1", "video/mp4"),
        ),
        (
            {"sticker": {**FILE, "width": 9, "height": 9, "is_animated": True}},
            MediaRef("f1", "application/x-tgsticker"),
        ),
        ({"sticker": {**FILE, "width": 9, "height": 9, "is_video": True}}, MediaRef("f1", "video/webm")),
        ({"sticker": {**FILE, "width": 9, "height": 9}}, MediaRef("f1", "image/webp")),
    ],
)
def test_a_file_is_one_file(rest: dict[str, Any], ref: MediaRef) -> None:
    found = said(caption="look", media_group_id="a1", **rest)
    assert (found.kind, found.media, found.text) == (InboundKind.MEDIA, (ref,), "look")
    assert found.detail["album"] == "a1"


def test_a_sticker_says_its_emoji() -> None:
    assert said(sticker={**FILE, "width": 9, "height": 9, "emoji": "👍"}).text == "👍"


def test_a_file_of_an_older_shape_is_read() -> None:
    assert said(voice={"file_id": "f1", "duration": 1}).media == (MediaRef("f1", "audio/ogg"),)


def reaction(new: list[dict[str, str]], chat: dict[str, Any] | None = None) -> dict[str, Any]:
    inner = {
        "chat": chat or {"id": 77, "type": "private"},
        "message_id": 12,
        "user": ANA,
        "date": 1,
        "old_reaction": [{"type": "emoji", "emoji": "👎"}],
        "new_reaction": new,
    }
    return update("message_reaction", inner)


def test_a_reaction_names_its_message() -> None:
    found = heard(reaction([{"type": "emoji", "emoji": "👍"}]))
    assert (found.kind, found.text, found.reply_to) == (InboundKind.REACTION, "👍", "77.12")


def test_a_reaction_taken_back_is_seen() -> None:
    assert heard(reaction([])).detail == {"removed": True}


@pytest.mark.parametrize(
    "body",
    [
        update("message", message(text="hello all", chat=GROUP)),
        update("edited_message", message(text="hello all", chat=GROUP)),
        update(
            "channel_post", {"message_id": 1, "date": 1, "chat": {**GROUP, "type": "channel"}, "text": "x"}
        ),
        update("message", message(text="hello", chat={"id": 23, "type": "group"})),
        reaction([], GROUP),
        update(
            "callback_query",
            {"id": "1", "from": ANA, "chat_instance": "c", "data": "x", "message": message(chat=GROUP)},
        ),
    ],
)
def test_what_is_said_in_a_group_is_noted_without_its_words(body: dict[str, Any]) -> None:
    found = noted(body)
    assert (found.notice_id, found.error) == ("9001", None)
    assert "hello" not in repr(found)


@pytest.mark.parametrize(
    ("rest", "silent"),
    [
        ({"dice": {"emoji": "🎲", "value": 3}}, False),
        ({"hologram": {"depth": 3}}, False),
        ({}, False),
        ({"pinned_message": message(text="x")}, True),
        ({"new_chat_title": "x"}, True),
        ({"sticker": {"emoji": "👌", "width": 1, "height": 1}}, False),
    ],
)
def test_what_has_no_meaning_for_us_is_shown_and_only_what_was_said_is_answered(
    rest: dict[str, Any], silent: bool
) -> None:
    found = said(**rest)
    assert (found.kind, found.silent) == (InboundKind.UNSUPPORTED, silent)
    assert found.detail["why"]


def test_every_kind_of_message_the_library_knows_has_a_place() -> None:
    handled = {"text", "contact", "location", "venue", "photo", *content._FILES}
    named = content._SERVICE | content._UNSUPPORTED | content._ABOUT | handled
    fields = {name.lstrip("_").replace("from_user", "from") for name in Message.__slots__}
    assert fields - named - {"effective_attachment"} == set()


@pytest.mark.parametrize("what", sorted(set(Update.ALL_TYPES) | {"something_new"}))
def test_an_update_of_any_kind_is_one_event(what: str) -> None:
    for inner in (
        {"from": ANA, "id": "1"},
        message(),
        {"id": 1},
        {},
        None,
        [],
        "x",
        {"from": 5, "chat": "c"},
    ):
        assert len(parse(request(update(what, inner)))) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"entities": [{"type": "bold"}]},
        {"left_chat_member": True},
        {"date": 10**30},
        {"photo": 5},
        {"reply_markup": {"inline_keyboard": "x"}},
    ],
)
def test_a_text_beside_something_unreadable_is_still_a_text(broken: dict[str, Any]) -> None:
    found = said(text="Where is my order?", **broken)
    assert (found.kind, found.text, found.address.key) == (InboundKind.TEXT, "Where is my order?", "77")


@pytest.mark.parametrize("text", [5, None, [], {"a": 1}, True])
def test_a_text_that_is_none_is_unsupported(text: object) -> None:
    assert said(text=text).kind is InboundKind.UNSUPPORTED


@pytest.mark.parametrize("body", [b"", b"{}", b"[" * 100_000, b'{"update_id": true}', b'{"update_id": "1"}'])
def test_what_is_no_update_is_refused_as_a_payload(body: bytes) -> None:
    with pytest.raises(PayloadInvalid):
        parse(request(body))


def test_a_lower_number_is_as_new_as_a_higher_one() -> None:
    numbers = [heard(update("message", message(text="x"), number)).provider_message_id for number in (9, 3)]
    assert numbers == ["9", "3"]
