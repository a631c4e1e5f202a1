"""Two requests in one message are told apart; one request in many words stays one."""

import pytest

from bot.addons.components.clauses import asked_beside, clauses_of
from bot.addons.components.intent_model import FALLBACK, Guess

KNOWN = {
    "where": "order_status",
    "unde": "order_status",
    "где": "order_status",
    "到哪": "order_status",
    "invoice": "invoice",
    "factura": "invoice",
    "счет": "invoice",
    "发票": "invoice",
}


def guess(clause):
    intent = next((intent for word, intent in KNOWN.items() if word in clause), FALLBACK)
    return Guess(intent, 0.9, (), ())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("where is my order and send me the invoice", ["where is my order", "send me the invoice"]),
        ("where is my order? the invoice please", ["where is my order", "the invoice please"]),
        ("unde e comanda, vreau și factura", ["unde e comanda", "vreau și factura"]),
        ("где мой заказ и пришлите счет", ["где мой заказ", "пришлите счет"]),
        ("我的订单到哪了，顺便开一下发票", ["我的订单到哪了", "顺便开一下发票"]),
        ("где мой заказ и пришлите, пожалуйста, счет", ["где мой заказ", "пришлите, пожалуйста, счет"]),
        ("where is my order\nthe invoice too", ["where is my order", "the invoice too"]),
    ],
)
def test_each_clause_has_its_place_and_intent(text, parts):
    told = clauses_of(text, guess)
    assert [text[clause["start"] : clause["end"]].strip() for clause in told] == parts
    assert [clause["intent"] for clause in told] == ["order_status", "invoice"]


@pytest.mark.parametrize(
    "text",
    [
        "where is my order",
        "where is my order and where are the mugs",
        "where is my order, thanks",
        "hello there. where is my order",
        "",
        ". ".join(["where is it", "the invoice"] * 4),
    ],
)
def test_one_request_is_not_cut_up(text):
    assert clauses_of(text, guess) == []


def test_an_unsure_clause_does_not_count():
    def unsure(clause):
        return Guess("invoice" if "invoice" in clause else "order_status", 0.2, (), ())

    assert clauses_of("where is my order and send me the invoice", unsure) == []


def test_small_talk_yields_to_what_else_is_asked():
    clauses = [{"start": 0, "end": 6, "intent": "thank"}, {"start": 8, "end": 20, "intent": "order_status"}]
    assert asked_beside("thank", clauses) == "order_status"
    assert asked_beside("invoice", clauses) is None
    assert asked_beside("thank", clauses[:1]) is None
    assert asked_beside("goodbye", [{"start": 0, "end": 6, "intent": "complaint"}]) is None
