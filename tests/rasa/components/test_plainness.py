"""How plainly a message is in a language."""

import csv
import re

import pytest
import yaml

from bot.addons.components.language_model import LanguageModel, learn
from bot.addons.components.plainness import HINT, PLAIN, SURE, plainness
from bot.addons.components.spans import find, mask
from tests.rasa.room import ROOT

TEXTS = {
    "en": [
        "hello where is my order please",
        "i don't want it, cancel it",
        "the parcel has not arrived yet",
        "thank you very much for the help",
    ],
    "ro": [
        "buna ziua, unde este comanda mea va rog",
        "nu o mai vreau, vreau sa o anulez",
        "coletul meu nu a ajuns inca",
        "multumesc foarte mult pentru ajutor",
    ],
    "ru": ["где мой заказ", "хочу его отменить", "посылка еще не пришла", "спасибо большое вам"],
    "zh": ["我的订单在哪里", "我要取消", "包裹还没到", "非常感谢"],
}


@pytest.fixture(scope="module")
def model():
    return learn({language: texts * 3 for language, texts in TEXTS.items()})


def told(model, text, known=None):
    shares = model.shares(text, known)
    language = max(shares, key=shares.get)
    return language, plainness(model, text, language, shares[language])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is my parcel", "en"),
        ("I don't want the order", "en"),
        ("unde este coletul meu", "ro"),
        ("Mulțumesc, unde este coletul?", "ro"),
        ("где моя посылка", "ru"),
        ("где мой заказ iphone", "ru"),
        ("我的包裹在哪里", "zh"),
        ("我要取消 iPhone", "zh"),
    ],
)
def test_three_words_of_one_language_are_plain(model, text, language):
    assert told(model, text) == (language, PLAIN)


@pytest.mark.parametrize(
    ("text", "language"),
    [("привет", "ru"), ("заказ?", "ru"), ("取消", "zh"), ("iPhone Pro Max 有货吗", "zh")],
)
def test_a_script_of_its_own_is_sure_with_fewer_words(model, text, language):
    assert told(model, text) == (language, SURE)


@pytest.mark.parametrize(("text", "language"), [("multumesc mult", "ro"), ("да", "ru"), ("不", "zh")])
def test_a_word_or_two_are_a_hint(model, text, language):
    assert told(model, text) == (language, HINT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1042",
        "👍",
        "#1042 +40 721 000 111",
        "a@b.example https://shop.example/unde-este-comanda",
        "Ana Popescu",
        "hola donde esta mi pedido",
        "wo ist meine bestellung bitte",
        "注文はどこですか",
    ],
)
def test_where_nothing_can_be_told_nothing_is(model, text):
    for language in TEXTS:
        assert plainness(model, text, language, 0.999) == 0


def test_what_is_hardly_likelier_than_another_language_is_not_told(model):
    assert plainness(model, "unde este comanda", "ro", 0.89) == 0


@pytest.mark.parametrize("text", ["where is comanda mea", "hello, unde este my order please"])
def test_a_message_in_two_languages_is_not_plain(model, text):
    assert told(model, text)[1] < SURE


def test_a_kept_model_knows_the_same_words(model):
    again = LanguageModel.from_files(model.to_files())
    for word in ("where", "unde", "gde", "nobodys"):
        assert again.who_know(word) == model.who_know(word)
    assert model.who_know("unde") == {"ro"}
    assert model.who_know("nobodys") == set()


def masked(text):
    return mask(text, find(text))


def examples(language):
    for path in sorted((ROOT / "data" / "nlu" / language).glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in str(block.get("examples", "")).splitlines() if "intent" in block else ():
                yield masked(re.sub(r"\[([^\]]*)\][({][^)}]*[)}]", r"\1", line[2:]))


@pytest.fixture(scope="module")
def taught():
    """The model of today's training data."""
    return learn({language: list(examples(language)) for language in TEXTS})


def words_in(text):
    return len(re.findall(r"[^\W\d_]+", text)) + len(re.findall("[\u4e00-\u9fff]", text)) // 2


@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(TEXTS))
def test_real_messages_are_followed_into_their_own_language_and_no_other(taught, language):
    with (ROOT / "tests" / "nlu" / "heldout" / f"{language}.tsv").open(encoding="utf-8") as rows:
        texts = [row["text"] for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)]
    followed = [told(taught, masked(text)) for text in texts if words_in(text) >= 3]
    assert [one for one in followed if one[1] >= SURE and one[0] != language] == []
    assert sum(plain >= SURE for _, plain in followed) >= 0.95 * len(followed) > 100


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "hola donde esta mi pedido",
        "buenos dias quiero cancelar mi compra",
        "wo ist meine bestellung bitte",
        "je voudrais annuler ma commande s'il vous plait",
        "dove si trova il mio ordine",
        "gdzie jest moje zamówienie",
        "waar is mijn bestelling",
        "siparişim nerede",
        "주문이 어디에 있나요",
    ],
)
def test_a_language_we_do_not_speak_is_none_of_ours(taught, text):
    assert told(taught, masked(text))[1] == 0
