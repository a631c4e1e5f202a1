"""What the customer just said, read from Rasa's tracker into plain values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_BARE_NUMBER = re.compile(r"(?<![\w+@.,-])[1-9][0-9]{3,8}(?![\w@-]|[.,][0-9])", re.ASCII)
NOTE_MAX = 1_000
"""Characters of a customer's own words that are passed on to the shop."""


@dataclass(frozen=True, slots=True)
class Contact:
    """An e-mail (lower-case) or phone (digits without leading zeros) a customer typed."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message as understood."""

    text: str
    intent: str
    ranking: tuple[str, ...]
    """Intents, likeliest first."""
    order_number: str | None
    tracking_number: str | None
    contact: Contact | None
    bare_numbers: tuple[str, ...] = ()
    """Other numbers in the text that may be an order's; at most three."""

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
    return Said(
        text=text,
        intent=str((latest.get("intent") or {}).get("name") or ""),
        ranking=tuple(str(one.get("name")) for one in latest.get("intent_ranking") or ()),
        order_number=order_number(_first(entities, "order_number")),
        tracking_number=_first(entities, "tracking_number"),
        contact=contact(_first(entities, "email"), _first(entities, "phone")),
        bare_numbers=tuple(_BARE_NUMBER.findall(text)[:3]),
    )


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
    digits = re.sub(r"[^0-9]", "", phone or "").lstrip("0")
    return Contact("phone", digits) if len(digits) >= 7 else None


def _first(entities: Iterable[Mapping[str, Any]], name: str) -> str | None:
    for entity in entities:
        if entity.get("entity") == name and entity.get("value") is not None:
            return str(entity["value"])
    return None
