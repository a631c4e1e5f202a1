"""Has each training text read by a pipeline that was trained without it, and prints one JSON object a text.

    .venvs/bot/bin/python bot/crossvalidate.py [--folds N] [--root FOLDER]

The pipeline of config.yml, trained on all folds but one, reads that one; no model is kept. Of each intent of
each language a fold holds the like share, and texts that are nearly the same stand in one fold: else they
would vouch for one another. An object is as `bot/parse.py --timed` prints it, with `label` and `written_in`
(the language the file of the text names) beside. How far it is goes to stderr. Exit codes: 0 all read,
2 there is nothing to train on or Rasa refuses it; one sentence on stderr.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import IO, Any, Dict, Iterator, List, Optional, Sequence

ROOT = Path(__file__).resolve().parent.parent
os.environ["RASA_TELEMETRY_ENABLED"] = "false"


def main(argv: Optional[List[str]] = None) -> int:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(prog="bot/crossvalidate.py")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="folder that holds config.yml, domain/ and data/"
    )
    options = parser.parse_args(argv)
    root = options.root.resolve()
    os.chdir(root)
    sys.path[:0] = [str(ROOT), str(root)]
    answers = sys.stdout
    sys.stdout = sys.stderr  # nothing but answers may stand among the answers
    warnings.showwarning = lambda *_args, **_kwargs: None  # a filter would not do: imported packages reset it
    logging.basicConfig(level=logging.ERROR)
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    from rasa.shared.exceptions import RasaException

    try:
        for answer in cross_validate(root, options.folds, sys.stderr):
            answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
            answers.flush()
    except RasaException as error:
        sys.stderr.write(f"Nothing was measured: {' '.join(str(error).split())}\n")
        return 2
    return 0


def cross_validate(root: Path, folds: int, news: IO[str]) -> Iterator[Dict[str, Any]]:
    """What is understood of each labelled text of `root`, fold after fold; raises what Rasa raises."""
    from rasa.shared.exceptions import InvalidConfigException
    from rasa.shared.importers.rasa import RasaFileImporter
    from rasa.shared.nlu.constants import INTENT, TEXT

    from bot.addons.components.intent_classifier import language_of

    importer = RasaFileImporter(str(root / "config.yml"), str(root / "domain"), [str(root / "data")])
    data = importer.get_nlu_data()
    examples = [example for example in data.intent_examples if example.get(TEXT)]
    if not examples or folds < 2:
        raise InvalidConfigException("There must be labelled texts, and two folds at least.")
    texts = [str(example.get(TEXT)) for example in examples]
    intents = [str(example.get(INTENT)) for example in examples]
    languages = [language_of(example) for example in examples]
    fold_of = deal_out(texts, intents, languages, data.lookup_tables, folds)
    pipeline = importer.get_config()["pipeline"]
    for fold in range(folds):
        kept_back = [place for place in range(len(texts)) if fold_of[place] == fold]
        learnt = [example for example, own in zip(examples, fold_of, strict=True) if own != fold]
        news.write(f"fold {fold + 1} of {folds}: training on {len(learnt)} texts\n")
        news.flush()
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="crossvalidate-") as folder:
            components = train(pipeline, _part_of(data, learnt), Path(folder))
            news.write(f"  {time.monotonic() - began:.0f} s; reading the other {len(kept_back)}\n")
            news.flush()
            for place in kept_back:
                yield {
                    **_read(components, texts[place]),
                    "label": intents[place],
                    "written_in": languages[place],
                }


def deal_out(
    texts: Sequence[str],
    intents: Sequence[str],
    languages: Sequence[str],
    tables: List[Dict[str, Any]],
    folds: int,
) -> List[int]:
    """The fold of each text: every intent of every language spread evenly, near copies together."""
    from bot.addons.components.features import build, groups_of
    from bot.addons.components.spans import find, mask
    from bot.addons.components.training import matrix, split_folds

    fold_of = [0] * len(texts)
    for language in sorted(set(languages)):
        places = [place for place, own in enumerate(languages) if own == language]
        masked = [mask(texts[place], find(texts[place])) for place in places]
        features = matrix(masked, build(masked, groups_of(tables, language), language))
        for intent in sorted({intents[place] for place in places}):
            rows = [row for row, place in enumerate(places) if intents[place] == intent]
            for row, fold in zip(rows, split_folds(features[rows], folds), strict=True):
                fold_of[places[row]] = int(fold)
    return fold_of


def train(pipeline: List[Dict[str, Any]], data: Any, folder: Path) -> List[Any]:
    """The components of the pipeline, trained on the data and loaded as a server loads them."""
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.utils.common import class_from_module_path

    storage = LocalModelStorage.create(folder)
    context = ExecutionContext(GraphSchema({}))
    components = []
    for place, entry in enumerate(pipeline):
        kind = class_from_module_path(entry["name"])
        config = {**kind.get_default_config(), **entry}
        resource = Resource(f"{place}-{kind.__name__}")
        component = kind.create(config, storage, resource, context)
        if hasattr(component, "train"):
            component.train(data)
            component = kind.load(config, storage, resource, context)
        components.append(component)
    return components


def _part_of(data: Any, learnt: List[Any]) -> Any:
    from rasa.shared.nlu.training_data.training_data import TrainingData

    return TrainingData(
        learnt,
        entity_synonyms=data.entity_synonyms,
        regex_features=data.regex_features,
        lookup_tables=data.lookup_tables,
    )


def _read(components: List[Any], text: str) -> Dict[str, Any]:
    from rasa.shared.nlu.training_data.message import Message

    message = Message.build(text)
    began = time.perf_counter()
    for component in components:
        component.process([message])
    ms = (time.perf_counter() - began) * 1000
    return {
        "text": text,
        "intent": message.get("intent")["name"],
        "confidence": message.get("intent")["confidence"],
        "language": message.get("language"),
        "intent_ranking": message.get("intent_ranking"),
        "ms": round(ms, 3),
    }


if __name__ == "__main__":
    sys.exit(main())
