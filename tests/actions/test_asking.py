"""What a message asks for, in four languages and with accents left out."""

import pytest

from actions import asking

WHEN = {
    "en": ["and when does it arrive?", "will it be here tomorrow"],
    "ro": ["Când ajunge?", "si cand vine coletul", "ajunge maine?"],
    "ru": ["А когда придёт?", "когда привезут", "завтра будет?"],
    "zh": ["什么时候到？", "那明天能送到吗"],
}


@pytest.mark.parametrize(("language", "text"), [(key, text) for key, texts in WHEN.items() for text in texts])
def test_when_it_comes_is_asked_for(language: str, text: str) -> None:
    assert asking.asks_when_it_comes(text, language)
    assert asking.asks_the_day_only(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "where is it"),
        ("ro", "unde este coletul"),
        ("ru", "где мой заказ"),
        ("zh", "我的快递到哪里了"),
        ("fi", "milloin se tulee?"),
    ],
)
def test_where_it_is_asks_for_more_than_a_day(language: str, text: str) -> None:
    assert not asking.asks_the_day_only(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ro", "livrați și mâine în Canada?"),
        ("ru", "вы доставляете завтра в Канаду?"),
        ("ro", "mulțumesc"),
        ("ru", "спасибо"),
        ("zh", "谢谢"),
    ],
)
def test_delivery_in_general_is_not_about_it(language: str, text: str) -> None:
    assert not asking.asks_when_it_comes(text, language)


@pytest.mark.parametrize(
    ("language", "own", "general"),
    [
        ("en", "where is my refund", "how long does a refund take"),
        ("ro", "Unde sunt banii mei?", "Cât durează rambursarea?"),
        ("ru", "Где мои деньги?", "Сколько занимает возврат денег?"),
        ("zh", "我的退款怎么还没到账", "退款要多久？"),
    ],
)
def test_ones_own_refund_is_told_from_how_refunds_go(language: str, own: str, general: str) -> None:
    assert asking.asks_for_own_money(own, language)
    assert not asking.asks_for_own_money(general, language)


@pytest.mark.parametrize(
    ("language", "question", "wish"),
    [
        ("en", "how do I return something", "I want to return this"),
        ("ro", "cum returnez un produs", "vreau să returnez asta"),
        ("ru", "как вернуть товар", "хочу вернуть это"),
        ("zh", "怎么退货", "我要退货"),
        ("fi", "miten palautan?", "palautan tämän"),
    ],
)
def test_a_question_is_told_from_a_wish(language: str, question: str, wish: str) -> None:
    assert asking.is_question(question, language)
    assert not asking.is_question(wish, language)
