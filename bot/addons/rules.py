"""What the rules say next, without comparing all of them with all of the window.

Rasa makes a state of every action of the window for each prediction, and holds every rule against every
state. A rule is at most a few states long, and most are told apart by the last action and the intent.
"""

from collections import deque
from typing import Any, Deque, Dict, List, NamedTuple, Optional, Set, Text, Tuple

from rasa.core.policies.rule_policy import (
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    SHOULD_NOT_BE_SET,
    RulePolicy,
)
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

_Sign = Tuple[Optional[Text], Optional[Text]]


class _Replay(NamedTuple):
    """How far a tracker's events were walked: `states` are those before its newest actions."""

    owner: DialogueStateTracker
    walked: List[Event]
    twin: DialogueStateTracker
    states: Deque[State]


class QuickRules:
    """Answers two questions of one loaded policy of rules, the same as it would itself."""

    def __init__(self, policy: RulePolicy) -> None:
        self._policy = policy
        lookups = {name: policy.lookup.get(name, {}) for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)}
        self._indexes = {name: _index(policy, lookup) for name, lookup in lookups.items()}
        every = [key for lookup in lookups.values() for key in lookup]
        self._reach = max((len(policy._rule_key_to_state(key)) for key in every), default=1)

    def install(self) -> None:
        """Makes the policy ask here."""
        self._policy._prediction_states = self.states  # type: ignore[method-assign]
        self._policy._get_possible_keys = self.possible_keys  # type: ignore[method-assign]
        # Told to a log for debugging alone, and as long as the talk.
        self._policy.format_tracker_states = lambda states: ""

    def states(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: Optional[Dict[Text, Any]] = None,
    ) -> List[State]:
        """The newest states, as many as the longest rule has: no rule looks further back."""
        past, twin = self._walk(tracker, domain)
        states = [*past, domain.get_active_state(twin)]
        featurizer = self._policy.featurizer
        states = featurizer.slice_state_history(states, featurizer.max_history)
        states = [{part: dict(content) for part, content in state.items()} for state in states]
        featurizer._choose_last_user_input([states], use_text_for_last_user_input)
        return states

    def possible_keys(self, lookup: Dict[Text, Text], states: List[State]) -> Set[Text]:
        """The rules of this lookup that hold for the states."""
        name = RULES if lookup is self._policy.lookup[RULES] else RULES_FOR_LOOP_UNHAPPY_PATH
        index, newest = self._indexes[name], states[-1]
        action, intent = _sign(newest)
        signs = {(action, intent), (action, None), (None, intent), (None, None)}
        candidates = [key for sign in signs for key in index.get(sign, ())]
        return {
            key
            for key in candidates
            if all(
                self._policy._is_rule_applicable(key, back, state)
                for back, state in enumerate(reversed(states))
            )
        }

    def _walk(
        self, tracker: DialogueStateTracker, domain: Domain
    ) -> Tuple[List[State], DialogueStateTracker]:
        """The states before the newest actions, and a tracker of all applied events and nothing else."""
        applied = tracker.applied_events()
        replay = tracker.__dict__.get("_rules_replay")
        # A copied tracker brings its original's replay along; a rewound one has other events.
        if replay is None or replay.owner is not tracker or applied[: len(replay.walked)] != replay.walked:
            replay = _Replay(tracker, [], tracker.init_copy(), deque(maxlen=self._reach - 1))
        fresh = applied[len(replay.walked) :]
        to_come = sum(isinstance(event, ActionExecuted) for event in fresh)
        for event in fresh:
            if isinstance(event, ActionExecuted):
                if to_come < self._reach:
                    replay.states.append(domain.get_active_state(replay.twin))
                to_come -= 1
            replay.twin.update(event)
        tracker.__dict__["_rules_replay"] = replay._replace(walked=applied)
        return list(replay.states), replay.twin


def _index(policy: RulePolicy, lookup: Dict[Text, Text]) -> Dict[_Sign, List[Text]]:
    index: Dict[_Sign, List[Text]] = {}
    for key in lookup:
        index.setdefault(_sign(policy._rule_key_to_state(key)[-1]), []).append(key)
    return index


def _sign(state: State) -> _Sign:
    """The last action and the intent of a state; None where it (a rule's) does not ask for one."""
    action = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
    intent = state.get(USER, {}).get(INTENT)
    return (
        None if action == SHOULD_NOT_BE_SET else action or None,
        None if intent == SHOULD_NOT_BE_SET else intent or None,
    )
