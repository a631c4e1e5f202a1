"""One run of an action: what came in, what goes out, and the few things every action does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from onethread.orders import OrdersUnavailable

from .days import Days, resolve
from .dependencies import Dependencies, dependencies
from .feelings import despairs
from .message import Facts, Said, read_facts, read_said
from .proof import Prover

QUESTION_LIVES_S = 3_600.0
"""An answer later than this belongs to no question."""

type Button = tuple[str, str]
"""Title, payload."""


@dataclass(slots=True)
class Turn:
    """The message being answered. Slots read here see what this turn has already set."""

    said: Said
    facts: Facts
    now: float
    """Seconds since 1970: when the message was taken up."""
    use: Dependencies
    prover: Prover
    _slots: Mapping[str, Any]
    _dispatcher: CollectingDispatcher
    _changes: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of the message, where the shop is."""
        return datetime.fromtimestamp(self.now, self.use.zone).date()

    def days(self, *, past: bool = False) -> list[Days]:
        """The days the message names; with `past` a day without a year or a week is the last such day."""
        found = (resolve(words, self.said.language, self.today, past=past) for words in self.said.dates)
        return [days for days in found if days is not None]

    def slot(self, name: str) -> Any:
        """The slot's value."""
        return self._changes.get(name, self._slots.get(name))

    def set(self, **slots: Any) -> None:
        """Set slots when the turn is stored."""
        self._changes.update(slots)

    def say(
        self, response: str, values: Mapping[str, str] | None = None, *, buttons: Sequence[Button] = ()
    ) -> None:
        """Reply with a response of the domain, in the customer's language; `values` fill its variables."""
        drawn = [{"title": title, "payload": payload} for title, payload in buttons]
        self._dispatcher.utter_message(response=response, buttons=drawn, **(values or {}))

    def say_text(self, text: str) -> None:
        """Reply with a text that is already in the customer's language."""
        self._dispatcher.utter_message(text=text)

    def ask_house(self, directive: Mapping[str, Any]) -> None:
        """Have the house do something in the same transaction that stores this turn."""
        self._dispatcher.utter_message(json_message={"onethread": dict(directive)})

    def call_person(self, response: str, reason: str) -> None:
        """Hand the conversation to a person, and say so."""
        self.say(response)
        self.ask_house({"type": "handoff.requested", "reason": reason})
        self.wait_for(None)
        self.set(misses="none")

    def wait_for(self, question: str | None) -> None:
        """Remember the question just asked; None: nothing is open any more."""
        self.set(awaiting=question, asked_at=self.now if question else None)

    def open_question(self) -> str | None:
        """The question still open, unless it is too old to be meant."""
        awaiting, asked_at = self.slot("awaiting"), self.slot("asked_at")
        if awaiting is None or asked_at is None or self.now - float(asked_at) > QUESTION_LIVES_S:
            return None
        return str(awaiting)

    def events(self) -> list[dict[str, Any]]:
        """The slots that really change."""
        return [
            SlotSet(name, value) for name, value in self._changes.items() if self._slots.get(name) != value
        ]


class HouseAction(Action, ABC):  # type: ignore[misc]
    """An action of this house: `answer` a turn. A shop that is down is said, not raised.

    Who writes as if in despair gets a person, whatever else the message was taken for.
    """

    @abstractmethod
    def name(self) -> str:
        """As in the domain."""

    @abstractmethod
    async def answer(self, turn: Turn) -> None:
        """Say what is to be said and set what is to be kept."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        turn = read_turn(dispatcher, tracker)
        try:
            if despairs(turn.said.text):
                turn.call_person("utter_distress", "distress")
            else:
                await self.answer(turn)
        except OrdersUnavailable:
            turn.say("utter_shop_unavailable")
            turn.wait_for("person")
        return turn.events()


def read_turn(dispatcher: CollectingDispatcher, tracker: Tracker) -> Turn:
    """Gather a turn from what Rasa sent."""
    use = dependencies()
    latest = tracker.latest_message or {}
    facts = read_facts(latest)
    return Turn(
        said=read_said(latest),
        facts=facts,
        now=_message_time(tracker) or use.clock(),
        use=use,
        prover=Prover(use.proof_key, str(tracker.sender_id), facts.address_id),
        _slots=tracker.slots or {},
        _dispatcher=dispatcher,
    )


def _message_time(tracker: Tracker) -> float | None:
    for event in reversed(tracker.events or []):
        if event.get("event") == "user":
            at = event.get("timestamp")
            return float(at) if at is not None else None
    return None
