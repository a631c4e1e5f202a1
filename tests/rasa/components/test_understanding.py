"""A message goes to its language's model, or to two when it may be either's."""

import pytest

from bot.addons.components.intent_model import FALLBACK, UnknownFormat
from bot.addons.components.training import Effort, Lesson, train_all
from bot.addons.components.understanding import Understanding

TAUGHT = {
    "en": {
        "order_status": "where is my order|has my parcel shipped|when does it arrive|track the parcel",
        "cancel_order": "cancel my order|i want to cancel|please cancel it|stop the order",
        FALLBACK: "tell me a joke|who won the game|how is the weather|bake a cake",
    },
    "ro": {
        "order_status": "unde este comanda mea|a plecat coletul|cand ajunge pachetul|urmareste coletul",
        "cancel_order": "anulati comanda|vreau sa anulez|va rog anulati|renunt la comanda",
        FALLBACK: "spune o gluma|cine a castigat|cum e vremea|coace o prajitura",
    },
    "ru": {
        "order_status": "где мой заказ|посылка отправлена|когда приедет|отследить посылку",
        "cancel_order": "отмените заказ|хочу отменить|отмена|не надо заказ",
        FALLBACK: "расскажи анекдот|кто победил|какая погода|испеки торт",
    },
    "zh": {
        "order_status": "我的订单在哪|包裹发货了吗|什么时候到|查物流",
        "cancel_order": "取消订单|我要取消|请取消|不要这个订单了",
        FALLBACK: "讲个笑话|谁赢了|天气怎么样|怎么做蛋糕",
    },
}


@pytest.fixture(scope="module")
def lessons():
    made = {}
    for language, intents in TAUGHT.items():
        pairs = [(text, intent) for intent, texts in intents.items() for text in texts.split("|")]
        made[language] = Lesson([text for text, _ in pairs], [intent for _, intent in pairs], {})
    return made


@pytest.fixture(scope="module")
def understanding(lessons):
    return train_all(lessons, Effort(folds=2, rounds=40))


@pytest.mark.parametrize(
    ("text", "language", "intent"),
    [
        ("has the parcel shipped", "en", "order_status"),
        ("Anulați comanda, vă rog", "ro", "cancel_order"),
        ("где посылка", "ru", "order_status"),
        ("gde posylka", "ru", "order_status"),
        ("请取消我的订单", "zh", "cancel_order"),
        ("我要取消訂單", "zh", "cancel_order"),
    ],
)
def test_each_language_is_understood_by_its_own_model(understanding, text, language, intent):
    guess = understanding.guess(text)
    assert (guess.language, guess.ranking[0][0]) == (language, intent)


def test_a_number_alone_is_in_the_language_known(understanding):
    assert understanding.guess("1042", known="ru").language == "ru"
    assert understanding.guess("1042").language == "en"


def test_a_language_without_a_model_is_no_reason_to_fail(lessons):
    english = train_all({"en": lessons["en"]}, Effort(folds=2, rounds=20))
    assert english.guess("где мой заказ").language == "en"


def test_kept_files_answer_as_before(understanding):
    again = Understanding.from_files(understanding.to_files())
    for text in ("where is my order", "vreau sa anulez", "отмена", "查物流", "ok"):
        assert again.guess(text).intent == understanding.guess(text).intent
        assert again.guess(text).language == understanding.guess(text).language


def test_a_model_of_one_language_only_asks_for_training(understanding):
    with pytest.raises(UnknownFormat, match="train again"):
        Understanding.from_files(understanding.models["en"].to_files())


def test_the_same_lessons_give_the_same_bytes(lessons, understanding):
    shuffled = dict(reversed(lessons.items()))
    assert train_all(shuffled, Effort(folds=2, rounds=40)).to_files() == understanding.to_files()
