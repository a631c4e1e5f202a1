"""Writes a history as Rasa's own server does (`GET /conversations/<id>/tracker` of Rasa 3.6). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from onethread.ids import CustomerId
from onethread.storage.trackers import TrackedTurn

Json = Mapping[str, Any]


def tracker_json(
    customer_id: CustomerId,
    turns: Sequence[TrackedTurn],
    slots: Json,
    *,
    events: bool = True,
) -> dict[str, Any]:
    """The tracker; `slots` are what the next turn would start with. `events=False`: without them."""
    told = [event for turn in turns for event in turn.events]
    heard = _last(told, "user")
    action = _last(told, "action")
    return {
        "sender_id": str(customer_id),
        "slots": dict(slots),
        "latest_message": _latest_message(heard),
        "latest_event_time": told[-1].get("timestamp") if told else None,
        "followup_action": told[-1].get("name") if told and told[-1].get("event") == "followup" else None,
        "paused": _is_paused(told),
        "events": [dict(event) for event in told] if events else None,
        "latest_input_channel": _channel(turns, heard),
        "active_loop": {"name": turns[-1].state["loop"]} if turns and turns[-1].state.get("loop") else {},
        "latest_action": {} if action is None else {"action_name": action.get("name")},
        "latest_action_name": None if action is None else action.get("name"),
    }


def _last(events: Sequence[Json], kind: str) -> Json | None:
    return next((event for event in reversed(events) if event.get("event") == kind), None)


def _latest_message(heard: Json | None) -> dict[str, Any]:
    if heard is None:
        return {"intent": {}, "entities": [], "text": None, "message_id": None, "metadata": {}}
    parsed: Json = heard.get("parse_data") or {}
    return {
        "intent": {},
        "entities": [],
        **parsed,
        "text": heard.get("text"),
        "message_id": heard.get("message_id"),
        "metadata": heard.get("metadata") or {},
    }


def _channel(turns: Sequence[TrackedTurn], heard: Json | None) -> str | None:
    named = None if heard is None else heard.get("input_channel")
    return named or next((turn.channel for turn in reversed(turns) if turn.channel), None)


def _is_paused(events: Sequence[Json]) -> bool:
    kinds = [event.get("event") for event in events]
    return next((kind == "pause" for kind in reversed(kinds) if kind in {"pause", "resume"}), False)
