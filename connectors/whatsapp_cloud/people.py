"""Step "parse": who wrote. A person is a user id of this business first, a WhatsApp number else.

People with a username may have no number that we see; the id then is all there is
(developers.facebook.com/docs/whatsapp/cloud-api/business-scoped-user-ids, read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from connectors.contract import Profile

from .json_reading import text_of

Json = Mapping[str, object]

_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_NUMBER = re.compile(r"\+?([1-9]\d{6,14})")


class NobodyNamed(Exception):
    """Nothing says who wrote."""


def is_user_id(key: str) -> bool:
    """Whether this names a person by Meta's id, such as `US.1349`, and not by a number."""
    return _USER_ID.fullmatch(key) is not None


def sender(element: Json, contacts: Sequence[Json]) -> tuple[str, Profile]:
    """The key and what Meta attests of whoever is behind a message; raises `NobodyNamed`.

    A contact counts only when it names the same person: a batch may list others.
    """
    number, user = _names(element)
    contact = _contact_of(number, user, contacts)
    number = number or text_of(contact, "wa_id")
    user = user or text_of(contact, "user_id")
    if is_user_id(number):
        number, user = "", user or number
    key = user or number
    if not key:
        raise NobodyNamed
    profile = contact.get("profile")
    name = text_of(profile, "name") or text_of(profile, "username") if isinstance(profile, dict) else ""
    return key, Profile(display_name=name, phone=phone_of(number), user_id=user)


def phone_of(number: str) -> str | None:
    """E.164, when this is a phone number at all."""
    match = _NUMBER.fullmatch(number)
    return f"+{match[1]}" if match else None


def _names(element: Json) -> tuple[str, str]:
    number = text_of(element, "from") or text_of(element, "wa_id")
    return number, text_of(element, "from_user_id") or text_of(element, "user_id")


def _contact_of(number: str, user: str, contacts: Sequence[Json]) -> Json:
    for contact in contacts:
        names = {text_of(contact, "wa_id"), text_of(contact, "user_id")} - {""}
        if {number, user} & names:
            return contact
    # A message that names nobody is of the only person listed beside it.
    return contacts[0] if len(contacts) == 1 and not number and not user else {}
