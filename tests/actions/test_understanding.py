"""Misses, questions about the shop, persons and opting out, over the real action server."""

import httpx

from .talk import Talk

LIKELY = ("order_status", "delivery_info", "greet")


async def test_a_first_miss_offers_the_two_best_guesses_and_a_person(web: Talk) -> None:
    reply = await web.say("blorp", "nlu_fallback", ranking=LIKELY)
    assert reply.keys == ["utter_clarify"]
    assert [button["payload"] for button in reply.buttons] == [
        "/order_status",
        "/delivery_info",
        "/human_handoff",
    ]
    assert all(len(button["title"]) <= 20 for button in reply.buttons)


async def test_a_miss_without_a_guess_says_what_can_be_done(web: Talk) -> None:
    assert (await web.say("blorp", "nlu_fallback", ranking=("greet",))).keys == ["utter_clarify_open"]
    assert (await web.say("thanks", "thank")).keys == ["utter_thank"]
    assert (await web.say("...", "nlu_fallback")).keys == ["utter_clarify_open"]


async def test_what_is_nothing_of_ours_is_said_to_be_so(web: Talk) -> None:
    reply = await web.say("what is the weather", "nlu_fallback", ranking=LIKELY, chance=0.02)
    assert (reply.keys, reply.buttons) == (["utter_out_of_scope"], [])


async def test_a_guess_keeps_the_order_that_was_named(sms: Talk) -> None:
    reply = await sms.say("1042 blorp", "nlu_fallback", ranking=LIKELY)
    assert reply.buttons[0]["payload"] == '/order_status{"order_number": "1042"}'
    assert [button["payload"] for button in reply.buttons[1:]] == ["/delivery_info", "/human_handoff"]


async def test_a_second_miss_in_a_row_calls_a_person(web: Talk) -> None:
    await web.say("blorp", "nlu_fallback", ranking=LIKELY)
    reply = await web.say("blarp", "nlu_fallback", ranking=LIKELY)
    assert reply.keys == ["utter_hand_over_misses"]
    assert reply.directives == [{"type": "handoff.requested", "reason": "two_misses"}]


async def test_two_misses_with_something_understood_between_call_nobody(web: Talk) -> None:
    await web.say("blorp", "nlu_fallback", ranking=LIKELY)
    await web.say("how much is shipping", "delivery_info")
    assert (await web.say("blarp", "nlu_fallback", ranking=LIKELY)).directives == []


async def test_after_the_person_handed_back_misses_count_from_the_start(web: Talk) -> None:
    for _ in range(2):
        await web.say("blorp", "nlu_fallback", ranking=LIKELY)
    assert (await web.say("blarp", "nlu_fallback", ranking=LIKELY)).directives == []


async def test_details_that_never_come_end_with_a_person(web: Talk) -> None:
    await web.say("where is my order", "order_status")
    assert (await web.say("i do not know", "nlu_fallback")).keys == ["utter_details_missing"]
    assert (await web.say("no idea at all", "nlu_fallback")).keys == ["utter_hand_over_misses"]


async def test_an_awaited_detail_counts_whatever_the_classifier_thought(web: Talk) -> None:
    await web.say("where is order 1042", "order_status")
    assert (await web.say("demo@example.com", "nlu_fallback")).keys == ["utter_order_shipped"]


async def test_a_very_question_of_the_editors_is_answered_even_on_a_fallback(web: Talk) -> None:
    reply = await web.say("Do you sell gift cards?", "nlu_fallback")
    assert "$250" in reply.text


async def test_each_topic_is_answered_from_the_files(web: Talk) -> None:
    for text, intent, answer in (
        ("when are you open", "contact_info", "9:00 to 18:00"),
        ("do you ship to canada", "delivery_info", "Canada"),
        ("my card was declined", "payment_issue", "24 hours"),
        ("forgot my pasword", "account_help", "Forgot password"),
        ("is there a size guide", "ask_faq", "true to size"),
        ("some words nobody wrote", "payment_issue", "Visa"),
    ):
        assert answer in (await web.say(text, intent)).text, text


async def test_a_question_without_an_answer_offers_a_person(web: Talk) -> None:
    reply = await web.say("qqq zzz", "ask_faq")
    assert reply.keys == ["utter_no_answer"]
    called = await web.say("yes", "affirm")
    assert called.directives == [{"type": "handoff.requested", "reason": "offered"}]


async def test_asking_for_a_person_calls_one_from_every_state(client: httpx.AsyncClient) -> None:
    for question in (None, "order_details", "confirm", "change_note", "person"):
        talk = Talk(client, phone=None)
        talk.slots |= {"awaiting": question, "asked_at": talk.now}
        reply = await talk.say("let me talk to a person", "human_handoff")
        assert reply.keys == ["utter_hand_over"]
        assert reply.directives == [{"type": "handoff.requested", "reason": "asked"}]
        assert talk.slots["awaiting"] is None


async def test_a_complaint_is_met_with_care_and_the_offer_of_a_person(web: Talk) -> None:
    assert (await web.say("this is a scandal", "complaint")).keys == ["utter_complaint"]
    assert (await web.say("no", "deny")).keys == ["utter_person_dropped"]
    await web.say("this is a scandal", "complaint")
    assert (await web.say("yes", "affirm")).directives[0]["type"] == "handoff.requested"


async def test_opting_out_says_nothing_and_asks_the_house_to_stop(web: Talk) -> None:
    reply = await web.say("please do not write to me any more", "opt_out")
    assert reply.texts == []
    assert reply.directives == [{"type": "consent.stop"}]
