"""Anger and despair, in four languages: met with care and a person."""

import httpx
import pytest

from actions.feelings import despairs, insults

from .talk import Talk

DESPAIR = (
    "I want to kill myself",
    "i dont want to live anymore",
    "nu mai vreau să trăiesc",
    "ma sinucid",
    "я не хочу жить",
    "покончить с собой",
    "我不想活了",
    "想自杀",
)
NO_DESPAIR = (
    "I could kill for a coffee",
    "the delivery is killing me",
    "mor de ras",
    "не хочу ждать",
    "хочу жить в тепле",
    "想死你们了",
    "急死了",
)


@pytest.mark.parametrize("text", DESPAIR)
async def test_despair_gets_a_person_whatever_else_was_understood(
    client: httpx.AsyncClient, text: str
) -> None:
    assert despairs(text)
    for intent in ("nlu_fallback", "complaint", "order_status", "opt_out", "deny"):
        reply = await Talk(client, phone=None).say(text, intent)
        assert reply.keys == ["utter_distress"]
        assert reply.directives == [{"type": "handoff.requested", "reason": "distress"}]


@pytest.mark.parametrize("text", NO_DESPAIR)
def test_a_figure_of_speech_is_no_despair(text: str) -> None:
    assert not despairs(text)


@pytest.mark.parametrize(
    "text", ["you idiots", "sunteti niste prosti", "вы дебилы", "垃圾客服", "this is SHIT"]
)
async def test_abuse_that_says_nothing_else_is_met_with_care(web: Talk, text: str) -> None:
    assert insults(text)
    reply = await web.say(text, "nlu_fallback", ranking=("order_status",))
    assert reply.keys == ["utter_complaint"]
    assert reply.buttons == [] and reply.directives == []
    assert (await web.say("yes", "affirm")).directives[0]["type"] == "handoff.requested"


@pytest.mark.parametrize("text", ["hello", "помогите", "duduia mea", "你好", "what size is the classic bowl"])
def test_ordinary_words_are_no_abuse(text: str) -> None:
    assert not insults(text)
