"""Actions about one order: tell, offer, ask the shop."""

from __future__ import annotations

from .finding import find_again, find_order
from .message import NOTE_MAX
from .order_tasks import (
    CANCEL_ORDER,
    CHANGE_ORDER,
    EFFECTS,
    INVOICE,
    ORDER_STATUS,
    REFUND_STATUS,
    RETURN_ITEM,
    TASKS,
    ask_shop,
    tell,
    tell_arrival,
)
from .questions import answer_how_to, asks_the_day
from .turn import HouseAction, Turn
from .understanding import answer_not_understood


async def do_task(turn: Turn, task: str) -> None:
    """Find the order a task is about and answer it, or ask for what is missing."""
    order = await find_order(turn, task)
    if order is not None:
        tell(turn, task, order)


class OrderStatus(HouseAction):
    def name(self) -> str:
        return "action_order_status"

    async def answer(self, turn: Turn) -> None:
        order = await find_again(turn) if asks_the_day(turn) else None
        if order is None:
            await do_task(turn, ORDER_STATUS)
            return
        turn.set(order_task=ORDER_STATUS)
        tell_arrival(turn, order)


class CancelOrder(HouseAction):
    def name(self) -> str:
        return "action_cancel_order"

    async def answer(self, turn: Turn) -> None:
        await do_task(turn, CANCEL_ORDER)


class ChangeOrder(HouseAction):
    def name(self) -> str:
        return "action_change_order"

    async def answer(self, turn: Turn) -> None:
        await do_task(turn, CHANGE_ORDER)


class ReturnItem(HouseAction):
    def name(self) -> str:
        return "action_return_item"

    async def answer(self, turn: Turn) -> None:
        if not answer_how_to(turn, RETURN_ITEM):
            await do_task(turn, RETURN_ITEM)


class RefundStatus(HouseAction):
    def name(self) -> str:
        return "action_refund_status"

    async def answer(self, turn: Turn) -> None:
        if not answer_how_to(turn, REFUND_STATUS):
            await do_task(turn, REFUND_STATUS)


class Invoice(HouseAction):
    def name(self) -> str:
        return "action_invoice"

    async def answer(self, turn: Turn) -> None:
        if not answer_how_to(turn, INVOICE):
            await do_task(turn, INVOICE)


class ContinueOrder(HouseAction):
    """Goes on with what was wanted, now that the customer gave details."""

    def name(self) -> str:
        return "action_continue_order"

    async def answer(self, turn: Turn) -> None:
        task = turn.slot("order_task")
        if turn.said.has_details:
            await do_task(turn, task if task in TASKS else ORDER_STATUS)
        elif turn.said.intent == "affirm":  # "yes, one moment": what is needed is still needed
            turn.say("utter_details_missing")
        elif turn.said.intent == "give_details" or turn.open_question() == "order_details":
            await answer_not_understood(turn, "utter_details_missing", awaiting="order_details")
        else:
            await answer_not_understood(turn)


class ConfirmRequest(HouseAction):
    """Asks the shop for what was offered and agreed to, if it still holds."""

    def name(self) -> str:
        return "action_confirm_request"

    async def answer(self, turn: Turn) -> None:
        effect = EFFECTS.get(str(turn.slot("order_task")))
        order = await find_again(turn) if turn.open_question() == "confirm" and effect else None
        turn.wait_for(None)
        if order is None or effect is None:
            turn.say("utter_confirm_expired")
            return
        ask_shop(turn, effect, order)


class TakeNote(HouseAction):
    """Passes on to the shop, in the customer's words, what to change in an order."""

    def name(self) -> str:
        return "action_take_note"

    async def answer(self, turn: Turn) -> None:
        order = await find_again(turn) if turn.open_question() == "change_note" else None
        turn.wait_for(None)
        if order is None:
            await do_task(turn, CHANGE_ORDER)
            return
        turn.set(misses="none")
        ask_shop(turn, EFFECTS[CHANGE_ORDER], order, note=turn.said.text[:NOTE_MAX])


class DropRequest(HouseAction):
    """Leaves the open question as it is."""

    def name(self) -> str:
        return "action_drop_request"

    async def answer(self, turn: Turn) -> None:
        question = turn.slot("awaiting")
        turn.wait_for(None)
        turn.say("utter_person_dropped" if question == "person" else "utter_request_dropped")
