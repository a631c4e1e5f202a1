"""Which language a message is in."""

import pytest

from bot.addons.components.language_model import LanguageModel, learn

TEXTS = {
    "en": [
        "where is my order please",
        "i want to cancel it",
        "the parcel has not arrived",
        "thank you very much",
    ],
    "ro": ["unde este comanda mea", "vreau sa o anulez", "coletul nu a ajuns inca", "multumesc foarte mult"],
    "ru": ["где мой заказ", "хочу его отменить", "посылка еще не пришла", "спасибо большое вам"],
    "zh": ["我的订单在哪里", "我要取消", "包裹还没到", "非常感谢"],
}


@pytest.fixture(scope="module")
def model():
    return learn({language: texts * 3 for language, texts in TEXTS.items()})


def told(model, text, known=None):
    shares = model.shares(text, known)
    assert sum(shares.values()) == pytest.approx(1.0)
    return max(shares, key=shares.get)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is the parcel", "en"),
        ("unde este coletul", "ro"),
        ("Unde e coletul meu? MULȚUMESC", "ro"),
        ("где посылка", "ru"),
        ("gde moya posilka", "ru"),
        ("包裹在哪", "zh"),
        ("訂單還沒到", "zh"),
    ],
)
def test_a_language_is_told(model, text, language):
    assert told(model, text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hello, где мой заказ", "ru"),
        ("请问 tracking number 在哪里看", "zh"),
        ("order-ul meu nu a ajuns inca, unde este", "ro"),
    ],
)
def test_a_text_in_two_languages_is_in_the_one_that_says_more(model, text, language):
    assert told(model, text) == language


@pytest.mark.parametrize("text", ["", "1042", "👍", "...", "ok"])
def test_what_says_nothing_is_in_the_language_the_customer_is_known_by(model, text):
    assert told(model, text) == "en"
    assert told(model, text, known="ro") == "ro"


def test_what_is_known_does_not_outweigh_what_is_said(model):
    assert told(model, "where is my parcel please", known="ro") == "en"
    assert told(model, "где мой заказ", known="zh") == "ru"


def test_an_unknown_language_of_the_customer_says_nothing(model):
    assert model.shares("1042", "xx") == model.shares("1042")


def test_a_kept_model_tells_as_before(model):
    again = LanguageModel.from_files(model.to_files())
    for text in ("where is it", "unde e", "gde"):
        for language, share in model.shares(text).items():
            assert again.shares(text)[language] == pytest.approx(share, abs=0.01)


def test_the_same_texts_give_the_same_bytes(model):
    assert (
        learn({language: texts * 3 for language, texts in reversed(TEXTS.items())}).to_files()
        == model.to_files()
    )
