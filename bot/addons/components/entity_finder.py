"""Rasa component: order numbers, e-mail addresses, phone numbers and tracking numbers of a message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from .spans import find


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class OnethreadEntityFinder(GraphComponent, EntityExtractorMixin):
    """Adds the spans of `spans.find` to a message's entities; needs nothing before it in the pipeline."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OnethreadEntityFinder:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            spans = find(message.get(TEXT) or "")
            if spans:
                found = [
                    {
                        "entity": span.entity,
                        "start": span.start,
                        "end": span.end,
                        "value": span.value,
                        "extractor": type(self).__name__,
                    }
                    for span in spans
                ]
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages
