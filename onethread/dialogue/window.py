"""Chooses how much of a conversation Rasa must see to act as if it saw all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_WINDOW = 30


@dataclass(frozen=True, slots=True)
class TurnFacts:
    """What a stored turn says about itself: the `facts` of the Rasa room's answer, and its version.

    actions: actions this turn added that later predictions see (hidden rule turns do not count).
    listening: the turn ended with an applied `action_listen` and is not paused.
    loop: a form was active after it.
    session_started: the turn began a session (or restarted the conversation).
    rewinds: how many turns back its rewinds reached; 1 = they undid something of the turn before.
    """

    version: int
    actions: int
    listening: bool
    loop: bool
    session_started: bool
    rewinds: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a window begins.

    after: version of the turn after which it begins; the state stored with that turn goes along. 0: the
        first turn.
    start_when_idle: no good cut lies within the longest window; start a session as soon as the customer is
        idle.
    """

    after: int
    start_when_idle: bool


def choose_cut(turns: Sequence[TurnFacts], max_history: int, longest: int = LONGEST_WINDOW) -> Cut:
    """Returns the latest cut behind which Rasa predicts the same as from the whole history.

    `turns` are a customer's turns, oldest first, without gaps, at least from the one that started the
    running session on. `max_history` is what `GET /ready` of the Rasa room says. The cut lies after a turn
    that ended listening with no form active, is reached by no later rewind, is never before the running
    session, and leaves more than `max_history` visible actions in the window. Where there is none, the
    window is the whole session.

    Raises ValueError when versions have gaps.
    """
    if not turns:
        return Cut(after=0, start_when_idle=False)
    newest = turns[-1].version
    reached = newest + 1  # oldest turn that a rewind looked at so far touches
    visible = 0
    expected = newest
    for turn in reversed(turns):
        if turn.version != expected:
            raise ValueError(f"turn {expected} is missing: the window would leave out what was said")
        if (
            turn.listening
            and not turn.loop
            and turn.version < reached
            and visible > max_history
            and newest - turn.version <= longest
        ):
            return Cut(after=turn.version, start_when_idle=False)
        if turn.session_started:
            break
        if turn.version < reached:  # what a later turn undid is no longer seen
            visible += turn.actions
        reached = min(reached, turn.version - turn.rewinds)
        expected -= 1
    first = max(expected, turns[0].version)
    return Cut(after=first - 1, start_when_idle=newest - first + 1 > longest)
