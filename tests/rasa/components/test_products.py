"""Products named in a message."""

import pytest

from bot.addons.components.products import Products

TABLES = [
    {"name": "product", "elements": ["lamp", "desk lamp", "mug", "cap"]},
    {"name": "product_ro", "elements": ["lampa", "geanta"]},
    {"name": "product_ru", "elements": ["чайник", "чайника"]},
    {"name": "product_zh", "elements": ["台灯", "灯", "水壶"]},
    {"name": "colour", "elements": ["red"]},
    {"name": "common_words_ro", "elements": ["este"]},
]
PRODUCTS = Products.of_tables(TABLES)


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("where is my LAMP?", "en", ["LAMP"]),
        ("a red desk lamp and a mug", "en", ["desk lamp", "mug"]),
        ("unde e geanță mea", "ro", ["geanță"]),
        ("durere de cap", "ro", []),
        ("Чайника нет", "ru", ["Чайника"]),
        ("где моя lamp", "ru", ["lamp"]),
        ("我的台燈坏了", "zh", ["台燈"]),
        ("水壶和灯", "zh", ["水壶", "灯"]),
        ("这个mug碎了", "zh", ["mug"]),
        ("este red", "ro", []),
        ("", "en", []),
        ("lamp", "xx", []),
    ],
)
def test_a_product_is_found_by_its_longest_name_in_the_message_s_language(text, language, named):
    assert [text[start:end] for start, end in PRODUCTS.find(text, language)] == named
