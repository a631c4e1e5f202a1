"""Counts wrong proofs over all conversations, for a guesser can begin a new one at any time."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

WRONG_MAX = 10
"""Wrong tries on one order, or with one contact, in an hour; then only a person can help."""
_HOUR_S = 3_600.0
_KEPT = 20_000


@dataclass(slots=True)
class Guesses:
    """What one action server saw in the last hour; nothing of it is kept. Holds no contact in the clear."""

    _wrong: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)
    _contacts: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def typed(self, talk: str, contact: str) -> None:
        """The contact this conversation goes by from now on, as a digest."""
        self._contacts[talk] = contact
        self._contacts.move_to_end(talk)
        while len(self._contacts) > _KEPT:
            self._contacts.popitem(last=False)

    def missed(self, talk: str, number: str, now: float) -> None:
        """The conversation's contact is not that of order `number`, or there is no such order."""
        for key in self._keys(talk, number):
            times = self._wrong.setdefault(key, deque(maxlen=WRONG_MAX))
            times.append(now)
            self._wrong.move_to_end(key)
        while len(self._wrong) > _KEPT:
            self._wrong.popitem(last=False)

    def are_too_many(self, talk: str, number: str, now: float) -> bool:
        """Whether somebody seems to guess at this order, or with this contact."""
        found = (self._wrong.get(key, ()) for key in self._keys(talk, number))
        return any(sum(now - at < _HOUR_S for at in times) >= WRONG_MAX for times in found)

    def _keys(self, talk: str, number: str) -> list[str]:
        contact = self._contacts.get(talk)
        keys = [f"order {number}"] if number else []
        return keys if contact is None else [*keys, f"contact {contact}"]
