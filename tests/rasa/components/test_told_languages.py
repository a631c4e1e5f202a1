"""The language of a message, as the training data of this repository teaches it."""

import csv
import re
from pathlib import Path

import pytest
import ruamel.yaml

from bot.addons.components.language_model import learn
from bot.addons.components.spans import find, mask

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = ("en", "ro", "ru", "zh")
RIGHT = 0.97
_ANNOTATION = re.compile(r"\[([^\]]*)\]\([^)]*\)(?:\{[^}]*\})?")
_HAN = re.compile("[\u3400-\u9fff]")
# What people mix: what the screen says, names of carriers, a word of another language they speak.
MIXED = {
    "en": [
        "i ordered the чайник last week, where is it",
        "my comanda number is 1042 can you check please",
        "how do i say this, the 包裹 never arrived",
        "please cancel it, спасибо",
        "is mulțumesc the right word? thank you anyway",
        "where is the package you sent to strada Florilor",
    ],
    "ro": [
        "am apasat pe checkout si imi apare mereu payment failed",
        "order-ul meu nu a ajuns, ce fac",
        "vreau refund pentru comanda asta",
        "unde gasesc tracking number la colet",
        "aplicatia zice server error cand vreau sa platesc",
        "hello, cand ajunge coletul meu",
    ],
    "ru": [
        "hello, когда приедет заказ",
        "на сайте пишет payment declined, что делать",
        "курьер DHL Express не позвонил мне",
        "как поменять delivery address в заказе",
        "верните деньги please",
        "gde moi order, ya zhdu uzhe nedelyu",
    ],
    "zh": [
        "我的 order 到哪里了",
        "付款的时候显示 payment failed 怎么办",
        "hello 请问什么时候发货",
        "这个 discount code 用不了",
        "帮我 cancel 一下订单谢谢",
        "DHL Express 说没有这个单号",
    ],
}


@pytest.fixture(scope="module")
def model():
    reader = ruamel.yaml.YAML(typ="safe")
    texts = {language: [] for language in LANGUAGES}
    for language, known in texts.items():
        for path in sorted((ROOT / "data" / "nlu" / language).glob("*.yml")):
            for block in (reader.load(path.read_text(encoding="utf-8")) or {}).get("nlu", []):
                if "intent" in block or str(block.get("lookup", "")).startswith("common_words"):
                    lines = block["examples"].splitlines()
                    known += [_ANNOTATION.sub(r"\1", line.removeprefix("-").strip()) for line in lines]
    return learn(texts)


def told(model, text):
    shares = model.shares(mask(text, find(text)))
    return max(shares, key=shares.get)


def is_long(text):
    """Three words and more; nothing parts Chinese ones, and six characters are as many."""
    return len(text.split()) >= 3 or len(_HAN.findall(text)) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_of_three_words_and_more_are_told_right(model, language):
    with (ROOT / "tests" / "nlu" / "heldout" / f"{language}.tsv").open(encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    texts = [text for text in texts if is_long(text)]
    wrong = [text for text in texts if told(model, text) != language]
    assert len(texts) > 100
    assert len(wrong) <= (1 - RIGHT) * len(texts), wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_with_words_of_another_language_is_in_the_one_that_carries_it(model, language):
    assert {text: told(model, text) for text in MIXED[language]} == dict.fromkeys(MIXED[language], language)
