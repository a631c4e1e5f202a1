"""Rasa component: numbers, addresses, dates, amounts and products of a message, with their places."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from . import phones
from .intent_classifier import SPANS
from .language_model import DEFAULT
from .products import Products
from .spans import PHONE, Span, find_all

PRODUCT = "product"
_FILE = "products.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class OnethreadEntityFinder(GraphComponent, EntityExtractorMixin):
    """Adds the spans of `spans.find_all`, and the products of the training data's lookup tables.

    Stands behind the classifier, which tells the message's language; without it products are read as English.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OnethreadEntityFinder:
        return cls(model_storage, resource, Products({}))

    def __init__(self, model_storage: ModelStorage, resource: Resource, products: Products) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._products = products

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the names of products."""
        self._products = Products.of_tables(training_data.lookup_tables)
        names = {language: sorted(known) for language, known in sorted(self._products.names.items())}
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OnethreadEntityFinder:
        with model_storage.read_from(resource) as folder:
            names = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        products = Products({language: frozenset(known) for language, known in names.items()})
        return cls(model_storage, resource, products)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            language = message.get("language") or DEFAULT
            spans = find_all(text, message.get(SPANS))
            found = [
                self._entity(span.entity, value, span.start, span.end)
                for span in spans
                if (value := _value(span, language)) is not None
            ]
            for start, end in self._products.find(text, language):
                if all(end <= span.start or start >= span.end for span in spans):
                    found.append(self._entity(PRODUCT, text[start:end], start, end))
            if found:
                found.sort(key=lambda entity: entity["start"])
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _entity(self, entity: str, value: str, start: int, end: int) -> dict[str, Any]:
        return {
            "entity": entity,
            "start": start,
            "end": end,
            "value": value,
            "extractor": type(self).__name__,
        }


def _value(span: Span, language: str) -> str | None:
    """What the entity says; None: there is no such phone number."""
    return phones.read(span.value, language) if span.entity == PHONE else span.value
