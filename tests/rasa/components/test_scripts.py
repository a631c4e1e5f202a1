"""Several writings of one language: Russian in Latin letters, Chinese in traditional characters."""

import pytest

from bot.addons.components.scripts import simplify, sound_out, typed_in_latin


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("где мой заказ", "gde moy zakaz"),
        ("где мой заказ", "gde moj zakaz"),
        ("хочу отменить", "xo4u otmenit'"),
        ("хочу отменить", "khochu otmenit"),
        ("ещё", "eshyo"),
        ("еще", "eshche"),
        ("отследить посылку", "otsledit posylku"),
        ("центр", "tsentr"),
        ("спасибо", "spasibo"),
    ],
)
def test_russian_sounds_the_same_in_either_script(cyrillic, latin):
    assert sound_out(cyrillic) == sound_out(latin)


def test_a_latin_letter_among_cyrillic_ones_is_taken_for_what_it_looks_like():
    assert sound_out("зaкaз") == sound_out("заказ")


@pytest.mark.parametrize("habit", range(3))
def test_what_is_typed_in_latin_sounds_as_it_was_meant(habit):
    for text in ("где моя посылка", "отмените заказ", "номер телефона", "привет"):
        assert sound_out(typed_in_latin(text)[habit]) == sound_out(text)


def test_only_cyrillic_is_typed_in_latin():
    assert typed_in_latin("hello 1042") == []


def test_traditional_characters_are_written_the_simplified_way():
    assert simplify("訂單什麼時候發貨") == "订单什么时候发货"
    assert simplify("我的订单 ok") == "我的订单 ok"
