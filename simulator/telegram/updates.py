"""The updates of what a customer does, in Telegram's shapes, and what their own phone shows of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from simulator.acts import Act, ActRefused, Deed
from simulator.files import StoredFile
from simulator.threads import Attachment, Bubble, Side

from .messages import FILES

_NAME = "Customer"
Json = dict[str, Any]


def user(key: int, name: str = _NAME) -> dict[str, object]:
    """A person."""
    return {"id": key, "is_bot": False, "first_name": name, "language_code": "en"}


def _chat(key: int, name: str = _NAME) -> dict[str, object]:
    return {"id": key, "type": "private", "first_name": name}


def message(
    sender: int, number: int, content: Mapping[str, Any], *, name: str = _NAME, edited: bool = False
) -> dict[str, object]:
    """A message in the private chat with the bot; `content`: its text, photo .."""
    now = int(time.time())
    said = {
        "message_id": number,
        "from": user(sender, name),
        "chat": _chat(sender, name),
        "date": now,
        **({"edit_date": now} if edited else {}),
        **content,
    }
    return {"edited_message" if edited else "message": said}


def tap(sender: int, query: str, under: Mapping[str, object], data: str) -> dict[str, object]:
    """A press of a button under a message of the bot."""
    return {
        "callback_query": {
            "id": query,
            "from": user(sender),
            "message": dict(under),
            "chat_instance": str(sender),
            "data": data,
        }
    }


def reaction(sender: int, number: int, emoji: str, before: str) -> dict[str, object]:
    """An emoji put on a message, or taken back."""

    def listed(one: str) -> list[dict[str, str]]:
        return [{"type": "emoji", "emoji": one}] if one else []

    return {
        "message_reaction": {
            "chat": _chat(sender),
            "message_id": number,
            "user": user(sender),
            "date": int(time.time()),
            "old_reaction": listed(before),
            "new_reaction": listed(emoji),
        }
    }


def membership(sender: int, bot: Mapping[str, object], *, blocked: bool) -> dict[str, object]:
    """The person blocked the bot, or let it in again."""
    before, after = ("member", "kicked") if blocked else ("kicked", "member")
    until = {"kicked": {"until_date": 0}, "member": {}}
    return {
        "my_chat_member": {
            "chat": _chat(sender),
            "from": user(sender),
            "date": int(time.time()),
            "old_chat_member": {"user": dict(bot), "status": before, **until[before]},
            "new_chat_member": {"user": dict(bot), "status": after, **until[after]},
        }
    }


def content_of(act: Act, sender: int, file: StoredFile | None, *, name: str = _NAME) -> Json:
    """What a message says, of the deeds that are one; raises `ActRefused`."""
    match act.do:
        case Deed.TEXT if 0 < len(act.text) <= 4096:
            return {"text": act.text}
        case Deed.LOCATION:
            place = {"latitude": act.latitude, "longitude": act.longitude}
            venue = {"location": place, "title": act.name, "address": ""}
            return {"location": place} | ({"venue": venue} if act.name else {})
        case Deed.CONTACT if act.phone:
            card: Json = {"phone_number": act.phone.removeprefix("+"), "first_name": act.name or name}
            return {"contact": card if act.name else card | {"user_id": sender}}
        case Deed.UNSUPPORTED:
            return {"dice": {"emoji": "🎲", "value": 4}}
    if file is None:
        raise ActRefused("a text has 1 to 4096 characters, a contact a phone")
    return _file(act, file)


def _file(act: Act, file: StoredFile) -> Json:
    held: Json = {"file_id": file.id, "file_unique_id": f"u{file.id}", "file_size": len(file.content)}
    size = {"width": 90, "height": 90}
    typed = {**held, "mime_type": file.content_type}
    caption = {"caption": act.text} if act.text else {}
    if act.do is Deed.STICKER:
        kind = {"type": "regular", "is_animated": False, "is_video": False, "emoji": act.text or "👍"}
        return {"sticker": {**held, **size, **kind}}
    match file.kind:
        case "image":
            return {"photo": [{**held, **size}], **caption}
        case "audio":
            return {"voice": {**typed, "duration": 1}, **caption}
        case "video":
            return {"video": {**typed, **size, "duration": 1}, **caption}
        case _:
            return {"document": {**typed, "file_name": file.name or "file"}, **caption}


def own_bubble(number: int, content: Mapping[str, Any]) -> Bubble:
    """What the sender's own phone shows."""
    text = str(content.get("text") or content.get("caption") or "")
    bubble = Bubble(Side.OUT, text, id=str(number))
    if place := content.get("location"):
        name = str(content.get("venue", {}).get("title", ""))
        where = (float(place["latitude"]), float(place["longitude"]))
        bubble.attachments = (Attachment("location", name=name, place=where),)
    elif card := content.get("contact"):
        bubble.attachments = (Attachment("contact", name=str(card["first_name"])),)
    elif dice := content.get("dice"):
        bubble.text = str(dice["emoji"])
    else:
        bubble.attachments = _files(content)
    return bubble


_SHOWN_AS = {
    "photo": "image", "voice": "audio", "video": "video", "document": "document", "sticker": "sticker"
}  # fmt: skip


def _files(content: Mapping[str, Any]) -> tuple[Attachment, ...]:
    for name, kind in _SHOWN_AS.items():
        if held := content.get(name):
            one = held[0] if isinstance(held, list) else held
            url = f"{FILES}{one['file_id']}"
            return (Attachment(kind, url, str(one.get("file_name", ""))),)
    return ()
