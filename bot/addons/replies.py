"""Takes a turn's replies and directives out of the events an action returned."""

import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

import jsonschema
from rasa.shared.core.events import BotUttered, Event

KEY = "onethread"
_SCHEMA = json.loads((Path(__file__).parent / "directives.schema.json").read_text(encoding="utf-8"))
_VALIDATOR = jsonschema.Draft7Validator(_SCHEMA)
# What Rasa writes into a response's metadata for its own use.
_RASA_METADATA = ("utter_action", "condition", "channel", "id", "model_id", "assistant_id")


class DirectiveInvalid(Exception):
    """An action asked for something the house does not know; the turn must fail."""


def take_directives(events: List[Event]) -> Tuple[List[Event], List[Dict[str, Any]]]:
    """Splits events into (events without directives, directives in order).

    A message that carried nothing but a directive disappears. Raises `DirectiveInvalid`.
    """
    kept: List[Event] = []
    directives: List[Dict[str, Any]] = []
    for event in events:
        custom = event.data.get("custom") if isinstance(event, BotUttered) else None
        if not isinstance(custom, dict) or KEY not in custom:
            kept.append(event)
            continue
        asked = custom[KEY]
        for directive in asked if isinstance(asked, list) else [asked]:
            directives.append(_valid(directive))
        rest = {key: value for key, value in custom.items() if key != KEY}
        event.data["custom"] = rest or None
        if event.text or any(event.data.values()):
            kept.append(event)
    return kept, directives


def _valid(directive: Any) -> Dict[str, Any]:
    if not _VALIDATOR.is_valid(directive):
        kind = directive.get("type") if isinstance(directive, dict) else type(directive).__name__
        raise DirectiveInvalid(f"An action returned a directive the schema refuses (type {kind!r}).")
    return dict(directive)


def reply_of(event: BotUttered) -> Dict[str, Any]:
    """One reply as the turn protocol writes it."""
    data = event.data
    metadata = {key: value for key, value in event.metadata.items() if key not in _RASA_METADATA}
    if data.get("custom"):
        metadata["custom"] = data["custom"]
    buttons = [*(data.get("buttons") or []), *(data.get("quick_replies") or [])]
    return {
        "text": event.text,
        "buttons": [
            {"title": str(button.get("title", "")), "payload": str(button.get("payload", ""))}
            for button in buttons
        ],
        "image": data.get("image") or data.get("attachment"),
        "response": event.metadata.get("utter_action"),
        "metadata": metadata,
    }
