"""One turn as a pure function: (window, message) in, (events, replies, directives, state after) out.

The house sends what Rasa must know of the past as events; nothing of a customer outlives the call, so the
next request on the same connection cannot see it, and a turn that fails leaves nothing behind.
"""

import time
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.addons.event_kinds import kind_of
from bot.addons.processor import TurnOutput, TurnProcessor
from bot.addons.replies import reply_of

LANGUAGE_SLOT = "language"
RANKING_KEPT = 5


class RequestMalformed(Exception):
    """The request does not follow the turn protocol; trying it again is of no use."""


class TurnFailed(Exception):
    """The turn broke at `stage`; nothing of it may be stored."""

    def __init__(self, stage: str) -> None:
        super().__init__(stage)
        self.stage = stage


class TurnRequest(NamedTuple):
    """What the house sends, checked for shape."""

    customer_id: str
    turn_id: str
    channel: str
    now: float
    starts_session: bool
    version: int
    slots: Dict[str, Any]
    last_action: Optional[Dict[str, Any]]
    turns: List[List[Dict[str, Any]]]
    text: str
    message_id: str
    metadata: Dict[str, Any]
    parse_data: Optional[Dict[str, Any]]


_ABSENT = object()


def _field(body: Any, name: str, kind: Any, default: Any = _ABSENT) -> Any:
    if not isinstance(body, dict):
        raise RequestMalformed(f"an object with '{name}' was expected")
    value = body.get(name, default)
    if value is _ABSENT or (value is not default and not isinstance(value, kind)):
        raise RequestMalformed(f"'{name}' is missing or of the wrong type")
    return value


def read_request(body: Any) -> TurnRequest:
    """Reads the JSON of `POST /turn`. Raises `RequestMalformed`."""
    window, message = _field(body, "window", dict), _field(body, "message", dict)
    session = _field(body, "session", str)
    if session not in ("continue", "start"):
        raise RequestMalformed("'session' must be 'continue' or 'start'")
    turns = _field(window, "turns", list, [])
    if not all(isinstance(turn, list) and all(isinstance(event, dict) for event in turn) for turn in turns):
        raise RequestMalformed("'turns' must be lists of events")
    parse_data = _field(message, "parse_data", dict, None)
    if parse_data is not None:
        _field(_field(parse_data, "intent", dict), "name", str)
        _field(parse_data, "entities", list, [])
    last_action = _field(window, "last_action", dict, None)
    return TurnRequest(
        customer_id=_field(body, "customer_id", str),
        turn_id=_field(body, "turn_id", str),
        channel=_field(body, "channel", str),
        now=float(_field(body, "now", (int, float))),
        # A customer nobody has heard of has nothing to continue.
        starts_session=session == "start" or (not turns and last_action is None),
        version=_field(window, "version", int),
        slots=_field(window, "slots", dict, {}),
        last_action=last_action,
        turns=turns,
        text=_field(message, "text", str),
        message_id=_field(message, "message_id", str),
        metadata=_field(message, "metadata", dict, {}),
        parse_data=parse_data,
    )


async def take_turn(processor: TurnProcessor, request: TurnRequest, model: str) -> Dict[str, Any]:
    """Runs one turn and returns the protocol's answer. Raises `RequestMalformed` or `TurnFailed`."""
    tracker, turn_starts = _tracker_of_window(processor, request)
    output = TurnOutput(request.channel)
    try:
        if request.starts_session:
            tracker = _tracker_of_new_session(processor, request, tracker)
            turn_starts = [0]
        before = len(tracker.events) if not request.starts_session else 0
        applied_before = [] if request.starts_session else tracker.applied_events()
        output.stage = "parse"
        parse_data = await _read_message(processor, request, tracker)
        follows = _follow_language(request, parse_data)
        _note_language(processor, request, tracker)
        output.events_before = len(tracker.events)  # the limit counts what the turn itself executes
        tracker.update(_user_event(request, parse_data), processor.domain)
        output.stage = "slots"
        await processor.extract_slots(output, tracker)
        await processor.act(output, tracker)
        output.stage = "answer"
        fresh = list(tracker.events)[before:]
        return {
            "turn_id": request.turn_id,
            "version": request.version + 1,
            "model": model,
            "events": [event.as_dict() for event in fresh],
            "replies": [reply_of(event) for event in fresh if isinstance(event, BotUttered)],
            "directives": output.directives,
            "state": _state_after(tracker),
            "facts": _facts(tracker, fresh, applied_before, turn_starts),
            "parse": _parse_summary(parse_data),
            "follows": follows,
        }
    except Exception as error:
        raise TurnFailed(output.stage) from error


# ---- the window


def _event_of(parameters: Dict[str, Any]) -> Event:
    event_class = kind_of(parameters.get("event", ""))
    if event_class is None:
        raise RequestMalformed(f"unknown event {parameters.get('event')!r}")
    try:
        return event_class._from_parameters(parameters)
    except Exception as error:
        raise RequestMalformed(f"an event '{parameters.get('event')}' cannot be read") from error


def _tracker_of_window(
    processor: TurnProcessor, request: TurnRequest
) -> Tuple[DialogueStateTracker, List[int]]:
    """The tracker as of now, and the index of the first event of each turn in the window."""
    tracker = DialogueStateTracker(request.customer_id, processor.slots_of_domain)
    for name, value in request.slots.items():
        if name in tracker.slots:  # a slot the domain dropped since is forgotten
            tracker.update(SlotSet(name, value, timestamp=request.now))
    if request.last_action is not None:
        tracker.update(_event_of(request.last_action))
    turn_starts = []
    for turn in request.turns:
        turn_starts.append(len(tracker.events))
        for parameters in turn:
            tracker.update(_event_of(parameters))
    return tracker, turn_starts


def _tracker_of_new_session(
    processor: TurnProcessor, request: TurnRequest, past: DialogueStateTracker
) -> DialogueStateTracker:
    tracker = DialogueStateTracker(request.customer_id, processor.slots_of_domain)
    tracker.update(SessionStarted(timestamp=request.now))
    if processor.domain.session_config.carry_over_slots:
        for name, value in _slots_set(past).items():
            tracker.update(SlotSet(name, value, timestamp=request.now))
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME, timestamp=request.now))
    return tracker


def _follow_language(request: TurnRequest, parse_data: Dict[str, Any]) -> Optional[str]:
    """Answers in the language of the message, when it is in one as plainly as the house wants it.

    Which that is, is known to responses and actions by `metadata.onethread.language`, as ever; returned only
    when the message decided it.
    """
    facts = request.metadata.get("onethread", {})
    told = parse_data.get("language")
    least = (facts.get("follow") or {}).get(told)
    follows = told if least and parse_data.get("language_plainness", 0) >= least else None
    language = follows or facts.get("language") or facts.get("fallback_language")
    if language:
        facts["language"] = language
    return follows


def _note_language(processor: TurnProcessor, request: TurnRequest, tracker: DialogueStateTracker) -> None:
    """The house knows the customer's language; responses choose their variation by the slot."""
    language = request.metadata.get("onethread", {}).get("language")
    if language and LANGUAGE_SLOT in tracker.slots and tracker.get_slot(LANGUAGE_SLOT) != language:
        tracker.update(SlotSet(LANGUAGE_SLOT, language, timestamp=request.now))


# ---- the message


async def _read_message(
    processor: TurnProcessor, request: TurnRequest, tracker: DialogueStateTracker
) -> Dict[str, Any]:
    minted = request.parse_data
    # A button of an older model may name an intent this one does not know: then its label is read like any
    # text.
    if minted is not None and minted["intent"]["name"] in processor.domain.intents:
        intent = {"name": minted["intent"]["name"], "confidence": 1.0}
        parse_data = {
            "intent": intent,
            "entities": [dict(entity) for entity in minted.get("entities") or []],
            "intent_ranking": [intent],
        }
    else:
        message = UserMessage(
            request.text,
            sender_id=request.customer_id,
            message_id=request.message_id,
            metadata=request.metadata,
        )
        parse_data = await processor.parse(message, tracker)
    parse_data.update(text=request.text, message_id=request.message_id, metadata=request.metadata)
    parse_data.pop("text_tokens", None)
    parse_data["intent_ranking"] = list(parse_data.get("intent_ranking", []))[:RANKING_KEPT]
    return parse_data


def _user_event(request: TurnRequest, parse_data: Dict[str, Any]) -> UserUttered:
    return UserUttered(
        request.text,
        parse_data["intent"],
        parse_data["entities"],
        parse_data,
        timestamp=request.now,
        input_channel=request.channel,
        message_id=request.message_id,
        metadata=request.metadata,
    )


async def parse_text(processor: TurnProcessor, text: str) -> Dict[str, Any]:
    """Reads one text outside any conversation (`POST /parse`); `ms` is what the pipeline took."""
    started = time.perf_counter()
    tracker = DialogueStateTracker("parse", processor.slots_of_domain)
    parsed = await processor.parse(UserMessage(text, sender_id="parse"), tracker)
    return {
        "text": text,
        "intent": {
            "name": parsed["intent"].get("name") or "nlu_fallback",
            "confidence": float(parsed["intent"].get("confidence") or 0.0),
        },
        "entities": parsed["entities"],
        "intent_ranking": parsed.get("intent_ranking", []),
        "language": parsed.get("language"),
        "ms": round((time.perf_counter() - started) * 1000, 3),
    }


# ---- the answer


def _slots_set(tracker: DialogueStateTracker) -> Dict[str, Any]:
    return {name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value}


def _state_after(tracker: DialogueStateTracker) -> Dict[str, Any]:
    last_action = tracker.get_last_event_for(ActionExecuted)
    return {
        "slots": _slots_set(tracker),
        "loop": tracker.active_loop_name,
        "last_action": last_action.as_dict() if last_action is not None else None,
    }


def _facts(
    tracker: DialogueStateTracker, fresh: List[Event], applied_before: List[Event], turn_starts: List[int]
) -> Dict[str, Any]:
    """What the house's window rule needs to know of this turn (onethread/dialogue/window.py)."""
    applied = tracker.applied_events()
    still_there = {id(event) for event in applied}
    own = {id(event) for event in fresh}
    new_session = any(isinstance(event, (SessionStarted, Restarted)) for event in fresh)
    actions = sum(
        isinstance(event, ActionExecuted) and not event.hide_rule_turn and id(event) in own
        for event in applied
    )
    last = applied[-1] if applied else None
    listening = isinstance(last, ActionExecuted) and last.action_name == ACTION_LISTEN_NAME
    return {
        "actions": actions,
        "listening": listening and not tracker.is_paused(),
        "loop": tracker.active_loop is not None,
        "session_started": new_session,
        "rewinds": 0 if new_session else _turns_reached(tracker, applied_before, still_there, turn_starts),
    }


def _turns_reached(
    tracker: DialogueStateTracker, applied_before: List[Event], still_there: set, turn_starts: List[int]
) -> int:
    """How many turns back this turn's rewinds reach: 1 = they undid something of the turn before."""
    undone = {id(event) for event in applied_before if id(event) not in still_there}
    if not undone:
        return 0
    first = next(index for index, event in enumerate(tracker.events) if id(event) in undone)
    turns_before = sum(start <= first for start in turn_starts)  # 0: it reached behind the cut
    return len(turn_starts) - turns_before + 1


def _parse_summary(parse_data: Dict[str, Any]) -> Dict[str, Any]:
    intent = parse_data["intent"]
    return {
        "intent": intent.get("name"),
        "confidence": float(intent.get("confidence") or 0.0),
        "ranking": [
            [rank.get("name"), float(rank.get("confidence") or 0.0)]
            for rank in parse_data["intent_ranking"][:3]
        ],
        "entities": parse_data["entities"],
        "language": parse_data.get("language"),
        "plainness": parse_data.get("language_plainness", 0),
    }
