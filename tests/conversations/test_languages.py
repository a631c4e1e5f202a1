import pytest

from onethread.conversations.languages import asked_language, likely_language, only_asks_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("in English please", "en"),
        ("English", "en"),
        ("Can you speak English?", "en"),
        ("could we switch to english pls", "en"),
        ("в английском", None),
        ("на английском, пожалуйста", "en"),
        ("în engleză vă rog", "en"),
        ("请用英文回复", "en"),
        ("pe română", "ro"),
        ("pe romana va rog", "ro"),
        ("Vorbiți românește?", "ro"),
        ("можно по-румынски", "ro"),
        ("на русском", "ru"),
        ("По-русски, пожалуйста!", "ru"),
        ("Можно на русском языке?", "ru"),
        ("do you speak russian", "ru"),
        ("puteti scrie in rusa", "ru"),
        ("请说中文", "zh"),
        ("可以说中文吗？", "zh"),
        ("中文", "zh"),
        ("能不能用普通话", "zh"),
        ("Chinese please", "zh"),
        ("по-китайски пожалуйста", "zh"),
    ],
)
def test_a_wish_for_a_language_is_heard_in_any_language(text: str, language: str | None) -> None:
    assert asked_language([text]) == language
    assert only_asks_language([text]) == (language is not None)


@pytest.mark.parametrize(
    "text",
    [
        "I do not speak English",
        "is the manual in English?",
        "do you sell chinese vases",
        "I want to return the russian doll",
        "не говорю по-английски",
        "я не понимаю по-румынски",
        "nu vorbesc engleza",
        "不要说中文",
        "有中文说明书吗",
        "english or chinese?",
        "livrați cartea în engleză?",
        "доставка русской почтой есть?",
        "",
        "?!",
        "where is my order",
    ],
)
def test_what_only_names_a_language_is_no_wish(text: str) -> None:
    assert asked_language([text]) is None
    assert not only_asks_language([text])


def test_a_wish_beside_a_question_leaves_the_question() -> None:
    text = "In English please, where is my order 1042?"
    assert asked_language([text]) == "en"
    assert not only_asks_language([text])


def test_politeness_around_a_wish_is_no_question() -> None:
    assert only_asks_language(["Hello!", "in English, please. Thanks"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("где мой заказ 1042", "ru"),
        ("привет", "ru"),
        ("где мой iphone", "ru"),
        ("我的订单呢", "zh"),
        ("iPhone 到了吗", "zh"),
        ("dezabonare", "ro"),
        ("стоп", "ru"),
        ("да", None),
        ("好", None),
        ("注文はどこですか", None),
        ("unde este comanda mea", None),
        ("where is the Москва order", None),
        ("STOP", None),
        ("1042", None),
        ("", None),
    ],
)
def test_letters_tell_a_language_where_only_one_has_them(text: str, language: str | None) -> None:
    assert likely_language([text]) == language
