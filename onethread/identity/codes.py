"""One-time codes: six digits that only somebody who reads another of our customers' apps can know. Pure.

A customer who asks for one proves with it that he also holds the address it was sent to.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from uuid import UUID

import phonenumbers
from phonenumbers import Leniency, NumberParseException, PhoneNumberMatcher

LIVES_S = 10 * 60
TRIES = 5
AN_HOUR = 3
"""Codes for one asking address, and for one number, in an hour."""
DIGITS = 6
_PURPOSE = b"onethread one-time code v1"
_CODE = re.compile(
    r"\W*(?:(?:it is|it's|here is|here's)\s+)?(?:(?:the|my|your)\s+)?(?:code\s*(?:is)?\s*[:=]?\s*)?"
    r"([0-9]{3})[ -]?([0-9]{3})\W*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[0-9](?:[0-9 ().-]{6,18})[0-9]")


class Codes:
    """Digests with a key made for nothing else, so that a copy of the database tells nothing."""

    def __init__(self, secret_key: str) -> None:
        self._key = hmac.digest(secret_key.encode(), _PURPOSE, hashlib.sha256)

    def of_code(self, code_id: UUID, code: str) -> bytes:
        """What is kept of a code; of the same code for somebody else it is another."""
        return hmac.digest(self._key, b"code\x00" + code_id.bytes + code.encode(), hashlib.sha256)

    def of_number(self, phone: str) -> bytes:
        """What is kept of a number that was typed, known or not."""
        return hmac.digest(self._key, b"number\x00" + phone.encode(), hashlib.sha256)

    def fits(self, kept: bytes | None, code_id: UUID, code: str) -> bool:
        """Whether it is the code; takes as long for one that was never sent."""
        return hmac.compare_digest(kept or bytes(32), self.of_code(code_id, code))


def new_code(number: int) -> str:
    """Six digits of a random number below 1,000,000."""
    return f"{number:0{DIGITS}}"


def code_in(text: str) -> str | None:
    """The code in a message that says nothing else: "123456", "123 456", "my code is 123456"."""
    found = _CODE.fullmatch(text)
    return None if found is None else found[1] + found[2]


def number_in(text: str) -> str | None:
    """The one phone number in a text, E.164; with its country code, with or without the plus."""
    found = {
        phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        for match in PhoneNumberMatcher(text, None, leniency=Leniency.POSSIBLE)
    }
    if not found and (bare := _DIGITS.search(text)):
        found = _with_plus(re.sub(r"[^0-9]", "", bare[0]))
    return found.pop() if len(found) == 1 else None


def _with_plus(digits: str) -> set[str]:
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except NumberParseException:
        return set()
    if not phonenumbers.is_possible_number(number):
        return set()
    return {phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}
