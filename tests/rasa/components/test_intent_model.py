"""What a message wants: learning, refusing, keeping and loading."""

import json
import os
import subprocess
import sys

import pytest

from bot.addons.components.features import groups_of, read
from bot.addons.components.intent_model import FALLBACK, IntentModel, UnknownFormat
from bot.addons.components.training import Effort, train
from tests.rasa.room import ROOT

WANTED = {
    "order_status": "where is my {}|when does my {} arrive|has the {} been sent|track my {}|my {} is late",
    "cancel_order": "cancel the {}|i want to cancel my {}|stop my {} now|please cancel {}|no {} any more",
    "give_details": "order 1042|it's 1066|the number is 1203|my email is a@b.org|number 1187|its 1099",
    "greet": "hi|hello|hey there|good morning|hi {}|hello my {} friend",
    FALLBACK: "the capital of peru|bake a {} cake|who won the game|tell me a joke|how tall is a {}",
}
THINGS = ("order", "parcel", "lamp", "red mug", "sofa", "jacket")
LOOKUPS = [
    {"name": "colour", "elements": ["red", "blue", "green"]},
    {"name": "product", "elements": ["lamp", "mug"]},
]


@pytest.fixture(scope="module")
def labelled():
    return [
        (template.format(thing), intent)
        for intent, templates in WANTED.items()
        for template in templates.split("|")
        for thing in (THINGS if "{}" in template else THINGS[:1])
    ]


def made(labelled):
    texts, intents = [text for text, _ in labelled], [intent for _, intent in labelled]
    return train(texts, intents, groups_of(LOOKUPS), Effort(folds=2, rounds=40))


@pytest.fixture(scope="module")
def model(labelled):
    return made(labelled)


def test_what_was_taught_is_understood_in_other_words(model):
    assert model.guess("Where's my LAMP??").intent == "order_status"
    assert model.guess("hey, please cancel my blue sofa order").intent == "cancel_order"
    assert model.guess("helloooo").intent == "greet"


def test_a_refusal_tells_its_best_guess_and_never_ranks_itself(model):
    guess = model.guess("what is the tallest cake of peru")
    assert guess.intent == FALLBACK
    assert guess.ranking
    assert FALLBACK not in dict(guess.ranking)
    assert guess.confidence == pytest.approx(1 - guess.ranking[0][1])


def test_chances_are_told_best_first(model):
    chances = [chance for _, chance in model.guess("where is my order").ranking]
    assert chances == sorted(chances, reverse=True)
    assert 0 < chances[0] <= 1


def test_a_message_of_nothing_but_details_is_details(model):
    assert model.guess("#1042, demo@example.com").intent == "give_details"
    assert [span.entity for span in model.guess("#1042, demo@example.com").spans] == ["order_number", "email"]


@pytest.mark.parametrize("text", ["", "   ", "...", "\n", "\u200b"])
def test_a_message_without_a_word_is_refused(model, text):
    guess = model.guess(text)
    assert (guess.intent, guess.ranking) == (FALLBACK, ())


@pytest.mark.parametrize(
    "text", ["\x00", "\ud83d", "где мой заказ", "我的订单在哪里", "a" * 20_000, "🦖" * 500]
)
def test_no_text_makes_it_raise(model, text):
    assert model.guess(text).intent


def test_the_same_texts_give_the_same_model(model, labelled):
    assert made(labelled).to_files() == model.to_files()


def test_two_processes_make_the_same_model():
    script = (
        "import hashlib; from bot.addons.components.training import Effort, train\n"
        "texts = ['where is my order', 'track my parcel', 'cancel it now', 'stop the order please'] * 3\n"
        "model = train(texts, ['a', 'a', 'b', 'b'] * 3, {}, Effort(folds=2))\n"
        "print(hashlib.sha256(model.weights.tobytes()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_a_kept_model_answers_as_before(model):
    again = IntentModel.from_files(model.to_files())
    for text in ("where is my order 1042", "cancel it", "who won the game", "hi"):
        assert again.guess(text).intent == model.guess(text).intent
        assert again.guess(text).confidence == pytest.approx(model.guess(text).confidence, abs=0.01)


def test_a_model_of_another_format_is_refused(model):
    files = model.to_files()
    names = json.loads(files["names.json"])
    files["names.json"] = json.dumps({**names, "format": 99}).encode()
    with pytest.raises(UnknownFormat, match="train again"):
        IntentModel.from_files(files)


def test_word_groups_come_from_lookup_tables():
    assert groups_of(LOOKUPS)["red"] == "@colour"
    assert groups_of([*LOOKUPS, {"name": "other", "elements": ["red", "new"]}])["red"] == "@colour"


def test_a_chinese_group_is_found_inside_a_sentence():
    tables = [
        {"name": "colour_zh", "elements": ["红色", "黑色"]},
        {"name": "product_zh", "elements": ["裤子"]},
    ]
    groups = groups_of(tables, "zh")
    red, black = (read(text, groups, "zh") for text in ("我要红色的裤子", "我要黑色的裤子"))
    assert {"h@colour", "h@product", "h要@colour的@product"} <= red
    assert {name for name in red if name[0] == "h"} == {name for name in black if name[0] == "h"}
