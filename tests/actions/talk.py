"""Leads a talk with the action server as Rasa does: rules choose the action, slots and replies come back."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

import httpx
import yaml

from onethread.settings import ROOT

SECRET = "s" * 32

_ENTITIES = {
    "email": re.compile(r"[\w.+-]+@[\w.-]+\.\w+"),
    "tracking_number": re.compile(r"\b[A-Z]{2}\d{10}\b"),
    "phone": re.compile(r"\+?\d[\d ()-]{7,}\d"),
    "order_number": re.compile(r"\b\d{4}\b"),
}


@dataclass
class Reply:
    """What one turn said, as the customer would see it."""

    keys: list[str]
    texts: list[str]
    buttons: list[dict[str, str]]
    directives: list[dict[str, Any]]

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


@dataclass
class Talk:
    """One conversation. `say` names the intent, since understanding is another room's work."""

    client: httpx.AsyncClient
    phone: str | None
    sender: str = field(default_factory=lambda: str(uuid4()))
    address: str = field(default_factory=lambda: str(uuid4()))
    slots: dict[str, Any] = field(default_factory=lambda: {"language": "en"})
    now: float = field(default_factory=time.time)
    language: str = "en"

    async def say(
        self,
        text: str,
        intent: str,
        *,
        ranking: tuple[str, ...] = (),
        entities: dict[str, str] | None = None,
        clauses: dict[str, str] | None = None,
        chance: float = 0.3,
        more: tuple[str, ...] = (),
    ) -> Reply:
        """One turn; `clauses` are parts of the text and what each wants, `more` all order numbers in it."""
        self.now += 5
        if intent not in {"nlu_fallback", "give_details"}:
            self.slots["misses"] = "none"  # as the slot's from_intent mapping does
        found = entities if entities is not None else extract(text)
        action = action_for(intent, self.slots.get("awaiting"))
        if action.startswith("utter_"):
            return Reply([action], [words(action, {}, self.language)], [], [])
        call = self.call(action, text, intent, ranking, found)
        latest = call["tracker"]["latest_message"]
        for one in latest["intent_ranking"]:
            one["confidence"] = chance
        if more:
            latest["entities"] = [
                {"entity": "order_number", "value": number, "start": text.index(number)} for number in more
            ]
        if clauses:
            latest["clauses"] = [
                {"start": text.index(part), "end": text.index(part) + len(part), "intent": wanted}
                for part, wanted in clauses.items()
            ]
        answer = await self.client.post("/webhook", json=call)
        assert answer.status_code == 200, answer.text
        return self._take(answer.json())

    def call(
        self, action: str, text: str, intent: str, ranking: tuple[str, ...], entities: dict[str, str]
    ) -> dict[str, Any]:
        latest = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "intent_ranking": [{"name": name, "confidence": 0.3} for name in (intent, *ranking)],
            "entities": [
                {"entity": name, "value": value, "start": text.find(value)}
                for name, value in entities.items()
            ],
            "language": self.language,
            "metadata": {
                "onethread": {
                    "channel": "sms" if self.phone else "webchat",
                    "language": self.language,
                    "address_id": self.address,
                    "phone": self.phone,
                    "trust": "attested" if self.phone else "anonymous",
                }
            },
        }
        return {
            "next_action": action,
            "sender_id": self.sender,
            "version": "3.6.21",
            "domain": {"slots": {}},
            "tracker": {
                "sender_id": self.sender,
                "slots": self.slots,
                "latest_message": latest,
                "events": [{"event": "user", "timestamp": self.now, "text": text}],
                "paused": False,
                "followup_action": None,
                "active_loop": {},
                "latest_action_name": "action_listen",
            },
        }

    def _take(self, result: dict[str, Any]) -> Reply:
        for event in result["events"]:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        reply = Reply([], [], [], [])
        for one in result["responses"]:
            if one["custom"]:
                reply.directives.append(one["custom"]["onethread"])
                continue
            if one["response"]:
                reply.keys.append(one["response"])
                reply.texts.append(words(one["response"], self.slots | one, self.language))
            else:
                reply.texts.append(one["text"])
            reply.buttons += one["buttons"]
        return reply


def extract(text: str) -> dict[str, str]:
    """Entities of a plain text, roughly; an e-mail's or phone's digits are no order number."""
    found: dict[str, str] = {}
    for name, pattern in _ENTITIES.items():
        match = pattern.search(text)
        if match:
            found[name] = match.group()
            text = text.replace(match.group(), " ")
    return found


@cache
def domain() -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for path in sorted((ROOT / "domain" / "responses").glob("*.yml")):
        merged |= yaml.safe_load(path.read_text())["responses"]
    return merged


@cache
def rules() -> dict[tuple[str, str | None], str]:
    """(intent, awaited or None) -> action, from the rules themselves."""
    chosen = {}
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text())["rules"]:
            if len(rule["steps"]) < 2:
                continue
            [condition] = rule.get("condition") or [None]
            awaited = condition["slot_was_set"][0]["awaiting"] if condition else None
            chosen[rule["steps"][0]["intent"], awaited] = rule["steps"][1]["action"]
    return chosen


def action_for(intent: str, awaited: str | None) -> str:
    return rules().get((intent, awaited)) or rules()[intent, None]


def words(key: str, values: dict[str, Any], language: str) -> str:
    [text] = [
        one["text"]
        for one in domain()[key][:-1]
        if "channel" not in one and one["condition"][0]["value"] == language
    ]
    return re.sub(r"{(\w+)}", lambda match: str(values[match.group(1)]), text)
