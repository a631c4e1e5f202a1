"""Reads training data as Rasa does, without doing the same work five times; for `bot/train.py` only.

Rasa reads every file twice, and each time once more with a YAML parser in Python, only to know the line of a
fault; at each of five merges it copies every example deeply and computes its fingerprint anew.
"""

import functools
import logging
from collections import OrderedDict
from typing import Any, List, Optional, Text


def install() -> None:
    """Make what this process reads from now on quick; what is read and what is refused stays the same."""
    _check_files_quickly()
    _read_files_once()
    _merge_without_copies()


def _check_files_quickly() -> None:
    import pkg_resources
    from pykwalify.core import Core
    from rasa.shared.constants import PACKAGE_NAME, RESPONSES_SCHEMA_FILE, SCHEMA_EXTENSIONS_FILE
    from rasa.shared.utils import validation
    from rasa.shared.utils.io import read_yaml, read_yaml_file

    thorough = validation.validate_yaml_schema
    passed = set()

    def validate(content: Text, schema_path: Text, package_name: Text = PACKAGE_NAME) -> None:
        if (content, schema_path) in passed:
            return
        logging.getLogger("pykwalify").setLevel(logging.CRITICAL)
        places = ((package_name, schema_path), (PACKAGE_NAME, RESPONSES_SCHEMA_FILE))
        schema = {}
        for package, path in places:
            schema.update(read_yaml_file(pkg_resources.resource_filename(package, path)))
        extensions = [pkg_resources.resource_filename(PACKAGE_NAME, SCHEMA_EXTENSIONS_FILE)]
        try:
            Core(source_data=read_yaml(content), schema_data=schema, extensions=extensions).validate()
        except Exception:  # whatever it was, Rasa's own check says what and in which line
            thorough(content, schema_path, package_name)
        passed.add((content, schema_path))

    validation.validate_yaml_schema = validate


def _read_files_once() -> None:
    from rasa.shared.nlu.training_data import loading

    loading.load_data = functools.lru_cache(maxsize=None)(loading.load_data)


def _merge_without_copies() -> None:
    """Nothing changes an example between reading and training, so what is merged may be shared."""
    from rasa.shared.nlu.constants import INTENT, RESPONSE
    from rasa.shared.nlu.training_data import util
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    def sanitize(examples: List[Message]) -> List[Message]:
        for example in examples:
            for key in (INTENT, RESPONSE):
                value = example.get(key)
                if value and value != value.strip():  # setting it forgets the fingerprint
                    example.set(key, value.strip())
        return list(OrderedDict.fromkeys(examples))

    def merge(self: Any, *others: Optional[Any]) -> Any:
        merged = [self, *(other for other in others if other)]
        synonyms: dict = {}
        responses: dict = {}
        for data in merged:
            for text, synonym in data.entity_synonyms.items():
                util.check_duplicate_synonym(synonyms, text, synonym, "merging training data")
            synonyms.update(data.entity_synonyms)
            responses.update(data.responses)
        return TrainingData(
            [example for data in merged for example in data.training_examples],
            synonyms,
            [feature for data in merged for feature in data.regex_features],
            [table for data in merged for table in data.lookup_tables],
            responses,
        )

    TrainingData.sanitize_examples = staticmethod(sanitize)
    TrainingData.merge = merge
