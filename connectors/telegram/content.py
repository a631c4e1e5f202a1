"""Step "parse": what one Telegram message holds; exactly one meaning each.

Fields: core.telegram.org/bots/api#message, read 2026-11. Nothing here trusts a field's type: the library
takes what it is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from telegram import Message

from connectors.contract import Consent, InboundKind, MediaRef

_START = re.compile(r"/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*")
_STOP = re.compile(r"/stop(?:@\w+)?\s*")
_PHONE = re.compile(r"\+?([1-9]\d{4,14})")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Kinds of files, and what they are when Telegram does not say. An animation comes with a document of the
# same file, a live photo with a photo: the first found is the one.
_FILES = {
    "animation": "video/mp4",
    "live_photo": "video/mp4",
    "document": "application/octet-stream",
    "audio": "audio/mpeg",
    "voice": "audio/ogg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "sticker": "image/webp",
}
# What the app or the chat does, as opposed to what somebody says: nobody waits for an answer.
_SERVICE = _names("""
boost_added channel_chat_created chat_background_set chat_owner_changed chat_owner_left chat_shared
checklist_tasks_added checklist_tasks_done connected_website delete_chat_photo
direct_message_price_changed forum_topic_closed forum_topic_created forum_topic_edited
forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden gift_upgrade_sent
giveaway_completed giveaway_created group_chat_created left_chat_member managed_bot_created
message_auto_delete_timer_changed migrate_from_chat_id migrate_to_chat_id new_chat_members new_chat_photo
new_chat_title paid_message_price_changed pinned_message poll_option_added poll_option_deleted
proximity_alert_triggered refunded_payment suggested_post_approval_failed suggested_post_approved
suggested_post_declined suggested_post_paid suggested_post_refunded supergroup_chat_created users_shared
video_chat_ended video_chat_participants_invited video_chat_scheduled video_chat_started
write_access_allowed
""")
# What a customer may send that has no meaning for a shop.
_UNSUPPORTED = _names("""
checklist dice game gift giveaway giveaway_winners invoice paid_media passport_data poll story
successful_payment unique_gift web_app_data
""")
# About the message, or its sender; never what it says.
_ABOUT = _names("""
author_signature business_connection_id caption caption_entities chat date direct_messages_topic edit_date
effect_id entities external_reply forward_date forward_from forward_from_chat forward_from_message_id
forward_origin forward_sender_name forward_signature from guest_bot_caller_chat guest_bot_caller_user
guest_query_id has_media_spoiler has_protected_content is_automatic_forward is_from_offline is_paid_post
is_topic_message link_preview_options media_group_id message_id message_thread_id paid_star_count quote
reply_markup reply_to_checklist_task_id reply_to_message reply_to_poll_option_id reply_to_story
sender_boost_count sender_business_bot sender_chat sender_tag show_caption_above_media suggested_post_info
via_bot
""")


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, in the contract's words."""

    kind: InboundKind
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    phone: str | None = None
    """The sender's own number, attested by Telegram."""
    consent: Consent | None = None
    silent: bool = False
    detail: Mapping[str, object] = field(default_factory=dict)


def read_content(message: Message, names: frozenset[str]) -> Content:
    """The one meaning of a message; `names`: its fields as they came, also those unknown to the library."""
    if text := as_text(message.text):
        return _said(message, text)
    if message.contact:
        return _contact(message)
    if message.location or message.venue:
        return _location(message)
    if media := _media(message):
        caption = as_text(message.caption) or as_text(message.sticker and message.sticker.emoji)
        return Content(InboundKind.MEDIA, text=caption, media=(media,))
    return _other(message, names)


def forwarded(message: Message) -> bool:
    """Whether somebody else wrote it: under its present name, or the one before 2024."""
    return message.forward_origin is not None or "forward_date" in message.api_kwargs


def as_text(value: object) -> str:
    """A field that should be text; nothing when it is not."""
    return value if isinstance(value, str) else ""


def _said(message: Message, text: str) -> Content:
    if forwarded(message):
        return Content(InboundKind.TEXT, text=text)
    if start := _START.fullmatch(text):
        # The button under an empty chat, or a deep link; it also says "yes, write to me".
        detail = {"start": start[1]} if start[1] else {}
        return Content(InboundKind.TEXT, text="/start", consent=Consent.START, detail=detail)
    stop = Consent.STOP if _STOP.fullmatch(text) else None
    return Content(InboundKind.TEXT, text=text, consent=stop)


def _contact(message: Message) -> Content:
    contact = message.contact
    sender = message.from_user
    own = (
        contact is not None and sender is not None and contact.user_id == sender.id and not forwarded(message)
    )
    number = as_text(contact and contact.phone_number)
    digits = _PHONE.fullmatch(re.sub(r"[\s().-]", "", number))
    parts = (as_text(contact and contact.first_name), as_text(contact and contact.last_name))
    name = " ".join(part for part in parts if part)
    return Content(
        InboundKind.CONTACT,
        text=", ".join(part for part in (name, number) if part),
        phone=f"+{digits[1]}" if own and digits else None,
        detail={"name": name, "phone": number, "own": own},
    )


def _location(message: Message) -> Content:
    venue = message.venue
    place = message.location or (venue.location if venue else None)
    named = (as_text(venue and venue.title), as_text(venue and venue.address))
    detail: dict[str, object] = {
        name: value
        for name in ("latitude", "longitude")
        if isinstance(value := getattr(place, name, None), int | float)
    }
    where = ", ".join(str(value) for value in detail.values())
    said = ", ".join(part for part in named if part)
    if place is not None and place.live_period is not None:
        detail["live"] = True
    return Content(InboundKind.LOCATION, text=said or where, detail=detail)


def _media(message: Message) -> MediaRef | None:
    """The one file of a message; None when there is none, or none that Telegram would give us."""
    if message.photo:
        largest = max(message.photo, key=lambda size: _number(size.width) * _number(size.height))
        return MediaRef(ref=as_text(largest.file_id), content_type="image/jpeg")
    for name, usual in _FILES.items():
        found: Any = getattr(message, name, None)
        if found is not None and (ref := as_text(getattr(found, "file_id", None))):
            return MediaRef(
                ref=ref,
                content_type=as_text(getattr(found, "mime_type", None)) or _sticker_type(found, usual),
                file_name=as_text(getattr(found, "file_name", None)),
            )
    return None


def _sticker_type(found: Any, usual: str) -> str:
    if getattr(found, "is_animated", False):
        return "application/x-tgsticker"
    return "video/webm" if getattr(found, "is_video", False) else usual


def _other(message: Message, names: frozenset[str]) -> Content:
    """Service messages are for people only; what a customer sent on purpose is answered."""
    said = names - _ABOUT
    what = next(iter(sorted(said & _UNSUPPORTED) or sorted(said & _SERVICE) or sorted(said)), "nothing")
    poll = as_text(message.poll and message.poll.question)
    dice = as_text(message.dice and message.dice.emoji)
    return Content(
        InboundKind.UNSUPPORTED,
        text=as_text(message.caption) or poll or dice,
        silent=what in _SERVICE,
        detail={"why": f"a message of the kind {what}" if said else "nothing is in it"},
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
