"""Step "parse": one of Meta's webhooks, up to 1,000 updates, as the contract's words.

entry[] -> changes[] -> value -> messages[], statuses[] ..; each element has exactly one meaning, and one that
cannot be read does not lose the others. developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components,
read 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.contract import (
    Address,
    Consent,
    InboundEvent,
    InboundKind,
    InboundMessage,
    PayloadInvalid,
    WebhookRequest,
)

from .json_reading import Json, Malformed, digest, object_of, objects_of, text_of, time_of
from .kinds import Said, read_kind
from .notices import account_notice, group_notice, unreadable
from .people import NobodyNamed, phone_of, sender
from .receipts import is_receipt, read_receipt

KEY = "whatsapp_cloud"
_ELEMENTS = (
    "messages",
    "statuses",
    "calls",
    "user_preferences",
    "user_id_update",
    "message_echoes",
    "state_sync",
    "history",
    "groups",
)


def parse(request: WebhookRequest, *, our_number: str) -> Sequence[InboundEvent]:
    """Everything in the request, in order; `our_number` is the id of the number this account has.

    Raises `PayloadInvalid` when there is not even a list of entries.
    """
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise PayloadInvalid(f"not JSON ({type(error).__name__})") from error
    entries = body.get("entry") if isinstance(body, dict) else None
    if isinstance(body, dict) and isinstance(body.get("value"), dict):
        entries = [{"changes": [body]}]  # one change by itself, as Meta's console shows samples
    if not isinstance(entries, list) or not entries:
        raise PayloadInvalid("there is no entry in it")
    return [event for entry in entries for event in _entry(entry, request.account, our_number)]


def platform_id(message_id: str) -> str:
    """Meta's own id of a message that is stored under `message_id`."""
    return message_id.partition("@")[0]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside an element, and is needed to read it."""

    account: str
    field: str
    contacts: Sequence[Json]
    other_number: str
    """Id of the number written to, when that is not this account's; several may post to one address."""
    scope: tuple[object, ...]
    """What tells equal elements without an id apart."""


def _entry(entry: object, account: str, our_number: str) -> Iterator[InboundEvent]:
    try:
        entry = object_of(entry, "an entry")
        changes = entry.get("changes")
        if not isinstance(changes, list) or not changes:
            raise Malformed("an entry without changes")
    except Malformed as error:
        yield unreadable(str(error), entry)
        return
    scope = (entry.get("id"), entry.get("time"))
    for change in changes:
        yield from _change(change, scope, account, our_number)


def _change(
    change: object, scope: tuple[object, ...], account: str, our_number: str
) -> Iterator[InboundEvent]:
    try:
        change = object_of(change, "a change")
        value = object_of(change.get("value"), "the value of a change")
    except Malformed as error:
        yield unreadable(str(error), scope, change)
        return
    metadata = value.get("metadata")
    number = text_of(metadata, "phone_number_id") if isinstance(metadata, dict) else ""
    beside = _Beside(
        account=account,
        field=text_of(change, "field"),
        contacts=objects_of(value, "contacts"),
        other_number="" if number == our_number else number,
        scope=scope,
    )
    found = False
    # Elsewhere (flows) errors are part of the event, not events of their own.
    for name in (*_ELEMENTS, "errors") if "metadata" in value else _ELEMENTS:
        elements = value.get(name)
        for element in elements if isinstance(elements, list) else []:
            found = True
            yield _element(name, element, beside)
    if not found:
        yield account_notice(beside.field, value, scope)


def _element(name: str, element: object, beside: _Beside) -> InboundEvent:
    try:
        found = object_of(element, f"an element of {name}")
        return _READERS.get(name, _told)(found, beside)
    except Malformed as error:
        return unreadable(str(error), beside.scope, element)
    except NobodyNamed:
        return unreadable("nobody is named as the sender", beside.scope, element)


def _told(element: Json, beside: _Beside) -> InboundEvent:
    return account_notice(beside.field, element, beside.scope)


def _status(status: Json, beside: _Beside) -> InboundEvent:
    return read_receipt(status, beside.account) if is_receipt(status) else _told(status, beside)


def _message(message: Json, beside: _Beside) -> InboundEvent:
    if text_of(message, "group_id"):
        return group_notice(message)
    said = read_kind(message)
    return _from_person(
        message,
        beside,
        InboundMessage(
            provider_message_id=text_of(message, "id") or f"message-{digest(beside.scope, message)}",
            address=_NOBODY,
            kind=said.kind,
            text=said.text,
            tap=said.tap,
            media=said.media,
            reply_to=said.reply_to,
            detail=said.detail,
            moved_to=_new_place(said, beside),
        ),
    )


def _new_place(said: Said, beside: _Beside) -> Address | None:
    """Where the person is from now on, when this says that they changed their number or id."""
    kind = str(said.detail.get("type", ""))
    if said.kind is not InboundKind.SYSTEM or "changed" not in kind or "identity" in kind:
        return None
    number = str(said.detail.get("new_wa_id") or said.detail.get("wa_id") or "")
    key = str(said.detail.get("user_id") or "") or number
    return Address(KEY, beside.account, key, phone_of(number)) if key else None


def _call(call: Json, beside: _Beside) -> InboundEvent:
    """A ring is answered with what we can do; how a call went on is for people to see."""
    event, direction = text_of(call, "event"), text_of(call, "direction")
    rings = event == "connect" and direction != "BUSINESS_INITIATED"
    call_id = text_of(call, "id") or digest(beside.scope, call)
    return _from_person(
        call,
        beside,
        InboundMessage(
            provider_message_id=f"{call_id}:{event or digest(call)}",
            address=_NOBODY,
            kind=InboundKind.UNSUPPORTED if rings else InboundKind.SYSTEM,
            text="Called" if rings else f"Call: {event or 'something happened'}",
            detail={"why": "calls are not taken", "status": text_of(call, "status")},
        ),
    )


def _preference(preference: Json, beside: _Beside) -> InboundEvent:
    wish = {"stop": Consent.STOP, "resume": Consent.START}.get(text_of(preference, "value"))
    if wish is None:
        raise Malformed("a preference of another value")
    return _from_person(
        preference,
        beside,
        InboundMessage(
            provider_message_id=f"preference-{digest(beside.scope, preference)}",
            address=_NOBODY,
            kind=InboundKind.SYSTEM,
            text=text_of(preference, "detail"),
            marketing=wish,
            detail={"category": text_of(preference, "category")},
        ),
    )


def _new_id(update: Json, beside: _Beside) -> InboundEvent:
    """Meta names this person anew; the address they had is the one that hears of it."""
    change = object_of(update.get("user_id"), "user_id")
    before, now = text_of(change, "previous"), text_of(change, "current")
    return _from_person(
        {**update, "user_id": before or now},
        beside,
        InboundMessage(
            provider_message_id=f"id-{digest(beside.scope, update)}",
            address=_NOBODY,
            kind=InboundKind.SYSTEM,
            text=text_of(update, "detail") or "Has a new id",
            detail={"previous": before, "current": now},
            moved_to=Address(KEY, beside.account, now) if before and now else None,
        ),
    )


_NOBODY = Address(KEY, "", "")


def _from_person(element: Json, beside: _Beside, message: InboundMessage) -> InboundMessage:
    """The message with its sender, time and, when it went to another number, that number's name in its id."""
    key, profile = sender(element, beside.contacts)
    other = {"number": beside.other_number} if beside.other_number else {}
    return replace(
        message,
        provider_message_id=f"{message.provider_message_id}@{beside.other_number}"
        if beside.other_number
        else message.provider_message_id,
        # The path names the account; several numbers of one app may post to it.
        address=Address(KEY, beside.account, key),
        profile=profile,
        provider_time=time_of(element),
        detail={**{name: value for name, value in message.detail.items() if value}, **other},
    )


_READERS: Mapping[str, Callable[[Json, _Beside], InboundEvent]] = {
    "messages": _message,
    "statuses": _status,
    "calls": _call,
    "user_preferences": _preference,
    "user_id_update": _new_id,
}
