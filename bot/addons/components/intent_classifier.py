"""Rasa component: a message's language and what it wants, by `understanding`, or `nlu_fallback`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .clauses import asked_beside, clauses_of
from .features import COMMON_WORDS, LANGUAGES, groups_of
from .intent_model import FALLBACK, Guess
from .language_model import DEFAULT
from .understanding import Understanding

SPANS = "spans"
"""What a message keeps its numbers and addresses under, for the entity finder; not told to anybody."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class OnethreadIntentClassifier(GraphComponent, IntentClassifier):
    """Fused features and classifier; needs nothing before it in the pipeline and decides on refusing itself.

    Config: `strength`, `rounds`, `folds`, `cost_wrong`, `cost_intruder` (see `training.Effort`),
    `ranking` (how many intents `intent_ranking` lists, the refusal itself not counted).
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OnethreadIntentClassifier:
        return cls(config, model_storage, resource)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Understanding | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "strength": 10.0,
            "rounds": 50,
            "folds": 3,
            "cost_wrong": 0.4,
            "cost_intruder": 2.0,
            "ranking": 5,
        }

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on the labelled texts and the lookup tables, and stores the model."""
        from .training import (  # scipy is for training: the serving process stays small
            Effort,
            Lesson,
            train_all,
        )

        labelled: dict[str, list[tuple[str, str]]] = {}
        for example in training_data.intent_examples:
            if example.get(TEXT):
                labelled.setdefault(language_of(example), []).append(
                    (str(example.get(TEXT)), str(example.get(INTENT)))
                )
        for language, pairs in labelled.items():
            if len({intent for _, intent in pairs}) < 2:
                raise InvalidConfigException(
                    f"There must be examples of two intents at least to learn from in {language}."
                )
        if not labelled:
            raise InvalidConfigException("There must be examples of two intents at least to learn from.")
        effort = Effort(
            **{name: value for name, value in self._config.items() if name in Effort.__dataclass_fields__}
        )
        tables = training_data.lookup_tables
        lessons = {
            language: Lesson(
                [text for text, _ in pairs], [intent for _, intent in pairs], groups_of(tables, language)
            )
            for language, pairs in sorted(labelled.items())
        }
        common = {language: _elements(tables, f"{COMMON_WORDS}_{language}") for language in lessons}
        self._model = train_all(lessons, effort, common)
        with self._model_storage.write_to(self._resource) as folder:
            for name, content in self._model.to_files().items():
                (folder / name).write_bytes(content)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OnethreadIntentClassifier:
        """The trained component; raises what the storage and `from_files` raise, so none serves untrained."""
        with model_storage.read_from(resource) as folder:
            model = Understanding.from_files({path.name: path.read_bytes() for path in folder.iterdir()})
        return cls(config, model_storage, resource, model)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            guess, clauses = self._read(message.get(TEXT) or "", _known_language(message))
            ranking = [_entry(intent, chance) for intent, chance in _ranking(guess)]
            message.set(INTENT, _entry(guess.intent, guess.confidence), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(SPANS, guess.spans)
            message.set("language", guess.language, add_to_output=True)
            message.set("language_plainness", guess.plainness, add_to_output=True)
            if clauses:
                message.set("clauses", clauses, add_to_output=True)
        return messages

    def _read(self, text: str, known: str | None) -> tuple[Guess, list[dict[str, Any]]]:
        """The message as a whole, and what its clauses want when they want different things."""
        if self._model is None:
            raise InvalidConfigException("The intent classifier was asked before it was trained.")
        model = self._model
        guess = model.guess(text, known, self._config["ranking"])
        clauses = clauses_of(text, lambda clause: model.guess_clause(clause, guess.language))
        return replace(guess, intent=asked_beside(guess.intent, clauses) or guess.intent), clauses


def language_of(example: Message) -> str:
    """The language an example's file names (`metadata: {language: ro}` beside its intent), or the default."""
    about = (example.get("metadata") or {}).get("intent") or {}
    return str(about.get("language") or DEFAULT)


def _known_language(message: Message) -> str | None:
    """The language the house knows the customer to write, when it does."""
    known = ((message.get("metadata") or {}).get("onethread") or {}).get("language")
    return known if known in LANGUAGES else None


def _elements(tables: list[dict[str, Any]], name: str) -> list[str]:
    return [str(word) for table in tables if table["name"] == name for word in table["elements"]]


def _ranking(guess: Guess) -> list[tuple[str, float]]:
    """As Rasa's own FallbackClassifier tells it: the refusal first, the guesses behind it."""
    refused = [(FALLBACK, guess.confidence)] if guess.intent == FALLBACK else []
    return [*refused, *guess.ranking]


def _entry(intent: str, confidence: float) -> dict[str, Any]:
    return {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: round(confidence, 6)}
