"""What the carrier keeps: who said STOP, by the customer's key."""

from __future__ import annotations

_STOP = frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
_START = frozenset({"start", "yes", "unstop"})
_HELP = frozenset({"help", "info"})
ANSWERS = {
    "STOP": "You are unsubscribed and will get no more messages from this number. Reply START to resume.",
    "START": "You are subscribed again. Reply HELP for help or STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Message and data rates may apply.",
}


class Carrier:
    """Between Twilio and the phones."""

    def __init__(self) -> None:
        self.opted_out: set[str] = set()

    def hear(self, key: str, text: str) -> str:
        """Act on an opt-out word; the `OptOutType` Twilio puts on the webhook, or nothing."""
        kind = self._kind(key, text.strip().lower())
        if kind == "STOP":
            self.opted_out.add(key)
        elif kind == "START":
            self.opted_out.discard(key)
        return kind

    def _kind(self, key: str, word: str) -> str:
        if word in _STOP:
            return "STOP"
        # "yes" is an answer like any other, but for somebody who had stopped.
        if word in _START and (word != "yes" or key in self.opted_out):
            return "START"
        return "HELP" if word in _HELP else ""
