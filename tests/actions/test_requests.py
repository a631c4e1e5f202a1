"""Two requests in one message, corrections, and what leans on what was said before."""

import httpx
import pytest

from .talk import Talk

BOTH = "where is order 1042 and how much is shipping?"
CLAUSES = {"where is order 1042": "order_status", "how much is shipping?": "delivery_info"}


async def test_a_question_and_an_order_are_both_answered(sms: Talk) -> None:
    for intent in ("order_status", "delivery_info", "nlu_fallback"):
        reply = await sms.say(BOTH, intent, clauses=CLAUSES)
        assert "4.90" in reply.texts[0]
        assert reply.keys == ["utter_order_shipped"], intent


async def test_a_complaint_with_a_question_gets_care_and_the_answer(sms: Talk) -> None:
    text = "this is a disgrace. where is order 1042"
    clauses = {"this is a disgrace": "complaint", "where is order 1042": "order_status"}
    reply = await sms.say(text, "complaint", clauses=clauses)
    assert reply.keys == ["utter_complaint_heard", "utter_order_shipped"]


async def test_who_answers_is_told_beside_the_answer(sms: Talk) -> None:
    text = "are you a robot? where is order 1042"
    clauses = {"are you a robot": "bot_challenge", "where is order 1042": "order_status"}
    reply = await sms.say(text, "order_status", clauses=clauses)
    assert reply.keys == ["utter_bot_challenge", "utter_order_shipped"]


async def test_clauses_that_do_not_fit_the_whole_are_not_heeded(sms: Talk) -> None:
    reply = await sms.say(BOTH, "human_handoff", clauses=CLAUSES)
    assert reply.keys == ["utter_hand_over"]
    reply = await sms.say(
        "invoice for 1042", "invoice", clauses={"invoice": "order_status", "for 1042": "greet"}
    )
    assert reply.keys == ["utter_invoice_asked"]


async def test_two_wishes_wait_together_for_the_details(web: Talk) -> None:
    text = "where is my order and send me the invoice"
    clauses = {"where is my order": "order_status", "send me the invoice": "invoice"}
    assert (await web.say(text, "order_status", clauses=clauses)).keys == ["utter_ask_order"]
    told = await web.say("1042 demo@example.com", "give_details")
    assert told.keys == ["utter_order_shipped", "utter_invoice_asked"]
    assert web.slots["order_next"] is None, "nothing waits any more"


async def test_an_offer_comes_last_and_the_second_one_after_the_answer(sms: Talk) -> None:
    text = "cancel 1063 and return 1017 and where is 1042"
    clauses = {"cancel 1063": "cancel_order", "return 1017": "return_item", "where is 1042": "order_status"}
    reply = await sms.say(text, "cancel_order", clauses=clauses, more=("1063", "1017", "1042"))
    assert reply.keys == ["utter_order_shipped", "utter_cancel_offer"]
    assert (await sms.say("no", "deny")).keys == ["utter_request_dropped", "utter_return_offer"]
    done = await sms.say("yes", "affirm")
    assert done.directives[0]["order"] == "1017"


async def test_two_orders_in_one_question_are_both_told(sms: Talk) -> None:
    reply = await sms.say("where are 1042 and 1063", "order_status", more=("1042", "1063"))
    assert reply.keys == ["utter_order_shipped", "utter_order_paid"]


async def test_where_and_when_is_one_question(sms: Talk) -> None:
    text = "where is 1042 and when does it arrive"
    clauses = {"where is 1042": "order_status", "when does it arrive": "delivery_info"}
    assert (await sms.say(text, "delivery_info", clauses=clauses)).keys == ["utter_order_shipped"]


async def test_details_given_along_with_a_question_are_used(web: Talk) -> None:
    await web.say("where is my order", "order_status")
    reply = await web.say("1042 demo@example.com, and how much is shipping?", "delivery_info")
    assert "4.90" in reply.texts[0]
    assert reply.keys == ["utter_order_shipped"]


async def test_the_other_order_is_found_or_asked_for(sms: Talk, web: Talk) -> None:
    await sms.say("cancel order 1063", "cancel_order")
    reply = await sms.say("no, the other order", "deny")
    assert reply.keys == ["utter_choose_order"]
    assert {button["payload"][-7:-2] for button in reply.buttons} == {'"1042', '"1017'}
    assert (await sms.say("1042", "give_details")).keys == ["utter_cancel_too_late"]
    await web.say("1042 demo@example.com", "give_details")
    assert (await web.say("no, the other one", "nlu_fallback")).keys == ["utter_ask_other_order"]
    assert (await web.say("1063", "give_details")).keys == ["utter_order_paid"]


@pytest.mark.parametrize("intent", ["give_details", "nlu_fallback", "deny", "order_status"])
async def test_another_number_was_meant(client: httpx.AsyncClient, intent: str) -> None:
    talk = Talk(client, phone="+15551230001")
    await talk.say("where is order 1063", "order_status")
    assert (await talk.say("sorry, I meant 1042", intent)).keys == ["utter_order_shipped"]


async def test_of_two_numbers_in_a_correction_the_last_is_meant(sms: Talk) -> None:
    reply = await sms.say("no, not 1063, I meant 1042", "order_status", more=("1063", "1042"))
    assert reply.keys == ["utter_order_shipped"]


async def test_a_correction_is_no_note_for_the_shop(sms: Talk) -> None:
    await sms.say("change the address of 1063", "change_order")
    reply = await sms.say("sorry, I meant 1042", "give_details")
    assert reply.keys == ["utter_change_too_late"]
    assert reply.directives == []


async def test_a_no_to_nothing_is_a_no(web: Talk) -> None:
    assert (await web.say("no", "deny")).keys == ["utter_deny_unclear"]


async def test_a_button_under_an_older_offer_confirms_nothing(sms: Talk) -> None:
    await sms.say("cancel order 1063", "cancel_order")
    late = await sms.say("Yes, please", "affirm", entities={"order_number": "1017"})
    assert (late.keys, late.directives) == (["utter_confirm_expired"], [])
    done = await sms.say("Yes, cancel it", "affirm", entities={"order_number": "1063"})
    assert done.keys == ["utter_cancel_asked"]


async def test_a_question_that_leans_on_the_last_answer_is_read_with_it(web: Talk) -> None:
    await web.say("do you sell gift cards?", "ask_faq")
    for intent in ("ask_faq", "nlu_fallback"):
        assert "3 years" in (await web.say("and how long are they valid?", intent)).text, intent
    web.now += 700
    assert (await web.say("and how long are they valid?", "nlu_fallback")).keys == ["utter_clarify_open"]


@pytest.mark.parametrize("question", ["order_details", "confirm", "change_note"])
async def test_small_talk_does_not_lose_the_open_question(client: httpx.AsyncClient, question: str) -> None:
    talk = Talk(client, phone=None)
    talk.slots |= {"awaiting": question, "asked_at": talk.now, "order_number": "1063"}
    reply = await talk.say("are you a robot?", "bot_challenge")
    assert reply.keys == ["utter_bot_challenge", f"utter_resume_{question}"]
    assert (await talk.say("hello?", "greet")).keys == [f"utter_resume_{question}"]
    talk.now += 4_000
    assert (await talk.say("hello?", "greet")).keys == ["utter_greet"]
