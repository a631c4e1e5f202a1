"""What the customer just said, read from Rasa's tracker into plain values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import phonenumbers

from . import asking

_BARE_NUMBER = re.compile(r"(?<![\w+@.,-])[1-9][0-9]{3,8}(?![\w@-]|[.,][0-9])", re.ASCII)
FALLBACK = "nlu_fallback"
"""The intent of what was not understood."""
DETAILS = "give_details"
"""The intent of what only tells which order, or whose."""
NOTE_MAX = 1_000
"""Characters of a customer's own words that are passed on to the shop."""
_PARTS_MAX = 3
"""More things than these in one message are a list, not requests."""


@dataclass(frozen=True, slots=True)
class Contact:
    """An e-mail (lower-case) or phone (digits as dialled at home, without leading zeros) a customer typed."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message, or one clause of it, as understood."""

    text: str
    intent: str
    order_number: str | None
    tracking_number: str | None
    contact: Contact | None
    bare_numbers: tuple[str, ...] = ()
    """Other numbers in the text that may be an order's; at most three."""
    dates: tuple[str, ...] = ()
    """The words of the days it names, as typed."""
    language: str = "en"
    """The language it is written in."""
    ranking: tuple[tuple[str, float], ...] = ()
    """Intents with their chances, likeliest first."""
    parts: tuple[Said, ...] = ()
    """What asks for something of its own, in the message's order, when that is more than one thing."""

    @property
    def has_details(self) -> bool:
        """Whether it names an order or a contact."""
        return bool(self.order_number or self.tracking_number or self.contact)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the house knows of the address the message came from; never what somebody typed."""

    language: str
    address_id: str
    phone: str | None
    """E.164, vouched for by the platform."""


def read_said(latest: Mapping[str, Any]) -> Said:
    """From Rasa's `latest_message`."""
    entities = [entity for entity in latest.get("entities") or () if isinstance(entity, Mapping)]
    text = str(latest.get("text") or "")
    language = str(latest.get("language") or read_facts(latest).language)
    whole = Said(
        text=text,
        intent=str((latest.get("intent") or {}).get("name") or ""),
        order_number=order_number(_first(entities, "order_number")),
        tracking_number=_first(entities, "tracking_number"),
        contact=contact(_first(entities, "email"), _first(entities, "phone")),
        bare_numbers=tuple(_BARE_NUMBER.findall(text)[:3]),
        dates=tuple(_all(entities, "date")[:_PARTS_MAX]),
        language=language,
        ranking=tuple(
            (str(one.get("name")), float(one.get("confidence") or 0.0))
            for one in latest.get("intent_ranking") or ()
        ),
    )
    numbers = list(dict.fromkeys(filter(None, map(order_number, _all(entities, "order_number")))))
    if len(numbers) > 1 and asking.corrects(text, language):
        return replace(whole, order_number=numbers[-1])  # "not 1042, sorry, 1063"
    clauses = _clauses(whole, latest, entities)
    if len({(one.intent, one.order_number) for one in clauses}) > 1:
        return replace(whole, parts=clauses)
    return replace(whole, parts=_one_each(whole, numbers))


def _one_each(whole: Said, numbers: Sequence[str]) -> tuple[Said, ...]:
    """The same thing asked of each of several orders."""
    return tuple(replace(whole, order_number=one) for one in numbers[:_PARTS_MAX]) if len(numbers) > 1 else ()


def _clauses(
    whole: Said, latest: Mapping[str, Any], entities: Sequence[Mapping[str, Any]]
) -> tuple[Said, ...]:
    """The clauses the classifier is sure of; one without a number of its own has the message's only one."""
    numbers = set(filter(None, map(order_number, _all(entities, "order_number"))))
    found = []
    for clause in latest.get("clauses") or ():
        start, end = int(clause["start"]), int(clause["end"])
        within = [entity for entity in entities if start <= int(entity.get("start") or 0) < end]
        own = order_number(_first(within, "order_number"))
        text = whole.text[start:end]
        part = replace(
            whole,
            text=text,
            intent=str(clause["intent"]),
            order_number=own or (whole.order_number if len(numbers) == 1 else None),
            tracking_number=_first(within, "tracking_number"),
            bare_numbers=tuple(_BARE_NUMBER.findall(text)[:3]),
            dates=tuple(_all(within, "date")[:_PARTS_MAX]),
        )
        found.append(part)
    return tuple(found[:_PARTS_MAX])


def read_facts(latest: Mapping[str, Any]) -> Facts:
    """From the metadata the house sent along; without it nothing is known and nobody is trusted."""
    metadata = latest.get("metadata") or {}
    facts = metadata.get("onethread") if isinstance(metadata, Mapping) else None
    if not isinstance(facts, Mapping):
        return Facts("en", "", None)
    phone = facts.get("phone")
    vouched = facts.get("trust") in {"attested", "proved"} and isinstance(phone, str)
    return Facts(
        language=str(facts.get("language") or "en"),
        address_id=str(facts.get("address_id") or ""),
        phone=phone if vouched else None,
    )


def order_number(typed: str | None) -> str | None:
    """The digits of "#1042", "ORD-1042"; None when there are none or too many."""
    digits = "".join(re.findall(r"[0-9]+", typed or "")).lstrip("0")
    return digits if 1 <= len(digits) <= 9 else None


def contact(email: str | None, phone: str | None) -> Contact | None:
    """The one thing a customer proves an order with; an e-mail goes before a phone. One try, one contact."""
    if email and "@" in email:
        return Contact("email", email.strip().lower())
    digits = _national(phone or "")
    return Contact("phone", digits) if len(digits) >= 7 else None


def _national(phone: str) -> str:
    """A number without its country's digits; one that does not tell its country loses leading zeros."""
    try:
        return str(phonenumbers.parse(phone, None).national_number)
    except phonenumbers.NumberParseException:
        return re.sub(r"[^0-9]", "", phone).lstrip("0")


def _all(entities: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    return [
        str(entity["value"])
        for entity in entities
        if entity.get("entity") == name and entity.get("value") is not None
    ]


def _first(entities: Iterable[Mapping[str, Any]], name: str) -> str | None:
    return next(iter(_all(entities, name)), None)
