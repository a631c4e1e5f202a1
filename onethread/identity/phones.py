"""Which spellings of a phone number are one number: pure.

Carriers and platforms do not agree on a digit that mobile numbers of three countries have or had, so one
phone is known by two numbers: Brazil's ninth digit (WhatsApp keeps the old eight outside of some areas),
Argentina's 9 before the area code, and Mexico's 1. "Specifics of sending messages to numbers of different
countries", support.whapi.cloud, and "inconsistencies in mobile numbers and their WhatsApp IDs",
help.zoho.com, read 2026-11.
"""

from __future__ import annotations

import re

import phonenumbers

_BRAZIL = re.compile(r"\+55(\d\d)9?([6-9]\d{7})")
_ARGENTINA = re.compile(r"\+549?(\d{10})")
_MEXICO = re.compile(r"\+521?(\d{10})")


def e164(number: str) -> str | None:
    """The number as `+` and digits; None when it is none, or lacks its country."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def variants(phone: str) -> tuple[str, ...]:
    """Every spelling of this E.164 number, its canonical one first."""
    if found := _BRAZIL.fullmatch(phone):
        return f"+55{found[1]}9{found[2]}", f"+55{found[1]}{found[2]}"
    if found := _ARGENTINA.fullmatch(phone):
        return f"+549{found[1]}", f"+54{found[1]}"
    if found := _MEXICO.fullmatch(phone):
        return f"+52{found[1]}", f"+521{found[1]}"
    return (phone,)


def same_phone(one: str, other: str) -> bool:
    """Whether both reach the same phone."""
    return variants(one)[0] == variants(other)[0]
