"""Answers about the shop, from what editors wrote; a question that was open comes back after them."""

from __future__ import annotations

from onethread.knowledge import Entry

from . import asking
from .finding import find_order, has_focus
from .order_tasks import INVOICE, ORDER_STATUS, REFUND_STATUS, RETURN_ITEM, TASKS, do_task, tell_arrival
from .turn import Turn

TOPICS = frozenset({"ask_faq", "contact_info", "delivery_info", "payment_issue", "account_help"})
"""The intents that are questions about the shop."""
HOW_TO = frozenset({RETURN_ITEM, REFUND_STATUS, INVOICE})
"""Tasks that people also ask about in general."""

ANY_TOPIC_FROM = 0.30
"""From this likeness on an entry answers a question the classifier already called one about the shop."""
IN_TOPIC_FROM = 0.25
OTHER_TOPIC_AHEAD = 0.20
"""How much better an entry of another topic must fit to go before the topic's own."""
HOW_TO_FROM = 0.45
"""From here on "how do I return something" is a question, not the wish to return this very order."""
SURE_FROM = 0.72
"""From here on an entry answers even what the classifier would not guess."""
FOLLOW_UP_FROM = 0.30
"""From here on an entry answers what leans on the last answer, both questions read as one."""
OWN_FROM = 0.50
"""From here on a question that leans on the last answer has enough of its own to be answered without it."""
FOLLOW_UP_LIVES_S = 600.0
"""How long "and how long are they valid?" still leans on the last answer."""

STAYS_OPEN = frozenset({"order_details", "confirm", "change_note"})
"""What is asked again after a question in between."""


async def answer_question(turn: Turn, topic: str) -> None:
    """Answer with the entry that fits; say so when there is none."""
    if topic == "delivery_info" and asks_when(turn):
        order = await find_order(turn, ORDER_STATUS)
        if order is not None:
            tell_arrival(turn, order)
        return
    entry = follow_up(turn) or entry_for(turn, topic)
    if entry is None:
        turn.say("utter_no_answer")
        turn.wait_for("person")
        return
    tell_entry(turn, entry)
    await come_back(turn)


def tell_entry(turn: Turn, entry: Entry) -> None:
    """Say what the editors wrote, and remember about what."""
    turn.say_text(entry.answer)
    turn.set(last_question=entry.questions[0], answered_at=turn.now)


async def tell_how(turn: Turn, topic: str, entry: Entry) -> None:
    """Say how it goes in general, and ask whether it is about an order."""
    tell_entry(turn, entry)
    if turn.open_question() in STAYS_OPEN:
        await come_back(turn)
        return
    turn.say("utter_details_how")
    turn.wait_for("order_details")
    turn.set(order_task=topic)


def how_to(turn: Turn, topic: str) -> Entry | None:
    """The entry for a general question about returns, refunds or invoices; None: it is about one order."""
    text, language = turn.said.text, turn.said.language
    if topic not in HOW_TO or turn.said.has_details or not asking.is_question(text, language):
        return None
    if topic == REFUND_STATUS and asking.asks_for_own_money(text, language):
        return None
    return _best(turn, turn.said.text, topic, HOW_TO_FROM)


def follow_up(turn: Turn) -> Entry | None:
    """The entry for a question that leans on the one answered last; None: it does not, or nothing fits."""
    last, at = turn.slot("last_question"), turn.slot("answered_at")
    if last is None or at is None or turn.now - float(at) > FOLLOW_UP_LIVES_S:
        return None
    if not asking.refers_back(turn.said.text, turn.said.language):
        return None
    own = _best(turn, turn.said.text, None, OWN_FROM)
    return own or _best(turn, f"{last} {turn.said.text}", None, FOLLOW_UP_FROM)


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
    return _best(turn, turn.said.text, None, SURE_FROM)


def asks_when(turn: Turn) -> bool:
    """Whether the message asks when "it" comes, and there is an order "it" can be."""
    return has_focus(turn) and asking.asks_when_it_comes(turn.said.text, turn.said.language)


def asks_the_day(turn: Turn) -> bool:
    """Whether the message asks for no more than the day "it" comes."""
    text, language = turn.said.text, turn.said.language
    asked = asking.asks_the_day_only(text, language) and not asking.means_other_order(text, language)
    return asked and not turn.said.has_details and asks_when(turn)


async def come_back(turn: Turn) -> None:
    """After something in between, come back to the open question; go on if it was answered along with it."""
    question, task = turn.open_question(), turn.slot("order_task")
    if question == "order_details" and turn.said.has_details and task in TASKS:
        await do_task(turn, task)
    elif question in STAYS_OPEN:
        turn.say(f"utter_resume_{question}", {"order_number": str(turn.slot("order_number") or "")})
    elif turn.slot("awaiting") is not None:
        turn.wait_for(None)


def _best(turn: Turn, question: str, topic: str | None, least: float) -> Entry | None:
    found = turn.use.knowledge.search(
        question, language=turn.facts.language, today=turn.today, topic=topic, limit=1
    )
    return found[0].entry if found and found[0].score >= least else None
