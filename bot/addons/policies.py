"""Predicts the next action without asking policies whose answer could not change it.

Rasa asks every policy and takes the most confident, of equals the one with the highest priority. Where the
rules are certain, a policy that only remembers stories cannot win any more, and it costs the most of a turn.
The rules themselves are asked the quick way (rules.py).
"""

from typing import Any, Dict, Optional, Text

from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.memoization import AugmentedMemoizationPolicy, MemoizationPolicy
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.constants import PLACEHOLDER_TRACKER
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected
from rasa.shared.core.trackers import DialogueStateTracker

from bot.addons.rules import QuickRules
from bot.addons.runner import SequentialGraphRunner

# They predict with a confidence of at most 1, bring no events and never claim a turn without user input.
_ONLY_REMEMBERS = (MemoizationPolicy, AugmentedMemoizationPolicy)


class RulesFirst:
    """The prediction of a loaded model; the same as Rasa's for every tracker."""

    def __init__(self, runner: SequentialGraphRunner, target: Text) -> None:
        self._runner = runner
        self._target = target
        self._ensemble = runner.component(target)
        self._rules = self._node_that_can_decide()
        for component in runner.components:
            if type(component) is RulePolicy:
                QuickRules(component).install()

    def predict(self, tracker: DialogueStateTracker, domain: Domain) -> PolicyPrediction:
        """What Rasa's ensemble of all policies would predict."""
        inputs: Dict[Text, Any] = {PLACEHOLDER_TRACKER: tracker}
        if self._rules is not None:
            ruled = self._runner.run(inputs, targets=[self._rules])[self._rules]
            if _is_final(ruled, tracker):
                return self._ensemble.combine_predictions([ruled], tracker, domain)
            inputs[self._rules] = ruled
        return self._runner.run(inputs, targets=[self._target])[self._target]

    def _node_that_can_decide(self) -> Optional[Text]:
        """The rules' node, or None where this model has policies that could overrule certain rules."""
        sources = self._runner.sources(self._target)
        policies = {name: self._runner.component(name) for name in sources}
        policies = {name: policy for name, policy in policies.items() if isinstance(policy, Policy)}
        rules = [name for name, policy in policies.items() if type(policy) is RulePolicy]
        if type(self._ensemble) is not DefaultPolicyPredictionEnsemble or len(rules) != 1:
            return None
        others = [policy for name, policy in policies.items() if name != rules[0]]
        rank = policies[rules[0]].priority
        outranked = all(type(policy) in _ONLY_REMEMBERS and policy.priority < rank for policy in others)
        return rules[0] if outranked else None


def _is_final(ruled: PolicyPrediction, tracker: DialogueStateTracker) -> bool:
    if not ruled.is_no_user_prediction and ruled.max_confidence < 1.0:
        return False
    for event in reversed(tracker.events):
        if isinstance(event, ActionExecutionRejected):
            return False  # the ensemble takes the rejected action out of every prediction
        if isinstance(event, ActionExecuted):
            break
    return True
