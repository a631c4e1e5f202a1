"""Step "parse": what was said, by the kind of message; each kind has one reader."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from connectors.contract import InboundKind, MediaRef

from .json_reading import Json, Malformed, object_of, objects_of, text_of


@dataclass(frozen=True, slots=True)
class Said:
    """A message without its sender."""

    kind: InboundKind
    text: str = ""
    tap: str | None = None
    media: tuple[MediaRef, ...] = ()
    reply_to: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


def read_kind(message: Json) -> Said:
    """What this message says; raises `Malformed` when it is not of the kind it names.

    A kind that nobody has told us of yet is unsupported: people see it, and its name.
    """
    name = text_of(message, "type")
    reader = _READERS.get(name)
    if reader is None:
        return _beside(message, Said(InboundKind.UNSUPPORTED, detail={"why": f"type {name or 'missing'}"}))
    return _beside(message, reader(message))


def _beside(message: Json, said: Said) -> Said:
    """What may stand beside a message of any kind: what it answers, whence it came."""
    context = message.get("context")
    context = context if isinstance(context, dict) else {}
    detail: dict[str, object] = dict(said.detail)
    if context.get("forwarded") is True or context.get("frequently_forwarded") is True:
        detail["forwarded"] = True
    for name, found in (("referral", message.get("referral")), ("product", context.get("referred_product"))):
        if isinstance(found, dict):
            detail[name] = {key: value for key, value in found.items() if isinstance(value, str | int)}
    return replace(said, reply_to=said.reply_to or text_of(context, "id") or None, detail=detail)


def _text(message: Json) -> Said:
    body = object_of(message.get("text"), "text").get("body")
    if not isinstance(body, str):
        raise Malformed("a text without a body")
    if not body.strip():
        return Said(InboundKind.UNSUPPORTED, detail={"why": "an empty text"})
    return Said(InboundKind.TEXT, body)


def _button(message: Json) -> Said:
    """A quick reply under a template: its payload is ours when the house minted it."""
    button = object_of(message.get("button"), "button")
    title, payload = text_of(button, "text"), text_of(button, "payload")
    if not title and not payload:
        raise Malformed("a button without text and payload")
    return Said(InboundKind.TAP, title or payload, tap=payload or None)


def _interactive(message: Json) -> Said:
    interactive = object_of(message.get("interactive"), "interactive")
    for name in ("button_reply", "list_reply"):
        reply = interactive.get(name)
        if isinstance(reply, dict):
            tap, title = text_of(reply, "id"), text_of(reply, "title")
            if not tap and not title:
                raise Malformed("a reply without id and title")
            about = text_of(reply, "description")
            return Said(InboundKind.TAP, title or tap, tap=tap or None, detail={"description": about})
    if isinstance(reply := interactive.get("nfm_reply"), dict):
        return _form(reply)
    if isinstance(reply := interactive.get("call_permission_reply"), dict):
        return Said(InboundKind.SYSTEM, f"May we call: {text_of(reply, 'response')}", detail=dict(reply))
    kind = text_of(interactive, "type") or "missing"
    return Said(InboundKind.UNSUPPORTED, detail={"why": f"interactive type {kind}"})


def _form(reply: Json) -> Said:
    """The answers of a flow; they come as JSON within JSON."""
    written = text_of(reply, "response_json")
    try:
        answers = json.loads(written) if written else {}
    except (ValueError, RecursionError):
        answers = {}
    answers = answers if isinstance(answers, dict) else {}
    shown = {name: value for name, value in answers.items() if name != "flow_token"}
    lines = [f"{name}: {value}" for name, value in shown.items() if isinstance(value, str | int | float)]
    return Said(
        InboundKind.FORM,
        "\n".join(lines) or text_of(reply, "body"),
        detail={"form": text_of(reply, "name"), "answers": shown},
    )


def _media(message: Json) -> Said:
    name = text_of(message, "type")
    file = object_of(message.get(name), name)
    handle = text_of(file, "id")
    if not handle:
        raise Malformed("a file without an id")
    media = MediaRef(
        ref=handle,
        content_type=text_of(file, "mime_type"),
        caption=text_of(file, "caption"),
        file_name=text_of(file, "filename"),
    )
    detail: dict[str, object] = {"type": name, "sha256": text_of(file, "sha256")}
    for flag in ("voice", "animated"):
        if file.get(flag) is True:
            detail[flag] = True
    # The caption is the text, and nothing else is.
    return Said(InboundKind.MEDIA, media.caption, media=(media,), detail=detail)


def _location(message: Json) -> Said:
    place = object_of(message.get("location"), "location")
    at = [_degrees(place.get(name)) for name in ("latitude", "longitude")]
    names = [found for name in ("name", "address") if (found := text_of(place, name))]
    text = ", ".join([*names, f"{at[0]}, {at[1]}"])
    return Said(InboundKind.LOCATION, text, detail={"latitude": at[0], "longitude": at[1]})


def _degrees(found: object) -> int | float:
    """A number, written as one or as text."""
    if isinstance(found, str):
        try:
            found = float(found)
        except ValueError:
            found = None
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise Malformed("a location without latitude and longitude")
    return found


def _contacts(message: Json) -> Said:
    cards = [_card(card) for card in objects_of(message, "contacts")]
    if not cards:
        raise Malformed("contacts without a card")
    lines = [", ".join(part for parts in card.values() for part in parts) for card in cards]
    return Said(InboundKind.CONTACT, "\n".join(lines), detail={"cards": cards})


def _card(card: Json) -> dict[str, list[str]]:
    name = card.get("name")
    return {
        "name": [text_of(name, "formatted_name")] if isinstance(name, dict) else [],
        "phones": [text_of(phone, "phone") for phone in objects_of(card, "phones")],
        "emails": [text_of(mail, "email") for mail in objects_of(card, "emails")],
    }


def _reaction(message: Json) -> Said:
    """An emoji under a message; none takes an earlier one away."""
    reaction = object_of(message.get("reaction"), "reaction")
    emoji = text_of(reaction, "emoji")
    return Said(
        InboundKind.REACTION,
        emoji,
        reply_to=text_of(reaction, "message_id") or None,
        detail={} if emoji else {"removed": True},
    )


def _order(message: Json) -> Said:
    """A cart from the catalogue."""
    order = object_of(message.get("order"), "order")
    items = [
        {name: item.get(name) for name in ("product_retailer_id", "quantity", "item_price", "currency")}
        for item in objects_of(order, "product_items")
    ]
    lines = [f"{item['quantity']} x {item['product_retailer_id']}" for item in items]
    text = "\n".join([line for line in (text_of(order, "text"), *lines) if line])
    return Said(InboundKind.ORDER, text, detail={"catalog": text_of(order, "catalog_id"), "items": items})


def _edit(message: Json) -> Said:
    edit = object_of(message.get("edit"), "edit")
    now = edit.get("message")
    said = read_kind(now) if isinstance(now, dict) else Said(InboundKind.UNSUPPORTED)
    return replace(
        said, kind=InboundKind.EDIT, reply_to=text_of(edit, "original_message_id") or None, tap=None
    )


def _revoke(message: Json) -> Said:
    revoke = object_of(message.get("revoke"), "revoke")
    return Said(InboundKind.REVOKE, reply_to=text_of(revoke, "original_message_id") or None)


def _system(message: Json) -> Said:
    """A new number, a new id of this business, or a changed identity: told of a person, said by nobody.

    Field names changed between versions of the API. Who changed number stays who they were; a changed
    identity (another phone, or WhatsApp installed anew) says nothing about that.
    """
    system = object_of(message.get("system"), "system")
    names = ("type", "new_wa_id", "wa_id", "user_id", "customer", "identity")
    detail = {name: found for name in names if (found := text_of(system, name))}
    return Said(InboundKind.SYSTEM, text_of(system, "body"), detail=detail)


def _welcome(message: Json) -> Said:
    """Somebody opened the chat for the first time and has said nothing yet."""
    return Said(InboundKind.SYSTEM, "Opened the chat")


def _unsupported(message: Json) -> Said:
    """Meta could not carry it; it says why, and since 2025 of which type it was."""
    what = message.get("unsupported")
    error = next(iter(objects_of(message, "errors")), {})
    detail = {
        "why": text_of(error, "title") or "WhatsApp could not carry it",
        "code": text_of(error, "code"),
        "type": text_of(what, "type") if isinstance(what, dict) else "",
    }
    return Said(InboundKind.UNSUPPORTED, detail=detail)


_READERS: dict[str, Callable[[Json], Said]] = {
    "text": _text,
    "button": _button,
    "interactive": _interactive,
    **dict.fromkeys(("image", "audio", "video", "document", "sticker", "voice"), _media),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "order": _order,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
    "request_welcome": _welcome,
    "unsupported": _unsupported,
    "unknown": _unsupported,
}
