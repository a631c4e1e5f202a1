"""Answers about the shop, from what editors wrote."""

from __future__ import annotations

from onethread.knowledge import Entry

from . import asking
from .finding import find_order, has_focus
from .order_tasks import ORDER_STATUS, REFUND_STATUS, tell_arrival
from .turn import HouseAction, Turn

ANY_TOPIC_FROM = 0.30
"""From this likeness on an entry answers a question the classifier already called one about the shop."""
IN_TOPIC_FROM = 0.25
OTHER_TOPIC_AHEAD = 0.20
"""How much better an entry of another topic must fit to go before the topic's own."""
HOW_TO_FROM = 0.45
"""From here on "how do I return something" is a question, not the wish to return this very order."""
SURE_FROM = 0.72
"""From here on an entry answers even what the classifier would not guess."""

_STAY_OPEN = frozenset({"order_details", "confirm", "change_note"})
"""What is asked again after a question in between."""


class AnswerQuestion(HouseAction):
    """Answers with the entry that fits, and comes back to an order left open."""

    def name(self) -> str:
        return "action_answer_question"

    async def answer(self, turn: Turn) -> None:
        if turn.said.intent == "delivery_info" and asks_when(turn):
            order = await find_order(turn, ORDER_STATUS)
            if order is not None:
                tell_arrival(turn, order)
            return
        entry = entry_for(turn, turn.said.intent)
        if entry is None:
            turn.say("utter_no_answer")
            turn.wait_for("person")
            return
        turn.say_text(entry.answer)
        resume(turn)


def answer_how_to(turn: Turn, topic: str) -> bool:
    """Answer a general question about returns, refunds or invoices; False when it is about one order."""
    text, language = turn.said.text, turn.facts.language
    if turn.said.has_details or not asking.is_question(text, language):
        return False
    if topic == REFUND_STATUS and asking.asks_for_own_money(text, language):
        return False
    entry = _best(turn, topic, HOW_TO_FROM)
    if entry is None:
        return False
    turn.say_text(entry.answer)
    if turn.open_question() in _STAY_OPEN:
        resume(turn)
        return True
    turn.say("utter_details_how")
    turn.wait_for("order_details")
    turn.set(order_task=topic)
    return True


def entry_for(turn: Turn, topic: str) -> Entry | None:
    """The entry to answer a question of this topic with."""
    anywhere = turn.use.knowledge.search(
        turn.said.text, language=turn.facts.language, today=turn.today, limit=1
    )
    if topic == "ask_faq":
        return anywhere[0].entry if anywhere and anywhere[0].score >= ANY_TOPIC_FROM else None
    within = turn.use.knowledge.search(
        turn.said.text, language=turn.facts.language, today=turn.today, topic=topic, limit=1
    )
    best = within[0].score if within else 0.0
    if anywhere and anywhere[0].score >= max(best, IN_TOPIC_FROM) + OTHER_TOPIC_AHEAD:
        return anywhere[0].entry
    if best >= IN_TOPIC_FROM:
        return within[0].entry
    return turn.use.knowledge.general(topic, language=turn.facts.language, today=turn.today)


def sure_entry(turn: Turn) -> Entry | None:
    """The entry whose very question was asked, whatever the classifier made of it."""
    return _best(turn, None, SURE_FROM)


def asks_when(turn: Turn) -> bool:
    """Whether the message asks when "it" comes, and there is an order "it" can be."""
    return has_focus(turn) and asking.asks_when_it_comes(turn.said.text, turn.facts.language)


def asks_the_day(turn: Turn) -> bool:
    """Whether the message asks for no more than the day "it" comes."""
    asked = asking.asks_the_day_only(turn.said.text, turn.facts.language)
    return asked and not turn.said.has_details and asks_when(turn)


def resume(turn: Turn) -> None:
    """After a question in between, come back to the one that is open."""
    question = turn.open_question()
    if question in _STAY_OPEN:
        turn.say(f"utter_resume_{question}", {"order_number": str(turn.slot("order_number") or "")})
    elif turn.slot("awaiting") is not None:
        turn.wait_for(None)


def _best(turn: Turn, topic: str | None, least: float) -> Entry | None:
    found = turn.use.knowledge.search(
        turn.said.text, language=turn.facts.language, today=turn.today, topic=topic, limit=1
    )
    return found[0].entry if found and found[0].score >= least else None
