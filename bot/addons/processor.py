"""Rasa's message processor, made to fail loudly and to keep nothing."""

import copy
import functools
import json
import os
import tarfile
import tempfile
import zlib
from collections import deque
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Text, Tuple

import rasa.core.actions.action as rasa_actions
from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.exceptions import ActionLimitReached, ModelNotFound
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core.constants import ACTION_EXTRACT_SLOTS
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    Event,
    ReminderScheduled,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.addons import action_calls, applied, event_kinds
from bot.addons.policies import RulesFirst
from bot.addons.replies import take_directives
from bot.addons.runner import SequentialGraphRunner

MAX_ACTIONS = 10
# How a sign is written that would be a mark: as in connectors/contract/marks.py, which cannot be loaded here.
_LITERAL = str.maketrans({sign: f"\\{sign}" for sign in "\\*[]"})
MAX_MODEL_BYTES = 500_000_000  # unpacked: a model is a few MB, an archive that unpacks to more is not ours


class RemindersRefused(Exception):
    """An action asked Rasa for a reminder; timers are the house's (design D8)."""


class TurnOutput(OutputChannel):
    """The customer's channel during one turn: names the channel variations, keeps the turn's books."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.stage = "window"
        self.actions_run = 0
        self.directives: List[Dict[str, Any]] = []
        self.events_before = 0

    def name(self) -> Text:  # type: ignore[override]
        """The customer's channel, by which Rasa picks `channel:` variations."""
        return self._channel

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Sends nothing: replies are the turn's events."""


class SteadyNlg(TemplatedNaturalLanguageGenerator):
    """Chooses a response's variation by the message answered, so that a repeated turn says the same."""

    async def generate(
        self, utter_action: Text, tracker: DialogueStateTracker, output_channel: Text, **kwargs: Any
    ) -> Optional[Dict[Text, Any]]:
        slots = tracker.current_slot_values()
        if utter_action not in self.responses:
            return None
        suitable = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, slots
        )
        if not suitable:
            return None
        message_id = tracker.latest_message.message_id if tracker.latest_message else ""
        choice = zlib.crc32(f"{message_id} {utter_action}".encode()) % len(suitable)
        source = suitable[choice]
        filled = self._fill_response(copy.deepcopy(source), slots, **kwargs)
        if filled and source.get("text"):
            # Only who wrote the response can make something bold or a link, never a value filled in.
            text = self._fill_response({"text": source["text"]}, _literal(slots), **_literal(kwargs))
            filled["text"] = text["text"]
        return filled


def _literal(values: Mapping[Text, Any]) -> Dict[Text, Any]:
    return {
        name: value.translate(_LITERAL) if isinstance(value, str) else value for name, value in values.items()
    }


class TurnProcessor(MessageProcessor):
    """One loaded model. Its steps are called by bot/addons/turn.py with a tracker built from the request."""

    def __init__(self, model_path: Path, action_endpoint: Optional[EndpointConfig]) -> None:
        super().__init__(
            model_path,
            tracker_store=None,
            lock_store=None,
            generator=None,
            action_endpoint=action_endpoint,
            max_number_of_predictions=MAX_ACTIONS,
        )
        self.nlg = SteadyNlg(self.domain.responses)
        self.slots_of_domain = list(self.domain.slots)
        self._action_names = list(self.domain.action_names_or_texts)
        self._actions: Dict[Text, Action] = {}
        self._rules_first = RulesFirst(self.graph_runner, self.model_metadata.core_target)

    @staticmethod
    def _load_model(model_path: Path) -> Tuple[Text, ModelMetadata, SequentialGraphRunner]:
        _refuse_bomb(Path(model_path))
        with tempfile.TemporaryDirectory() as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, SequentialGraphRunner
            )
        return os.path.basename(model_path), metadata, runner

    async def parse(self, message: UserMessage, tracker: DialogueStateTracker) -> Dict[Text, Any]:
        """Reads one message with the model's pipeline."""
        return self._parse_message_with_graph(message, tracker, only_output_properties=True)

    async def extract_slots(self, output: TurnOutput, tracker: DialogueStateTracker) -> None:
        """Fills the slots the domain maps from this message."""
        events = await self._action(ACTION_EXTRACT_SLOTS).run(output, self.nlg, tracker, self.domain)
        tracker.update_with_events(events, self.domain)

    async def act(self, output: TurnOutput, tracker: DialogueStateTracker) -> None:
        """Predicts and runs actions until the assistant listens or the turn's limit is reached."""
        await self._run_prediction_loop(output, tracker)

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        await self.extract_slots(output_channel, tracker)
        return tracker

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> Tuple[Action, PolicyPrediction]:
        if tracker.followup_action:
            prediction = self._predict_next_with_tracker(tracker)
        else:
            prediction = self._rules_first.predict(tracker, self.domain)
        return self._action(self._action_names[prediction.max_confidence_index]), prediction

    async def _run_prediction_loop(self, output_channel: TurnOutput, tracker: DialogueStateTracker) -> None:
        # Rasa counts back to the last action_listen, which an action may itself return: that turn never
        # ended.
        go_on = True
        while go_on and self._should_handle_message(tracker):
            if self._actions_so_far(output_channel, tracker) >= self.max_number_of_predictions:
                break
            output_channel.stage = "predict"
            action, prediction = self.predict_next_with_tracker_if_should(tracker)
            if prediction.is_end_to_end_prediction:
                await self.extract_slots(output_channel, tracker)
            go_on = await self._run_action(action, tracker, output_channel, self.nlg, prediction)

    @staticmethod
    def _actions_so_far(output: TurnOutput, tracker: DialogueStateTracker) -> int:
        fresh = list(tracker.events)[output.events_before :]
        return max(output.actions_run, sum(isinstance(event, ActionExecuted) for event in fresh))

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: TurnOutput,
        nlg: Any,
        prediction: PolicyPrediction,
    ) -> bool:
        """Runs one action; unlike Rasa's own, whatever it raises but a rejection ends the turn."""
        output_channel.stage = f"action:{action.name()}"
        output_channel.actions_run += 1
        seen_by_action = tracker
        if prediction.events:
            seen_by_action = _light_copy(tracker)
            seen_by_action.update_with_events(prediction.events, self.domain)
        try:
            events = await action.run(output_channel, nlg, seen_by_action, self.domain)
        except ActionExecutionRejection:
            tracker.update(
                ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence)
            )
            return self.should_predict_another_action(action.name())
        kept, directives = take_directives(events or [])
        output_channel.directives.extend(directives)
        self._log_action_on_tracker(tracker, action, kept, prediction)
        if any(isinstance(event, UserUttered) for event in kept):
            await self.extract_slots(output_channel, tracker)
        await self._schedule_reminders(kept, tracker, output_channel)
        return self.should_predict_another_action(action.name())

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: Optional[List[Event]],
        prediction: PolicyPrediction,
    ) -> None:
        events = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)

    @staticmethod
    async def _schedule_reminders(events: List[Event], tracker: Any, output_channel: Any) -> None:
        if any(isinstance(event, ReminderScheduled) for event in events):
            raise RemindersRefused("An action scheduled a reminder in Rasa; use a job of the house.")

    def _action(self, name: Text) -> Action:
        if name not in self._actions:
            self._actions[name] = rasa_actions.action_for_name_or_text(
                name, self.domain, self.action_endpoint
            )
        return self._actions[name]


def _copy_slot(slot: Slot) -> Slot:
    """As `copy.copy`, which asks the slot how it is pickled; each tracker copies every slot."""
    twin = slot.__class__.__new__(slot.__class__)
    twin.__dict__.update(slot.__dict__)
    return twin


def _light_copy(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A copy whose changes stay its own, without replaying every event as `tracker.copy` does."""
    twin = copy.copy(tracker)
    twin.events = deque(tracker.events, tracker._max_event_history)
    twin.slots = {name: copy.copy(slot) for name, slot in tracker.slots.items()}
    twin.active_loop = copy.copy(tracker.active_loop)
    return twin


def _refuse_bomb(model_path: Path) -> None:
    if not model_path.is_file():
        raise ModelNotFound(f"No model at '{model_path}'.")
    total = 0
    with tarfile.open(model_path, "r:gz") as archive:
        for member in archive:
            total += member.size
            if total > MAX_MODEL_BYTES:
                raise ModelNotFound(f"'{model_path.name}' unpacks to more than {MAX_MODEL_BYTES} bytes.")


def install() -> None:
    """Makes this process a serving one: a typed `/` is text, and actions are called in our way."""
    RegexMessageHandler.process = lambda self, messages, domain=None: messages
    Slot.__copy__ = _copy_slot  # type: ignore[attr-defined]
    # Rasa parses every rule's JSON again for every state it compares.
    RulePolicy._rule_key_to_state = staticmethod(functools.lru_cache(maxsize=None)(json.loads))
    applied.install()
    event_kinds.install()
    action_calls.install()


__all__ = ["ActionLimitReached", "RemindersRefused", "TurnOutput", "TurnProcessor", "install"]
