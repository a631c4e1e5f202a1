"""Quick rules and left out policies change no prediction, over random turns with forms and rewinds."""

import asyncio
import os
import random

import pytest

from tests.rasa.action_server import FakeActionServer
from tests.rasa.conftest import behave
from tests.rasa.room import EMPTY, after, tap, turn_body

TEXTS = ["hello", "sad", "indeed", "nope", "travel", "Rome", "Oslo", "undo", "person", "yes", "what?", "ears"]


@pytest.fixture
def comparing(fixture_models):
    """The fixture assistant's processor, which asks both ways for every prediction."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    import structlog
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.engine.constants import PLACEHOLDER_TRACKER

    from bot.addons import action_calls, processor

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    processor.install()

    class AsksBothWays(processor.TurnProcessor):
        def __init__(self, path, endpoint):
            super().__init__(path, endpoint)
            self.seen = []
            self.states_seen = []
            # The same model once more, its policies as Rasa wrote them.
            self.plain_runner = self._load_model(path)[2]

        def predict_next_with_tracker_if_should(self, tracker):
            if not tracker.followup_action:
                target = self.model_metadata.core_target
                whole = self.plain_runner.run({PLACEHOLDER_TRACKER: tracker}, targets=[target])[target]
                short = self._rules_first.predict(tracker, self.domain)
                self.seen.append((_told(short), _told(whole)))
                self.states_seen.extend(self._states_both_ways(tracker))
            return super().predict_next_with_tracker_if_should(tracker)

        def _states_both_ways(self, tracker):
            rules = next(one for one in self.graph_runner.components if type(one) is RulePolicy)
            for by_text in (True, False):
                whole = RulePolicy._prediction_states(rules, tracker, self.domain, by_text)
                quick = rules._prediction_states(tracker, self.domain, by_text)
                longest = max(len(rules._rule_key_to_state(key)) for key in rules.lookup["rules"])
                yield quick, whole[-longest:]

    model = next(fixture_models.glob("onethread-*.tar.gz"))
    return lambda url: AsksBothWays(model, action_calls.ActionEndpoint(url=url))


def _told(prediction):
    return {
        "probabilities": prediction.probabilities,
        "policy": prediction.policy_name,
        "events": [event.as_dict() for event in prediction.events if not setattr(event, "timestamp", 0)],
        "hidden": prediction.hide_rule_turn,
        "no_user": prediction.is_no_user_prediction,
        "by_text": prediction.is_end_to_end_prediction,
    }


def test_a_prediction_is_the_same_as_all_policies_together_make(comparing):
    dice = random.Random(3)

    async def talk(processor):
        from bot.addons.turn import TurnFailed, read_request, take_turn

        windows = [EMPTY] * 10
        try:
            for _ in range(300):
                number = dice.randrange(len(windows))
                meant = tap("travel", city="Oslo") if dice.random() < 0.1 else None
                session = "start" if windows[number]["version"] == 0 else "continue"
                body = turn_body(dice.choice(TEXTS), window=windows[number], session=session, tap=meant)
                try:
                    answer = await take_turn(processor, read_request(body), "model")
                except TurnFailed:
                    continue
                windows[number] = after(windows[number], answer) if answer["version"] < 25 else EMPTY
        finally:
            await processor.action_endpoint.close()

    with FakeActionServer(behave).running() as server:
        processor = comparing(server.url)
        asyncio.run(talk(processor))

    different = [(short, whole) for short, whole in processor.seen if short != whole]
    assert not different, different[:2]
    assert all(quick == whole for quick, whole in processor.states_seen)
    assert any(len(whole) > 1 for _, whole in processor.states_seen)
    policies = {whole["policy"].rsplit("_", 1)[-1] for _, whole in processor.seen}
    assert {"RulePolicy", "AugmentedMemoizationPolicy"} <= policies
    assert len(processor.seen) > 500
