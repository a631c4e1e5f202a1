"""What a customer did, in words, for each kind of message. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from connectors.contract import InboundKind

_QUOTE_MAX = 80


def in_words(kind: str, text: str, content: Mapping[str, Any], meant: str | None) -> tuple[str, str]:
    """A line about the message, and its text; either may be empty.

    `meant`: what the message spoke of said, where it is known.
    """
    detail = content.get("detail")
    about, said = _told(kind, text, detail if isinstance(detail, Mapping) else {}, _quoted(meant))
    notes = [note for note in (about, *_beside(content, kind, meant)) if note]
    return " · ".join(notes), said


def _told(  # noqa: PLR0911 - one for each kind
    kind: str, text: str, detail: Mapping[str, Any], meant: str
) -> tuple[str, str]:
    try:
        known = InboundKind(kind)
    except ValueError:
        return kind.capitalize(), text
    match known:
        case InboundKind.TEXT | InboundKind.MEDIA:
            return "", text
        case InboundKind.TAP:
            return "", text or "Tapped a button"
        case InboundKind.LOCATION:
            return ("Live location" if detail.get("live") else "Location"), _place(text, detail)
        case InboundKind.CONTACT:
            return ("Their own number" if detail.get("own") else "Contact card"), text
        case InboundKind.FORM:
            return "Answers of a form", text
        case InboundKind.ORDER:
            return "Order from the catalogue", text
        case InboundKind.REACTION:
            return _reaction(text, detail, meant), ""
        case InboundKind.EDIT:
            return f"Changed {meant or 'an earlier message'} to", text or "(no text)"
        case InboundKind.REVOKE:
            return f"Deleted {meant or 'an earlier message'}", text
        case InboundKind.SYSTEM:
            return "Told by the platform", text or str(detail.get("type", ""))
        case InboundKind.UNSUPPORTED:
            return f"Sent something that cannot be shown here: {_why(detail)}", text
    assert_never(known)


def _reaction(text: str, detail: Mapping[str, Any], meant: str) -> str:
    if detail.get("removed") or not text:
        return f"Took back a reaction to {meant or 'a message'}"
    return f"Reacted {text} to {meant or 'a message'}"


def _why(detail: Mapping[str, Any]) -> str:
    why, kind = str(detail.get("why") or ""), str(detail.get("type") or "")
    return f"{why} ({kind})" if why and kind and kind not in why else why or kind or "of an unknown kind"


def _place(text: str, detail: Mapping[str, Any]) -> str:
    """The place, with a link to a map that anybody can open."""
    at = [detail.get(name) for name in ("latitude", "longitude")]
    if not all(isinstance(number, int | float) for number in at):
        return text
    link = f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=16/{at[0]}/{at[1]}"
    return f"{text}\n{link}"


def _beside(content: Mapping[str, Any], kind: str, meant: str | None) -> list[str]:
    """What may stand beside a message of any kind."""
    detail = content.get("detail")
    detail = detail if isinstance(detail, Mapping) else {}
    notes = []
    if detail.get("forwarded"):
        notes.append("Forwarded")
    if meant and kind in (InboundKind.TEXT, InboundKind.MEDIA):
        notes.append(f"Answers {_quoted(meant)}")
    if (referral := detail.get("referral")) and isinstance(referral, Mapping):
        notes.append(f"Came from {referral.get('headline') or referral.get('url') or 'an advertisement'}")
    if image := content.get("image"):
        notes.append(f"With a picture: {image}")
    if content.get("masked"):
        notes.append("A card number was masked")
    return notes


def _quoted(text: str | None) -> str:
    if not text:
        return ""
    line = " ".join(text.split())
    return f"“{line[:_QUOTE_MAX]}{'…' if len(line) > _QUOTE_MAX else ''}”"
