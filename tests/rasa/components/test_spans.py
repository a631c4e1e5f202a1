"""Numbers and addresses in a message, each with its place."""

import pytest

from bot.addons.components.spans import find, find_all, mask


def found(text):
    spans = find(text)
    assert all(text[span.start : span.end] == span.value for span in spans)
    return [(span.entity, span.value) for span in spans]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1042", "1042"),
        ("Where is my order 1042?", "1042"),
        ("#1042 please", "#1042"),
        ("it's ORD-1042.", "ORD-1042"),
        ("ord 1042", "ord 1042"),
        ("order no. 1042", "1042"),
        ("my order number is 1042!", "1042"),
        ("order #104212", "#104212"),
        ("[1042]", "1042"),
    ],
)
def test_an_order_number_is_found_in_every_form(text, value):
    assert found(text) == [("order_number", value)]


@pytest.mark.parametrize(
    "text",
    [
        "I paid 1500 dollars",
        "$1042 was taken",
        "since 2019 i buy here",
        "4411 Elm Street",
        "zip 90210",
        "my pin is 1234",
        "at 10:42 on 12/05/2023",
        "i need 3 of them",
        "abc1042def",
        "99.1042",
        "",
    ],
)
def test_other_numbers_are_no_order_number(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mail me at demo@example.com.", "demo@example.com"),
        ("<Jane.P+shop@mail.co.uk>", "Jane.P+shop@mail.co.uk"),
        ("my email:a_b@x-y.org, thanks", "a_b@x-y.org"),
    ],
)
def test_an_email_is_found_without_what_surrounds_it(text, address):
    assert found(text) == [("email", address)]


@pytest.mark.parametrize("text", ["a@b", "@demo", "demo@", "price@5.99"])
def test_what_only_looks_like_an_email_is_none(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "number",
    [
        "+15551230001",
        "+1 555 123 0001",
        "(555) 123-0001",
        "555-123-0001",
        "5551230001",
        "07700 900123",
        "+44 20 7946 0018",
    ],
)
def test_a_phone_number_is_found_in_every_form(number):
    assert found(f"call {number} please") == [("phone", number)]


@pytest.mark.parametrize(
    "number",
    [
        "1Z999AA10123456784",
        "1Z 999 AA1 01 2345 6784",
        "RB123456785GB",
        "NW1234567890",
        "9400111899223197428490",
        "SF1234567890123",
        "YT1234567890123",
        "JD0123456789012",
        "LP00123456789012",
    ],
)
def test_a_tracking_number_is_found(number):
    assert found(f"where is {number} now") == [("tracking_number", number)]


def test_a_postal_number_with_a_wrong_check_figure_is_none():
    assert found("RB123456789GB") == []


def test_fourteen_figures_are_the_russian_posts_when_the_check_figure_fits():
    assert found("вот 19089562014319 вот") == [("tracking_number", "19089562014319")]
    assert found("вот 19089562014318 вот") == []
    assert found("трек 19089562014318") == [("tracking_number", "19089562014318")]


def test_a_bare_long_number_is_a_tracking_number_where_it_is_called_one():
    assert found("tracking number 4567891234") == [("tracking_number", "4567891234")]
    assert found("4567891234") == [("phone", "4567891234")]


def test_several_are_found_in_reading_order():
    assert found("1042, demo@example.com and 555 123 0001") == [
        ("order_number", "1042"),
        ("email", "demo@example.com"),
        ("phone", "555 123 0001"),
    ]


def test_masking_leaves_the_words_and_hides_the_values():
    text = "is order 1042 of demo@example.com late?"
    assert mask(text, find(text)).split() == ["is", "order", ":order:", "of", ":email:", "late?"]


def test_a_very_long_message_is_read_in_a_moment():
    # Patterns that try again at each place would need minutes for these.
    for text in (
        "1 " * 20_000,
        "a." * 20_000,
        "a@" * 20_000,
        "+" * 40_000,
        "order " * 8_000,
        "9" * 40_000,
        "订单号" * 8_000,
    ):
        find(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("unde e comanda 1042", "1042"),
        ("comanda cu numărul 1042 va rog", "1042"),
        ("nr comenzii 1042", "1042"),
        ("где заказ №1042", "№1042"),
        ("заказ под номером 1042", "1042"),
        ("zakaz nomer 1042", "1042"),
        ("订单1042到哪了", "1042"),
        ("訂單編號：1042", "1042"),
        ("1042到哪了", "1042"),
        ("我的单号是1042", "1042"),
        ("1042号订单", "1042"),
    ],
)
def test_an_order_number_is_found_in_each_language(text, value):
    assert found(text) == [("order_number", value)]


@pytest.mark.parametrize(
    "text",
    [
        "am platit 1500 de lei",
        "peste 2000 ron",
        "din 2019 cumpar",
        "потратил 1500 рублей",
        "в 2019 году",
        "списали 2500р",
        "花了1500元",
        "2019年买的",
        "￥1500",
    ],
)
def test_amounts_and_years_are_no_order_number_in_any_language(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("邮箱demo@example.com买的", "email", "demo@example.com"),
        ("почта:demo@example.com", "email", "demo@example.com"),
        ("手机号13812345678", "phone", "13812345678"),
        ("电话是138 1234 5678吧", "phone", "138 1234 5678"),
        ("тел. 8 (921) 234-56-78", "phone", "8 (921) 234-56-78"),
        ("numarul meu e 0721 234 567", "phone", "0721 234 567"),
        ("позвоните на +373 69 123 456", "phone", "+373 69 123 456"),
        ("трек номер 4567891234", "tracking_number", "4567891234"),
        ("awb-ul e 4567891234", "tracking_number", "4567891234"),
        ("快递单号4567891234", "tracking_number", "4567891234"),
        ("运单号RB123456785GB到哪了", "tracking_number", "RB123456785GB"),
    ],
)
def test_addresses_and_numbers_are_found_in_each_language(text, entity, value):
    assert found(text) == [(entity, value)]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("order ten forty two please", 6, 19),
        ("where is order 10 42?", 15, 20),
        ("order number 1 0 4 2", 13, 20),
        ("it is one zero four two", 6, 23),
        ("comanda o mie patruzeci si doi", 8, 30),
        ("заказ тысяча сорок два", 6, 22),
        ("номер один ноль четыре два", 6, 26),
        ("我的单号是一零四二", 5, 9),
    ],
)
def test_an_order_number_said_or_spaced_is_told_in_figures(text, start, end):
    (span,) = find(text)
    assert (span.entity, span.value, span.start, span.end) == ("order_number", "1042", start, end)


@pytest.mark.parametrize(
    "text", ["ten forty two is late", "order 12-05-2026", "order two lamps", "in March 2024"]
)
def test_other_numbers_in_words_or_pieces_are_no_order_number(text):
    assert find(text) == []


@pytest.mark.parametrize("text", ["1042 1063", "is it 1042 1063?", "和 1042 1063"])
def test_two_order_numbers_side_by_side_are_no_phone(text):
    assert found(text) == [("order_number", "1042"), ("order_number", "1063")]


@pytest.mark.parametrize("called", ["phone", "my mobile number is", "tel.:", "телефон", "手机号", "电话是"])
def test_figures_in_fours_are_a_phone_where_they_are_called_one(called):
    assert found(f"{called} 9123 4567") == [("phone", "9123 4567")]


@pytest.mark.parametrize("date", ["2026-03-12", "12.03.2026", "3/12/2026"])
def test_a_date_and_a_time_are_no_phone_and_part_it_from_others(date):
    assert found(f"{date} 15:30") == []
    assert found(f"0721234567 {date}") == [("phone", "0721234567")]
    assert found(f"1042 {date}") == [("order_number", "1042")]


def test_spans_found_before_are_not_looked_for_again():
    text = "1042 since yesterday"
    assert find_all(text, find(text)) == find_all(text)
    assert [span.entity for span in find_all(text, [])] == ["date"]


def test_dates_and_amounts_stand_beside_numbers():
    text = "order 1042 was due on 12.03.2026, i paid $20 yesterday"
    assert [(span.entity, span.value) for span in find_all(text)] == [
        ("order_number", "1042"),
        ("date", "12.03.2026"),
        ("amount", "$20"),
        ("date", "yesterday"),
    ]
    assert [span.entity for span in find(text)] == ["order_number"]
