"""Step "parse": what was said, by the kind of message; the first reader that finds its facts tells it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

from connectors._shared.twilio.messages import Fields
from connectors.contract import InboundKind, InboundMessage

from .settings import PREFIX

_CARDS = ("text/vcard", "text/x-vcard", "text/directory")
# Body is then a sentence of Twilio's, or nothing.
_UNCARRIED = frozenset({"unsupported", "unknown", "system"})
_REFERRAL = {
    "url": "ReferralSourceUrl",
    "id": "ReferralSourceId",
    "type": "ReferralSourceType",
    "headline": "ReferralHeadline",
    "body": "ReferralBody",
    "click_id": "ReferralCtwaClid",
    "media": "ReferralMediaUrl",
}
_PERSON = {
    "user_id": "ExternalUserId",
    "parent_user_id": "ParentExternalUserId",
    "username": "ProfileUsername",
}


def read_kind(fields: Fields, heard: InboundMessage) -> InboundMessage:
    """`heard`, text and files so far, as the kind it is; what no reader knows stays as it was."""
    for reader in _READERS:
        if (said := reader(fields, heard)) is not None:
            return said
    if heard.kind is InboundKind.UNSUPPORTED and (kind := fields.get("MessageType", "")):
        return _unsupported(heard, f"type {kind}")
    return heard


def whole(fields: Fields) -> Fields:
    """The fields, and those that stand in the channel's own block alone: Twilio puts most in both."""
    try:
        metadata = json.loads(fields.get("ChannelMetadata", ""))
        context = metadata["data"]["context"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return fields
    if not isinstance(context, dict):
        return fields
    return {**{name: value for name, value in context.items() if isinstance(value, str)}, **fields}


def beside(fields: Fields) -> dict[str, object]:
    """What may stand beside a message of any kind: who wrote it, whence it came."""
    found: dict[str, object] = {
        ours: value.removeprefix(PREFIX) for ours, theirs in _PERSON.items() if (value := fields.get(theirs))
    }
    if "true" in (fields.get("Forwarded", "").lower(), fields.get("FrequentlyForwarded", "").lower()):
        found["forwarded"] = True
    referral = {ours: value for ours, theirs in _REFERRAL.items() if (value := fields.get(theirs))}
    return found | ({"referral": referral} if referral else {})


def _uncarried(fields: Fields, heard: InboundMessage) -> InboundMessage | None:
    kind = fields.get("MessageType", "").lower()
    return _unsupported(heard, f"type {kind}") if kind in _UNCARRIED and not heard.media else None


def _reaction(fields: Fields, heard: InboundMessage) -> InboundMessage | None:
    """An emoji under a message; none takes an earlier one away."""
    if fields.get("MessageType", "").lower() != "reaction":
        return None
    emoji = heard.text.strip()
    return _as(heard, InboundKind.REACTION, emoji, **({} if emoji else {"removed": True}))


def _tap(fields: Fields, heard: InboundMessage) -> InboundMessage | None:
    """A button or a list's row; its id is ours when the house minted it."""
    for kind in ("Button", "List"):
        tap = fields.get(f"{kind}Payload") or fields.get(f"{kind}Id") or None
        title = fields.get(f"{kind}Text") or fields.get(f"{kind}Title", "")
        if tap or title:
            said = _as(heard, InboundKind.TAP, title or heard.text.strip() or tap or "")
            return replace(said, tap=tap)
    return None


def _form(fields: Fields, heard: InboundMessage) -> InboundMessage | None:
    """The answers of a flow, as JSON."""
    written = fields.get("InteractiveData") or fields.get("FlowData", "")
    if not written:
        return None
    try:
        answers = json.loads(written, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return _unsupported(heard, "form answers that are no JSON")
    answers = answers if isinstance(answers, dict) else {"answers": answers}
    shown = {name: value for name, value in answers.items() if name != "flow_token"}
    lines = [f"{name}: {value}" for name, value in shown.items() if isinstance(value, str | int | float)]
    return _as(heard, InboundKind.FORM, "\n".join(lines) or heard.text, answers=shown)


def _location(fields: Fields, heard: InboundMessage) -> InboundMessage | None:
    latitude, longitude = _degrees(fields.get("Latitude", "")), _degrees(fields.get("Longitude", ""))
    if latitude is None or longitude is None:
        return None
    names = [found for name in ("Label", "Address") if (found := fields.get(name, ""))]
    text = ", ".join([*names, f"{latitude}, {longitude}"])
    return _as(heard, InboundKind.LOCATION, text, latitude=latitude, longitude=longitude)


def _contact(fields: Fields, heard: InboundMessage) -> InboundMessage | None:
    """Cards come as files, and nothing is known of them until they are fetched."""
    if not heard.media or any(not item.content_type.lower().startswith(_CARDS) for item in heard.media):
        return None
    return _as(heard, InboundKind.CONTACT, heard.text)


def _no_number(name: str) -> None:
    raise ValueError(name)  # NaN and its like: Python reads them, Postgres does not.


def _degrees(written: str) -> float | None:
    try:
        found = float(written)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _as(heard: InboundMessage, kind: InboundKind, text: str, **facts: object) -> InboundMessage:
    detail = {name: value for name, value in heard.detail.items() if name != "why"}
    return replace(heard, kind=kind, text=text, detail={**detail, **facts})


def _unsupported(heard: InboundMessage, why: str) -> InboundMessage:
    return replace(heard, kind=InboundKind.UNSUPPORTED, detail={**heard.detail, "why": why})


_Reader = Callable[[Fields, InboundMessage], InboundMessage | None]
_READERS: tuple[_Reader, ...] = (_uncarried, _reaction, _tap, _form, _location, _contact)
