"""What a customer is told about orders, over the real action server and the demo shop."""

import re
from datetime import UTC, date, datetime

import httpx
import psycopg
import pytest

from .talk import Talk

PROOF_NEEDED = ("BlueVan", "shipped", "arrive", "Cushion")


def tells_nothing(text: str) -> bool:
    return not any(word.lower() in text.lower() for word in PROOF_NEEDED)


async def test_the_own_phone_hears_the_real_state(sms: Talk) -> None:
    reply = await sms.say("Where is my order 1042?", "order_status")
    assert reply.keys == ["utter_order_shipped"]
    assert "Cushion cover, Waffle towel" in reply.text
    assert "BlueVan" in reply.text
    assert "{" not in reply.text


async def test_when_does_it_arrive_is_answered_from_the_context(sms: Talk) -> None:
    await sms.say("Where is my order 1042?", "order_status")
    for intent in ("order_status", "delivery_info", "nlu_fallback"):
        reply = await sms.say("and when does it arrive?", intent)
        assert reply.keys == ["utter_arrival_by"], intent
        assert re.fullmatch(r"Order 1042 should arrive by \w+day, \w+ \d+\.", reply.text)


async def test_another_phone_is_asked_for_proof_and_told_nothing(client: httpx.AsyncClient) -> None:
    stranger = Talk(client, phone="+15559990000")
    reply = await stranger.say("Where is my order 1042?", "order_status")
    assert reply.keys == ["utter_ask_proof"]
    assert tells_nothing(reply.text)
    again = await stranger.say("and when does it arrive?", "order_status")
    assert tells_nothing(again.text)


async def test_number_and_email_of_the_order_prove_it(web: Talk) -> None:
    asked = await web.say("where is order 1042", "order_status")
    assert asked.keys == ["utter_ask_proof"]
    told = await web.say("Demo@Example.com", "give_details")
    assert told.keys == ["utter_order_shipped"]
    later = await web.say("and when does it arrive?", "order_status")
    assert later.keys == ["utter_arrival_by"]
    where = await web.say("where is it now, and when does it arrive?", "order_status")
    assert where.keys == ["utter_order_shipped"], "who asks where is told where"


async def test_ones_own_refund_is_about_an_order_and_how_refunds_go_is_not(web: Talk) -> None:
    assert (await web.say("where is my refund?", "refund_status")).keys == ["utter_ask_order"]
    assert "days" in (await web.say("How long does a refund take?", "refund_status")).text


@pytest.mark.parametrize("typed", ["+1 555 123 0001", "555-123-0001", "(555) 123 0001", "001 555 123 0001"])
async def test_the_phone_of_the_order_proves_it_however_it_is_written(web: Talk, typed: str) -> None:
    await web.say("where is order 1042", "order_status")
    told = await web.say(typed, "give_details", entities={"phone": typed})
    assert told.keys == ["utter_order_shipped"]


async def test_number_and_email_may_come_in_one_message_or_the_other_way_round(
    web: Talk, client: httpx.AsyncClient
) -> None:
    told = await web.say("1042, demo@example.com", "give_details")
    assert told.keys == ["utter_order_shipped"]
    other = Talk(client, phone=None)
    asked = await other.say("where is my order? demo@example.com", "order_status")
    assert asked.keys == ["utter_ask_order_number"]
    told = await other.say("1042", "give_details")
    assert told.keys == ["utter_order_shipped"]


async def test_without_a_number_a_known_phone_chooses_from_its_own_orders(sms: Talk) -> None:
    reply = await sms.say("where is my stuff", "order_status")
    assert reply.keys == ["utter_choose_order"]
    assert [button["payload"] for button in reply.buttons] == [
        f'/order_status{{"order_number": "{number}"}}' for number in (1063, 1042, 1017)
    ]
    assert all(len(button["title"]) <= 20 for button in reply.buttons)
    assert (await sms.say("1063", "give_details")).keys == ["utter_order_paid"]


async def test_without_a_number_a_stranger_is_asked_for_number_and_contact(
    web: Talk, client: httpx.AsyncClient
) -> None:
    assert (await web.say("where is my order", "order_status")).keys == ["utter_ask_order"]
    unknown = Talk(client, phone="+15559990000")
    reply = await unknown.say("where is my order", "order_status")
    assert reply.keys == ["utter_ask_order_unknown_address"]


async def test_a_tracking_number_is_as_good_as_an_order_number_for_its_owner(sms: Talk, web: Talk) -> None:
    told = await sms.say("where is order 1042", "order_status")
    tracking = told.text.split("tracking number ")[1][:12]
    assert (await sms.say(f"where is {tracking}", "order_status")).keys == ["utter_order_shipped"]
    assert (await web.say(f"where is {tracking}", "order_status")).keys == ["utter_ask_order"]
    assert (await web.say(f"{tracking} demo@example.com", "give_details")).keys == ["utter_order_shipped"]


async def test_a_number_overlooked_by_the_entity_finder_still_names_an_own_order(
    sms: Talk, web: Talk
) -> None:
    text = "can you change the delivery address of 1063"
    assert (await sms.say(text, "change_order", entities={})).keys == ["utter_change_ask_note"]
    assert (await web.say(text, "change_order", entities={})).keys == ["utter_ask_order"]
    other = "I paid 2000 for it, where is my refund"
    assert (await sms.say(other, "refund_status", entities={})).keys == ["utter_refund_none"]


async def test_a_question_in_between_is_answered_and_the_order_comes_back(web: Talk) -> None:
    await web.say("where is order 1042", "order_status")
    between = await web.say("how much is shipping?", "delivery_info")
    assert "4.90" in between.texts[0]
    assert between.keys == ["utter_resume_order_details"]
    assert (await web.say("demo@example.com", "give_details")).keys == ["utter_order_shipped"]


async def test_cancelling_asks_first_and_then_the_shop_with_a_directive(sms: Talk) -> None:
    offered = await sms.say("cancel order 1063 please", "cancel_order")
    assert offered.keys == ["utter_cancel_offer"]
    assert offered.directives == []
    done = await sms.say("yes", "affirm")
    assert done.keys == ["utter_cancel_asked"]
    assert done.directives == [
        {"type": "shop.requested", "effect": "cancel_order", "order": "1063", "note": ""}
    ]


async def test_a_no_cancels_nothing(sms: Talk) -> None:
    await sms.say("cancel order 1063 please", "cancel_order")
    kept = await sms.say("no", "deny")
    assert kept.keys == ["utter_request_dropped"]
    after = await sms.say("yes", "affirm")
    assert (kept.directives, after.directives) == ([], [])


async def test_a_yes_after_an_hour_cancels_nothing(sms: Talk) -> None:
    await sms.say("cancel order 1063 please", "cancel_order")
    sms.now += 3_700
    late = await sms.say("yes", "affirm")
    assert late.keys == ["utter_confirm_expired"]
    assert late.directives == []


async def test_what_changed_between_offer_and_yes_is_looked_at_again(sms: Talk, database_url: str) -> None:
    await sms.say("cancel order 1063 please", "cancel_order")
    with psycopg.connect(database_url) as connection:
        connection.execute("update shop.orders set state = 'shipped' where number = 1063")
    answer = await sms.say("yes", "affirm")
    assert answer.keys == ["utter_cancel_too_late"]
    assert answer.directives == []


@pytest.mark.parametrize(
    ("text", "intent", "key"),
    [
        ("cancel 1042", "cancel_order", "utter_cancel_too_late"),
        ("cancel 1017", "cancel_order", "utter_cancel_delivered"),
        ("other address for 1042", "change_order", "utter_change_too_late"),
        ("other address for 1017", "change_order", "utter_change_closed"),
        ("return 1042", "return_item", "utter_return_too_early"),
        ("return 1017", "return_item", "utter_return_offer"),
        ("refund of 1017", "refund_status", "utter_refund_none"),
    ],
)
async def test_what_is_not_possible_is_said_and_nothing_is_asked(
    sms: Talk, text: str, intent: str, key: str
) -> None:
    reply = await sms.say(text, intent)
    assert reply.keys == [key]
    assert reply.directives == []


async def test_a_change_is_passed_on_in_the_customers_words(sms: Talk) -> None:
    asked = await sms.say("I need another address for order 1063", "change_order")
    assert asked.keys == ["utter_change_ask_note"]
    done = await sms.say("12 Oak Street, Dublin", "nlu_fallback", entities={})
    assert done.keys == ["utter_change_asked"]
    [directive] = done.directives
    assert (directive["effect"], directive["order"]) == ("change_order", "1063")
    assert directive["note"] == "12 Oak Street, Dublin"


async def test_an_invoice_is_asked_of_the_shop_at_once(sms: Talk) -> None:
    reply = await sms.say("send me the invoice for 1042", "invoice")
    assert reply.keys == ["utter_invoice_asked"]
    assert reply.directives[0]["effect"] == "send_invoice"


async def test_a_return_is_asked_of_the_shop_after_a_yes(sms: Talk) -> None:
    await sms.say("return 1017", "return_item")
    done = await sms.say("yes", "affirm")
    assert done.keys == ["utter_return_asked"]
    assert done.directives[0]["effect"] == "return_item"


async def test_a_general_question_about_returns_is_answered_without_an_order(web: Talk) -> None:
    reply = await web.say("How do I return an item?", "return_item")
    assert "return label" in reply.texts[0]
    assert reply.keys == ["utter_details_how"]
    told = await web.say("1017, demo@example.com", "give_details")
    assert told.keys == ["utter_return_offer"]


async def test_the_wish_to_return_is_no_question_about_returns(sms: Talk) -> None:
    reply = await sms.say("I want to send something back", "return_item")
    assert reply.keys == ["utter_choose_order"]
    assert reply.buttons[0]["payload"].startswith("/return_item{")


async def test_a_question_before_the_yes_does_not_swallow_the_yes(sms: Talk) -> None:
    await sms.say("cancel order 1063 please", "cancel_order")
    between = await sms.say("how long does a refund take?", "refund_status")
    assert "5 working days" in between.texts[0]
    assert between.keys == ["utter_resume_confirm"]
    done = await sms.say("ok do it", "affirm")
    assert done.directives[0]["effect"] == "cancel_order"


async def test_a_mere_yes_to_the_question_for_details_asks_again(web: Talk) -> None:
    await web.say("where is my order", "order_status")
    assert (await web.say("yes", "affirm")).keys == ["utter_details_missing"]
    assert (await web.say("1042 demo@example.com", "give_details")).keys == ["utter_order_shipped"]


async def test_every_state_has_its_words(sms: Talk, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        states = [row[0] for row in connection.execute("select distinct state from shop.orders")]
        for state in states:
            number = connection.execute(
                "select min(number) from shop.orders where state = %s and number not in (1017, 1042, 1063)",
                (state,),
            ).fetchone()
            assert number is not None
            connection.execute("update shop.orders set customer_id = 1 where number = %s", number)
            reply = await sms.say(f"where is {number[0]}", "order_status")
            expected = f"utter_order_{state}"
            assert reply.keys == [expected], state
            assert str(number[0]) in reply.text


async def test_a_day_that_has_passed_is_not_promised(sms: Talk, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "update shop.parcels set expected_on = %s where order_number = 1042", (date(2020, 1, 1),)
        )
    reply = await sms.say("where is 1042", "order_status")
    assert reply.keys == ["utter_order_overdue"]
    assert (await sms.say("yes", "affirm")).directives == [{"type": "handoff.requested", "reason": "offered"}]


async def test_a_shop_that_is_down_is_said_and_a_person_offered(sms: Talk, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("alter schema shop rename to gone")
    reply = await sms.say("where is 1042", "order_status")
    assert reply.keys == ["utter_shop_unavailable"]


async def test_dates_and_money_are_in_the_languages_form(sms: Talk) -> None:
    reply = await sms.say("where is 1042", "order_status")
    day = datetime.now(UTC).date().toordinal() + 2
    assert date.fromordinal(day).strftime("%A, %B ") in reply.text
    assert reply.text.isascii()
