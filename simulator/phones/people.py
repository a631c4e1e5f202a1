"""Who holds the phones: each person has one number, for SMS and WhatsApp alike, and one Telegram id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

_NUMBER = re.compile(r"\+[1-9]\d{4,14}")
_TELEGRAM = re.compile(r"[1-9]\d{0,15}")
_NAME_MAX = 40
_MOST = 20


class PersonRefused(ValueError):
    """Not a person we can give phones to; the text says why."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person; `key` names them on the page."""

    key: str
    name: str
    phone: str
    telegram: str

    def shown(self) -> dict[str, str]:
        """For the page."""
        return asdict(self)


class People:
    """Everybody on the page, the owner of the demo shop's order 1042 first."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self.add({"name": "Ann", "phone": "+15551230001", "telegram": "5551230001"})

    def __iter__(self) -> Iterator[Person]:
        return iter(self._people.values())

    def get(self, key: str) -> Person:
        """Raises `PersonRefused` for a stranger."""
        if key not in self._people:
            raise PersonRefused(f"nobody here is called {key!r}")
        return self._people[key]

    def add(self, said: Mapping[str, Any]) -> Person:
        """One more; the Telegram id may be left out. Raises `PersonRefused`."""
        name, phone = str(said.get("name") or "").strip(), str(said.get("phone") or "").strip()
        telegram = str(said.get("telegram") or "").strip() or phone.removeprefix("+")
        if not 0 < len(name) <= _NAME_MAX:
            raise PersonRefused(f"a name has 1 to {_NAME_MAX} characters")
        if not _NUMBER.fullmatch(phone):
            raise PersonRefused("a phone number looks like +15551230002")
        if not _TELEGRAM.fullmatch(telegram):
            raise PersonRefused("a Telegram id has up to 16 digits")
        if any(phone == other.phone or telegram == other.telegram for other in self):
            raise PersonRefused("somebody here has this number or this id")
        if len(self._people) >= _MOST:
            raise PersonRefused(f"no more than {_MOST} people")
        person = Person(f"p{len(self._people) + 1}", name, phone, telegram)
        self._people[person.key] = person
        return person
