"""What is said about an order for each thing a customer can want of it, once it is found and proved."""

from __future__ import annotations

from datetime import timedelta

from onethread.orders import Effect, Order, OrderState, Verdict, verdict

from .asking import tells_when_placed
from .days import Days
from .finding import find_order
from .message import NOTE_MAX
from .order_texts import OFFERS_PERSON, arrival_response, day, state_response, values
from .turn import Turn

ORDER_STATUS = "order_status"
CANCEL_ORDER = "cancel_order"
CHANGE_ORDER = "change_order"
RETURN_ITEM = "return_item"
REFUND_STATUS = "refund_status"
INVOICE = "invoice"

TASKS = (ORDER_STATUS, CANCEL_ORDER, CHANGE_ORDER, RETURN_ITEM, REFUND_STATUS, INVOICE)
"""The intents that are about one order; also the values of the slot `order_task`."""

EFFECTS = {
    CANCEL_ORDER: Effect.CANCEL_ORDER,
    CHANGE_ORDER: Effect.CHANGE_ORDER,
    RETURN_ITEM: Effect.RETURN_ITEM,
}
_ASKED = {
    Effect.CANCEL_ORDER: "utter_cancel_asked",
    Effect.CHANGE_ORDER: "utter_change_asked",
    Effect.RETURN_ITEM: "utter_return_asked",
    Effect.SEND_INVOICE: "utter_invoice_asked",
}
_OFFERS = {
    Effect.CANCEL_ORDER: ("utter_cancel_offer", "confirm"),
    Effect.CHANGE_ORDER: ("utter_change_ask_note", "change_note"),
    Effect.RETURN_ITEM: ("utter_return_offer", "confirm"),
}
_REFUSALS = {
    (Effect.CANCEL_ORDER, Verdict.ON_ITS_WAY): "utter_cancel_too_late",
    (Effect.CANCEL_ORDER, Verdict.DELIVERED): "utter_cancel_delivered",
    (Effect.CANCEL_ORDER, Verdict.CLOSED): "utter_cancel_closed",
    (Effect.CHANGE_ORDER, Verdict.ON_ITS_WAY): "utter_change_too_late",
    (Effect.CHANGE_ORDER, Verdict.DELIVERED): "utter_change_closed",
    (Effect.CHANGE_ORDER, Verdict.CLOSED): "utter_change_closed",
    (Effect.RETURN_ITEM, Verdict.NOT_DELIVERED): "utter_return_too_early",
    (Effect.RETURN_ITEM, Verdict.TOO_LATE): "utter_return_too_late",
    (Effect.RETURN_ITEM, Verdict.CLOSED): "utter_return_closed",
}
_WISHED_WITHIN = timedelta(days=90)
_REFUND_AFTER = timedelta(days=7)  # five working days


async def do_task(turn: Turn, task: str) -> None:
    """Find the order a task is about and answer it, or ask for what is missing."""
    order = await find_order(turn, task)
    if order is not None:
        tell(turn, task, order)


def tell(turn: Turn, task: str, order: Order) -> None:
    """Answer `task` for an order already proved."""
    if task in EFFECTS:
        _offer(turn, EFFECTS[task], order)
    elif task == REFUND_STATUS:
        _tell_refund(turn, order)
    elif task == INVOICE:
        _send_invoice(turn, order)
    else:
        _say(turn, state_response(order, turn.today), order)


def tell_arrival(turn: Turn, order: Order) -> None:
    """Answer "and when does it come?" for an order whose state was told before."""
    _say(turn, arrival_response(order, turn.today), order)


def ask_shop(turn: Turn, effect: Effect, order: Order, note: str = "") -> bool:
    """Ask the shop for something still possible, and say that it was asked; else say why not. True: asked."""
    if verdict(effect, order, turn.today) is not Verdict.POSSIBLE:
        _refuse(turn, effect, order)
        return False
    turn.ask_house({"type": "shop.requested", "effect": str(effect), "order": order.number, "note": note})
    _say(turn, _ASKED[effect], order)
    return True


def pass_on(turn: Turn, order: Order) -> None:
    """Pass a wished change on in the customer's words. A day in it goes along as a date, and is told back."""
    note, wished = turn.said.text[:NOTE_MAX], _wished_day(turn)
    if wished is not None:
        note = f"{note} [{wished.first}]"
    if not ask_shop(turn, Effect.CHANGE_ORDER, order, note) or wished is None:
        return
    told = {"date": day(wished.first, turn.facts.language, turn.today)}
    if wished.other is None:
        turn.say("utter_day_understood", told)
    else:
        other = day(wished.other, turn.facts.language, turn.today)
        turn.say("utter_day_ambiguous", told | {"other_date": other})


def _wished_day(turn: Turn) -> Days | None:
    """The one day to come soon that a message asks for; "12 May Street" is none for most of the year."""
    if tells_when_placed(turn.said.text, turn.said.language):
        return None
    near = range(_WISHED_WITHIN.days + 1)
    soon = [one for one in turn.days() if one.is_one and (one.first - turn.today).days in near]
    return soon[0] if len(soon) == 1 else None


def _offer(turn: Turn, effect: Effect, order: Order) -> None:
    if verdict(effect, order, turn.today) is not Verdict.POSSIBLE:
        _refuse(turn, effect, order)
        return
    response, question = _OFFERS[effect]
    turn.say(response, values(order, turn.facts.language, turn.today))
    turn.wait_for(question)


def _refuse(turn: Turn, effect: Effect, order: Order) -> None:
    _say(turn, _REFUSALS[effect, verdict(effect, order, turn.today)], order)


def _tell_refund(turn: Turn, order: Order) -> None:
    until = order.state_since.date() + _REFUND_AFTER
    match order.state:
        case OrderState.REFUNDED:
            _say(turn, "utter_refund_done", order)
        case OrderState.RETURNED:
            _say(turn, "utter_refund_coming", order, until=day(until, turn.facts.language))
        case OrderState.CANCELLED:
            _say(turn, "utter_refund_cancelled", order)
        case _:
            _say(turn, "utter_refund_none", order)


def _send_invoice(turn: Turn, order: Order) -> None:
    if verdict(Effect.SEND_INVOICE, order, turn.today) is Verdict.NOT_PAID:
        _say(turn, "utter_invoice_unpaid", order)
        return
    ask_shop(turn, Effect.SEND_INVOICE, order)


def _say(turn: Turn, response: str, order: Order, **more: str) -> None:
    turn.say(response, values(order, turn.facts.language, turn.today) | more)
    turn.wait_for("person" if response in OFFERS_PERSON else None)
