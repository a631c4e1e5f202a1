"""What a person does in WhatsApp, in the shapes of Meta's webhooks, and as their own phone shows it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from simulator.acts import Act, ActRefused, Deed
from simulator.files import StoredFile
from simulator.threads import Attachment, Bubble, Side

from .messages import FILES, SentMessage

Json = dict[str, Any]


def text_content(act: Act) -> Json:
    """A text, perhaps in reply to a bubble."""
    if not 0 < len(act.text) <= 4096:
        raise ActRefused("a text has 1 to 4096 characters")
    said: Json = {"type": "text", "text": {"body": act.text}}
    return said | ({"context": {"id": act.bubble}} if act.bubble else {})


def tap_content(message: SentMessage, choice: str) -> Json:
    """A reply button, or a row of a list; raises `ActRefused` when the message has no such choice."""
    title = dict(message.choices).get(choice)
    if title is None:
        raise ActRefused(f"no choice {choice!r} under this message")
    if message.kind == "template":
        return {
            "context": {"id": message.id},
            "type": "button",
            "button": {"payload": choice, "text": title},
        }
    kind = "button_reply" if message.content["interactive"]["type"] == "button" else "list_reply"
    reply = {"type": kind, kind: {"id": choice, "title": title}}
    return {"context": {"id": message.id}, "type": "interactive", "interactive": reply}


def file_content(file: StoredFile, act: Act) -> Json:
    """A picture, sound, film, document or sticker."""
    kind = "sticker" if act.do is Deed.STICKER else file.kind
    held: Json = {
        "mime_type": "image/webp" if kind == "sticker" else file.content_type,
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "id": file.id,
    }
    if kind == "sticker":
        held["animated"] = False
    elif act.text and kind != "audio":
        held["caption"] = act.text
    if kind == "document":
        held["filename"] = file.name or "file"
    return {"type": kind, kind: held}


def _location(act: Act) -> Json:
    place: Json = {"latitude": act.latitude, "longitude": act.longitude}
    return {"type": "location", "location": place | ({"name": act.name} if act.name else {})}


def _contact(act: Act) -> Json:
    if not act.phone:
        raise ActRefused("a contact needs a phone")
    name = act.name or act.phone
    card = {
        "name": {"formatted_name": name, "first_name": name},
        "phones": [{"phone": act.phone, "wa_id": act.phone.removeprefix("+"), "type": "CELL"}],
    }
    return {"type": "contacts", "contacts": [card]}


def _reaction(act: Act) -> Json:
    on: Json = {"message_id": act.bubble}
    return {"type": "reaction", "reaction": on | ({"emoji": act.text} if act.text else {})}


def _edit(act: Act) -> Json:
    now = {"type": "text", "text": {"body": act.text}}
    return {"type": "edit", "edit": {"original_message_id": act.bubble, "message": now}}


def _revoke(act: Act) -> Json:
    return {"type": "revoke", "revoke": {"original_message_id": act.bubble}}


def _unsupported(act: Act) -> Json:
    about = {"details": "Message type is currently not supported."}
    error = {"code": 131051, "title": "Message type unknown", "error_data": about}
    return {"type": "unsupported", "errors": [error]}


PLAIN: Mapping[Deed, Callable[[Act], Json]] = {
    Deed.TEXT: text_content,
    Deed.LOCATION: _location,
    Deed.CONTACT: _contact,
    Deed.REACTION: _reaction,
    Deed.EDIT: _edit,
    Deed.REVOKE: _revoke,
    Deed.UNSUPPORTED: _unsupported,
}
"""Deeds whose webhook follows from the act alone."""

CHANGES = ("reaction", "edit", "revoke")
"""Types that change a bubble and are none of their own."""


def own_bubble(message_id: str, content: Mapping[str, Any]) -> Bubble:
    """What the sender's own phone shows."""
    kind = str(content.get("type", ""))
    said = content.get(kind)
    inner: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    text = str(inner.get("body") or inner.get("caption") or "")
    attachments: tuple[Attachment, ...] = ()
    match kind:
        case "interactive":
            reply = inner[str(inner["type"])]
            text = str(reply["title"])
        case "button":
            text = str(inner.get("text", ""))
        case "image" | "audio" | "video" | "document" | "sticker":
            url = f"{FILES}{inner['id']}" if "id" in inner else ""
            attachments = (Attachment(kind, url, str(inner.get("filename", ""))),)
        case "location":
            place = (float(inner["latitude"]), float(inner["longitude"]))
            attachments = (Attachment("location", name=str(inner.get("name", "")), place=place),)
        case "contacts":
            name = str(content["contacts"][0]["name"]["formatted_name"])
            attachments = (Attachment("contact", name=name),)
        case "text":
            pass
        case _:
            text = f"({kind})"
    replied = content.get("context")
    reply_to = str(replied.get("id", "")) if isinstance(replied, Mapping) else ""
    return Bubble(Side.OUT, text, id=message_id, attachments=attachments, reply_to=reply_to)
