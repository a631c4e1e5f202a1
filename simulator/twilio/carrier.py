"""What the carrier keeps: who said STOP, and what each phone shows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from .messages import SentMessage

_STOP = frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
_START = frozenset({"start", "yes", "unstop"})
_HELP = frozenset({"help", "info"})
_ANSWERS = {
    "STOP": "You are unsubscribed and will get no more messages from this number. Reply START to resume.",
    "START": "You are subscribed again. Reply HELP for help or STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Message and data rates may apply.",
}


@dataclass(slots=True)
class Bubble:
    """One message as a phone shows it; `side` is `out` (the phone's owner), `in` or `carrier`."""

    side: str
    text: str
    state: str = ""
    at: float = field(default_factory=time.time)
    message: SentMessage | None = None

    def shown(self) -> dict[str, object]:
        """For the page."""
        state = self.message.status if self.message else self.state
        return {"side": self.side, "text": self.text, "state": state, "at": self.at}


class Carrier:
    """Between Twilio and the phones."""

    def __init__(self) -> None:
        self.opted_out: set[str] = set()
        self.phones: dict[str, list[Bubble]] = {}

    def wrote(self, phone: str, text: str) -> Bubble:
        """A phone sent something to our number."""
        bubble = Bubble("out", text, "sending")
        self.phones.setdefault(phone, []).append(bubble)
        return bubble

    def delivered(self, message: SentMessage) -> None:
        """A phone got something from the house."""
        bubble = Bubble("in", message.body, message=message)
        self.phones.setdefault(message.to, []).append(bubble)

    def hear(self, phone: str, text: str) -> str:
        """Act on an opt-out word and answer it; the `OptOutType` Twilio puts on the webhook, or nothing."""
        kind = self._kind(phone, text.strip().lower())
        if not kind:
            return ""
        if kind == "STOP":
            self.opted_out.add(phone)
        elif kind == "START":
            self.opted_out.discard(phone)
        self.phones.setdefault(phone, []).append(Bubble("carrier", _ANSWERS[kind]))
        return kind

    def _kind(self, phone: str, word: str) -> str:
        if word in _STOP:
            return "STOP"
        # "yes" is an answer like any other, but for somebody who had stopped.
        if word in _START and (word != "yes" or phone in self.opted_out):
            return "START"
        return "HELP" if word in _HELP else ""
