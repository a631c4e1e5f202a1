"""What a message asks for, one thing or several: each is answered, and what has to wait is kept."""

from __future__ import annotations

from dataclasses import replace

from onethread.orders import Order

from . import asking
from .finding import find_again, placed_then, remembered
from .message import DETAILS, FALLBACK, Said
from .order_tasks import EFFECTS, ORDER_STATUS, TASKS, do_task, tell_arrival
from .questions import (
    STAYS_OPEN,
    TOPICS,
    answer_question,
    asks_the_day,
    come_back,
    entry_for,
    how_to,
    tell_entry,
    tell_how,
)
from .turn import Turn


async def answer_message(turn: Turn, intent: str) -> None:
    """Answer all that a message asks for; `intent` is what it asks for as a whole."""
    if any(part.intent == "bot_challenge" for part in turn.said.parts):
        turn.say("utter_bot_challenge")
    if not await answer_several(turn):
        turn.set(order_next=None)
        asked = requests_of(turn.said)
        await _answer_one(turn, asked[0].intent if asked else intent)


async def answer_several(turn: Turn) -> bool:
    """Answer each thing a message asks for when it asks for more than one; False: it does not.

    Questions about the shop come first and offers last, for an offer ends with a question of ours. What
    cannot be answered before the customer has answered that waits in the slot `order_next`.
    """
    asked = requests_of(turn.said)
    if len(asked) < 2:
        return False
    whole, tasks = turn.said, list[Said]()
    turn.set(order_next=None)
    for part in asked:
        turn.said = part
        entry = entry_for(turn, part.intent) if part.intent in TOPICS else how_to(turn, part.intent)
        if entry is not None:
            tell_entry(turn, entry)
        elif part.intent in TASKS:
            tasks.append(part)
        else:
            turn.say("utter_no_answer")
            turn.wait_for("person")
    tasks.sort(key=lambda part: part.intent in EFFECTS)
    if tasks:
        turn.said = tasks[0]
        await do_task(turn, tasks[0].intent)
        wait(turn, *(f"{part.intent} {part.order_number or ''}".strip() for part in tasks[1:]))
        await go_on(turn)
    turn.said = whole
    if not tasks:
        await come_back(turn)
    return True


def wait(turn: Turn, *requests: str) -> None:
    """Keep tasks that are to be answered next, each with its order if one was named ("return_item 1017")."""
    turn.set(order_next=[*requests, *(turn.slot("order_next") or ())] or None)


async def go_on(turn: Turn) -> None:
    """Answer what was asked for beside it and had to wait, unless a question is open again."""
    while (waiting := turn.slot("order_next")) and turn.slot("awaiting") not in STAYS_OPEN:
        task, _, number = str(waiting[0]).partition(" ")
        turn.set(order_next=waiting[1:] or None)
        turn.said = replace(turn.said, intent=task, order_number=number or None, tracking_number=None)
        await do_task(turn, task)


async def take_correction(turn: Turn) -> bool:
    """Go on with the order really meant when another one was talked about; False: nothing is corrected."""
    task, number = turn.slot("order_task"), remembered(turn)
    if task not in TASKS or number is None:
        return False
    other = turn.said.order_number not in {None, number}
    if not other and not asking.means_other_order(turn.said.text, turn.said.language):
        return False
    await do_task(turn, task)
    return True


def requests_of(said: Said) -> list[Said]:
    """The parts of a message that ask for something, each thing once; none when they do not fit the whole."""
    if said.intent not in {FALLBACK, *(part.intent for part in said.parts)}:
        return []
    asked: dict[tuple[str, str | None], Said] = {}
    bare = not any(part.intent in TASKS for part in said.parts)
    for part in said.parts:
        when = part.intent == "delivery_info" and asking.asks_when_it_comes(part.text, part.language)
        named = part.intent == DETAILS and bare and part.order_number is not None
        # "where is it, and when does it arrive"; "1042, and how much is shipping"
        intent = ORDER_STATUS if when or named else part.intent
        if intent in TASKS or intent in TOPICS:
            asked.setdefault((intent, part.order_number), replace(part, intent=intent))
    return list(asked.values())


async def _asked_after(turn: Turn) -> Order | None:
    """The order in focus, unless the message tells another by the day it was placed."""
    return None if await placed_then(turn) else await find_again(turn)


async def _answer_one(turn: Turn, intent: str) -> None:
    if intent in TOPICS:
        await answer_question(turn, intent)
    elif (entry := how_to(turn, intent)) is not None:
        await tell_how(turn, intent, entry)
    elif intent == ORDER_STATUS and asks_the_day(turn) and (order := await _asked_after(turn)) is not None:
        turn.set(order_task=ORDER_STATUS)
        tell_arrival(turn, order)
    else:
        await do_task(turn, intent)
