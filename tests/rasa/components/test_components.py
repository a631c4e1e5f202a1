"""The two components as Rasa calls them."""

import numpy
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.addons.components.entity_finder import OnethreadEntityFinder
from bot.addons.components.intent_classifier import OnethreadIntentClassifier

TEXTS = {
    "order_status": ("where is my order", "track my parcel", "has it shipped", "when does it come"),
    "cancel_order": ("cancel my order", "please cancel it", "stop the order", "i want to cancel"),
    "nlu_fallback": ("tell me a joke", "who won the game", "how is the weather", "the moon is old"),
}
FINDER = OnethreadEntityFinder.create({}, None, None, None)
LOOKUPS = [{"name": "product", "elements": ["mug"]}, {"name": "product_ru", "elements": ["чайник"]}]


def message(text):
    return Message.build(text)


@pytest.fixture
def storage(tmp_path):
    return LocalModelStorage(tmp_path)


@pytest.fixture
def data():
    return TrainingData([Message.build(text, intent) for intent, texts in TEXTS.items() for text in texts])


def classifier(storage):
    config = {**OnethreadIntentClassifier.get_default_config(), "folds": 2, "rounds": 20, "ranking": 2}
    return OnethreadIntentClassifier.create(config, storage, Resource("intents"), None)


def test_entities_carry_what_rasa_needs():
    read = FINDER.process([message("where is #1042")])[0]
    assert read.get("entities") == [
        {
            "entity": "order_number",
            "start": 9,
            "end": 14,
            "value": "#1042",
            "extractor": "OnethreadEntityFinder",
        }
    ]


def test_a_phone_is_told_as_the_number_it_is_with_the_place_it_was_written_at():
    [phone] = FINDER.process([Message({"text": "sunati la 0721 234 567 va rog", "language": "ro"})])[0].get(
        "entities"
    )
    assert (phone["entity"], phone["value"], phone["start"], phone["end"]) == (
        "phone",
        "+40721234567",
        10,
        22,
    )


def test_a_phone_of_no_country_is_no_entity():
    assert FINDER.process([message("call +999 123456789")])[0].get("entities") is None


def test_the_finder_takes_the_spans_the_classifier_found(storage, data):
    trained = classifier(storage)
    trained.train(data)
    read = FINDER.process(trained.process([message("where is 1042")]))[0]
    assert [entity["value"] for entity in read.get("entities")] == ["1042"]
    assert "spans" not in read.as_dict(only_output_properties=True)
    told = message("where is 1042")
    told.set("spans", ())
    assert FINDER.process([told])[0].get("entities") is None, "it does not look again"


def test_a_message_without_entities_is_left_alone():
    assert FINDER.process([message("hi")])[0].get("entities") is None


def test_products_of_the_lookup_tables_are_found_in_the_message_s_language(storage):
    finder = OnethreadEntityFinder.create({}, storage, Resource("entities"), None)
    resource = finder.train(TrainingData(lookup_tables=LOOKUPS))
    loaded = OnethreadEntityFinder.load({}, storage, resource, None)
    for part in (finder, loaded):
        russian = Message({"text": "чайник за 500 руб. и 1042", "language": "ru"})
        entities = part.process([russian])[0].get("entities")
        assert [(entity["entity"], entity["value"]) for entity in entities] == [
            ("product", "чайник"),
            ("amount", "500 руб."),
            ("order_number", "1042"),
        ]
        assert part.process([message("чайник")])[0].get("entities") is None


def test_a_stored_classifier_answers_as_the_trained_one(storage, data):
    trained = classifier(storage)
    resource = trained.train(data)
    loaded = OnethreadIntentClassifier.load({"ranking": 2}, storage, resource, None)
    for text in ("where is my parcel", "tell me a joke", "cancel"):
        ours, theirs = (part.process([message(text)])[0].get("intent") for part in (trained, loaded))
        assert ours["name"] == theirs["name"]
        assert ours["confidence"] == pytest.approx(theirs["confidence"], abs=0.01)


def test_a_refusal_stands_first_in_the_ranking(storage, data):
    part = classifier(storage)
    part.train(data)
    read = part.process([message("tell me a joke about the moon")])[0]
    assert read.get("intent")["name"] == "nlu_fallback"
    ranking = [entry["name"] for entry in read.get("intent_ranking")]
    assert ranking[0] == "nlu_fallback"
    assert set(ranking[1:]) <= {"order_status", "cancel_order"}


def test_what_is_stored_is_numbers_and_json_only(storage, data):
    resource = classifier(storage).train(data)
    with storage.read_from(resource) as folder:
        assert {path.suffix for path in folder.iterdir()} == {".json", ".npy"}
        for path in folder.glob("*.npy"):
            numpy.load(path, allow_pickle=False)


def test_too_little_to_learn_from_is_said(storage):
    with pytest.raises(InvalidConfigException, match="two intents"):
        classifier(storage).train(TrainingData([Message.build("hi", "greet")]))


def test_an_untrained_classifier_does_not_pretend(storage):
    with pytest.raises(InvalidConfigException, match="before it was trained"):
        classifier(storage).process([message("hi")])


def test_an_example_counts_for_the_language_its_file_names(storage):
    english = [Message.build(text, intent) for intent, texts in TEXTS.items() for text in texts]
    romanian = [
        Message(
            {
                "text": text,
                "intent": intent,
                "metadata": {"intent": {"language": "ro"}},
            }
        )
        for intent, text in (
            ("order_status", "unde este comanda mea"),
            ("order_status", "cand ajunge coletul"),
            ("cancel_order", "vreau sa anulez comanda"),
            ("cancel_order", "anulati va rog"),
        )
    ]
    part = classifier(storage)
    part.train(TrainingData([*english, *romanian]))
    assert part.process([message("unde este coletul")])[0].get("language") == "ro"
    assert part.process([message("where is my parcel")])[0].get("language") == "en"


def test_the_customers_known_language_is_heard(storage):
    part = classifier(storage)
    both = [
        ("order_status", "unde e comanda"),
        ("order_status", "a plecat coletul"),
        ("cancel_order", "anulati va rog"),
        ("cancel_order", "vreau sa renunt"),
    ]
    examples = [Message.build(text, intent) for intent, texts in TEXTS.items() for text in texts]
    examples += [
        Message({"text": text, "intent": intent, "metadata": {"intent": {"language": "ro"}}})
        for intent, text in both
    ]
    part.train(TrainingData(examples))
    known = Message({"text": "1042", "metadata": {"onethread": {"language": "ro"}}})
    assert part.process([known])[0].get("language") == "ro"
    assert part.process([message("1042")])[0].get("language") == "en"
