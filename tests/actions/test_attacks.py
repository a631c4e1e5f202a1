"""People who want to hear of somebody else's order."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from .talk import Talk

SECRETS = ("BlueVan", "Cushion", "Waffle", "shipped", "on its way", "demo@example.com", "5551230001")


def leaks(answer: str) -> list[str]:
    return [word for word in SECRETS if word.lower() in answer.lower()]


async def test_an_unknown_order_and_a_wrong_proof_get_the_same_words(client: httpx.AsyncClient) -> None:
    answers = []
    for number in ("1042", "9999"):
        talk = Talk(client, phone=None)
        first = await talk.say(f"where is order {number}", "order_status")
        second = await talk.say("mallory@example.com", "give_details")
        answers.append((first.text.replace(number, "N"), second.text, first.keys, second.keys))
    assert answers[0] == answers[1]
    assert answers[0][3] == ["utter_proof_wrong"]


async def test_walking_through_the_numbers_tells_nothing(client: httpx.AsyncClient) -> None:
    talk = Talk(client, phone="+15559990000")
    said = [await talk.say(f"where is order {number}", "order_status") for number in range(1001, 1061)]
    assert {tuple(reply.keys) for reply in said} == {("utter_ask_proof",)}
    assert not any(leaks(reply.text) for reply in said)


async def test_ones_own_email_opens_no_other_order(client: httpx.AsyncClient) -> None:
    talk = Talk(client, phone=None)
    await talk.say("1042 demo@example.com", "order_status")
    other = await talk.say("and order 1050?", "order_status")
    assert other.keys == ["utter_proof_wrong"]
    assert (await talk.say("and 1063?", "order_status")).keys == ["utter_order_paid"]


async def test_after_five_wrong_tries_only_a_person_helps(client: httpx.AsyncClient) -> None:
    talk = Talk(client, phone=None)
    await talk.say("where is order 1042", "order_status")
    for number in range(4):
        wrong = await talk.say(f"guess{number}@example.com", "give_details")
        assert wrong.keys == ["utter_proof_wrong"]
    fifth = await talk.say("guess5@example.com", "give_details")
    assert fifth.directives == [{"type": "handoff.requested", "reason": "locked_out"}]
    right = await talk.say("demo@example.com", "give_details")
    assert right.keys == ["utter_proof_locked"]
    assert not leaks(right.text)


async def test_proving_ones_own_order_buys_no_new_guesses(client: httpx.AsyncClient) -> None:
    talk = Talk(client, phone="+15559990000")
    for number in range(4):
        await talk.say(f"1050 guess{number}@example.com", "give_details")
    assert (await talk.say("1042 demo@example.com", "give_details")).keys == ["utter_order_shipped"]
    assert (await talk.say("1050 guess5@example.com", "give_details")).keys == ["utter_proof_locked"]


async def test_guessing_contacts_for_a_tracking_number_counts_as_well(client: httpx.AsyncClient) -> None:
    tracking = (
        (await Talk(client, phone="+15551230001").say("1042", "order_status"))
        .text.split("tracking number ")[1]
        .split(",")[0]
    )
    talk = Talk(client, phone=None)
    for number in range(4):
        reply = await talk.say(f"{tracking} guess{number}@example.com", "order_status")
        assert reply.keys == ["utter_proof_wrong"]
    assert (await talk.say(f"{tracking} guess5@example.com", "order_status")).keys == ["utter_proof_locked"]
    assert (await talk.say(f"{tracking} demo@example.com", "order_status")).keys == ["utter_proof_locked"]


async def test_guessing_first_and_naming_the_tracking_number_after_counts_too(
    client: httpx.AsyncClient,
) -> None:
    owner = Talk(client, phone="+15551230001")
    tracking = (await owner.say("1042", "order_status")).text.split("tracking number ")[1].split(",")[0]
    talk = Talk(client, phone=None)
    for number in range(5):
        await talk.say(f"guess{number}@example.com", "give_details")
        reply = await talk.say(f"where is {tracking}", "order_status")
    assert reply.keys == ["utter_proof_locked"]


async def test_a_number_hidden_from_the_entity_finder_makes_no_uncounted_guess(
    client: httpx.AsyncClient,
) -> None:
    talk = Talk(client, phone=None)
    right = {"email": "demo@example.com"}
    told = await talk.say("it is about 1042 demo@example.com", "order_status", entities=right)
    assert told.keys == ["utter_ask_order_number"]
    assert not leaks((await talk.say("about 1042", "order_status", entities={})).text)


@pytest.mark.parametrize(
    "slots",
    [
        {"verified": True},
        {"order_proof": True},
        {"order_proof": "2999-01-01." + "0" * 64},
        {"order_proof": ""},
        {"order_number": "1042", "order_at": 4e9, "awaiting": "confirm", "order_task": "cancel_order"},
        {"wrong_tries": -100.0},
    ],
)
async def test_slots_somebody_forged_prove_nothing(client: httpx.AsyncClient, slots: dict[str, Any]) -> None:
    talk = Talk(client, phone=None)
    talk.slots |= slots
    for text, intent in (
        ("where is order 1042", "order_status"),
        ("yes", "affirm"),
        ("1042", "give_details"),
    ):
        reply = await talk.say(text, intent)
        assert not leaks(reply.text)
        assert not [one for one in reply.directives if one["type"] == "shop.requested"]


async def test_a_typed_intent_with_entities_sets_nothing(client: httpx.AsyncClient) -> None:
    talk = Talk(client, phone=None)
    text = '/order_status{"verified":true,"order_number":"1042","order_proof":"x","phone":"+15551230001"}'
    reply = await talk.say(text, "nlu_fallback", entities={"verified": "true", "order_proof": "x"})
    assert not leaks(reply.text)
    assert "order_proof" not in talk.slots


async def test_a_typed_phone_never_stands_for_the_attested_one(client: httpx.AsyncClient) -> None:
    talk = Talk(client, phone=None)
    reply = await talk.say("where are my orders, my phone is +15551230001", "order_status")
    assert reply.keys == ["utter_ask_order_number"]
    assert reply.buttons == []


async def test_a_phone_the_platform_does_not_vouch_for_is_nobodys(client: httpx.AsyncClient) -> None:
    talk = Talk(client, phone="+15551230001")
    call = talk.call("action_order_status", "where is 1042", "order_status", (), {"order_number": "1042"})
    call["tracker"]["latest_message"]["metadata"]["onethread"]["trust"] = "anonymous"
    answer = await client.post("/webhook", json=call)
    assert [one["response"] for one in answer.json()["responses"]] == ["utter_ask_proof"]


async def test_a_proof_is_worth_nothing_elsewhere(client: httpx.AsyncClient) -> None:
    one = Talk(client, phone=None)
    await one.say("1042 demo@example.com", "order_status")
    for stolen in (
        Talk(client, phone=None, sender=one.sender),  # the same customer on another address
        Talk(client, phone=None, address=one.address, sender=str(uuid4())),
    ):
        stolen.slots["order_proof"] = one.slots["order_proof"]
        reply = await stolen.say("where is order 1042", "order_status")
        assert not leaks(reply.text)


async def test_a_proof_lasts_until_the_next_day_and_no_longer(client: httpx.AsyncClient) -> None:
    talk = Talk(client, phone=None)
    await talk.say("1042 demo@example.com", "order_status")
    talk.now += 24 * 3600
    assert (await talk.say("where is 1042", "order_status")).keys == ["utter_order_shipped"]
    talk.now += 24 * 3600
    assert (await talk.say("where is 1042", "order_status")).keys == ["utter_ask_proof"]


async def test_the_kept_proof_shows_no_contact(client: httpx.AsyncClient) -> None:
    talk = Talk(client, phone=None)
    await talk.say("1042 demo@example.com", "order_status")
    assert "demo" not in repr({name: value for name, value in talk.slots.items() if name != "language"})


async def test_a_new_conversation_does_not_give_a_guesser_new_tries(client: httpx.AsyncClient) -> None:
    for number in range(10):
        reply = await Talk(client, phone=None).say(f"1042 guess{number}@example.com", "order_status")
        assert not leaks(reply.text)
    late = await Talk(client, phone=None).say("1042 demo@example.com", "order_status")
    assert late.keys == ["utter_proof_locked"]
    assert late.directives == [{"type": "handoff.requested", "reason": "locked_out"}]
    other = await Talk(client, phone=None).say("where is order 1050, mail x@example.com", "order_status")
    assert other.keys == ["utter_proof_wrong"], "other orders are not shut"
    owner = await Talk(client, phone="+15551230001").say("where is my order 1042", "order_status")
    assert owner.keys == ["utter_order_shipped"], "nobody shuts out the phone that placed the order"


async def test_a_known_email_cannot_be_tried_on_every_order(client: httpx.AsyncClient) -> None:
    for number in range(9001, 9011):
        talk = Talk(client, phone=None)
        await talk.say("my order, demo@example.com", "order_status")
        await talk.say(f"order {number}", "give_details")
    found = await Talk(client, phone=None).say("1042 demo@example.com", "order_status")
    assert found.keys == ["utter_proof_locked"]


async def test_after_an_hour_guessing_is_forgotten(client: httpx.AsyncClient) -> None:
    for number in range(10):
        await Talk(client, phone=None).say(f"1042 guess{number}@example.com", "order_status")
    later = Talk(client, phone=None)
    later.now += 3_700
    assert (await later.say("1042 demo@example.com", "order_status")).keys == ["utter_order_shipped"]
