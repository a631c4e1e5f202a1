"""The events of a tracker that count, without walking them again for every question.

Rasa asks a dozen times a turn which events were not undone, and each time walks all of them twice.
"""

from typing import List

from rasa.shared.core.events import (
    ActionReverted,
    ActiveLoop,
    Event,
    LegacyForm,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.trackers import DialogueStateTracker

_STARTS = (Restarted, SessionStarted)
# With none of these in sight every event after the last start counts.
_NEEDS_RASA = frozenset({ActionReverted, UserUtteranceReverted, ActiveLoop, LegacyForm})
_ask_rasa = DialogueStateTracker.applied_events


def applied_events(tracker: DialogueStateTracker) -> List[Event]:
    """Same as Rasa's `applied_events`; events are only ever appended, so their number tells what is known."""
    count = len(tracker.events)
    known = tracker.__dict__.get("_applied_at")
    if known is None or known[0] != count:
        known = (count, _applied(tracker))
        tracker.__dict__["_applied_at"] = known
    return list(known[1])


def _applied(tracker: DialogueStateTracker) -> List[Event]:
    applied: List[Event] = []
    for event in tracker.events:
        kind = type(event)
        if kind in _NEEDS_RASA:
            return _ask_rasa(tracker)
        if kind in _STARTS:
            applied = []
        else:
            applied.append(event)
    return applied


def install() -> None:
    """Serving process only."""
    DialogueStateTracker.applied_events = applied_events
