"""Actions about one order: tell, offer, ask the shop."""

from __future__ import annotations

from .asking import corrects
from .finding import find_again, take_day_for_number
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
    do_task,
    pass_on,
)
from .questions import come_back
from .requests import answer_message, go_on, take_correction, wait
from .turn import HouseAction, Turn
from .understanding import answer_not_understood


class OrderStatus(HouseAction):
    def name(self) -> str:
        return "action_order_status"

    async def answer(self, turn: Turn) -> None:
        await answer_message(turn, ORDER_STATUS)


class CancelOrder(HouseAction):
    def name(self) -> str:
        return "action_cancel_order"

    async def answer(self, turn: Turn) -> None:
        await answer_message(turn, CANCEL_ORDER)


class ChangeOrder(HouseAction):
    def name(self) -> str:
        return "action_change_order"

    async def answer(self, turn: Turn) -> None:
        await answer_message(turn, CHANGE_ORDER)


class ReturnItem(HouseAction):
    def name(self) -> str:
        return "action_return_item"

    async def answer(self, turn: Turn) -> None:
        await answer_message(turn, RETURN_ITEM)


class RefundStatus(HouseAction):
    def name(self) -> str:
        return "action_refund_status"

    async def answer(self, turn: Turn) -> None:
        await answer_message(turn, REFUND_STATUS)


class Invoice(HouseAction):
    def name(self) -> str:
        return "action_invoice"

    async def answer(self, turn: Turn) -> None:
        await answer_message(turn, INVOICE)


class ContinueOrder(HouseAction):
    """Goes on with what was wanted, now that the customer gave details."""

    def name(self) -> str:
        return "action_continue_order"

    async def answer(self, turn: Turn) -> None:
        task = turn.slot("order_task")
        if turn.open_question() == "order_details":
            await take_day_for_number(turn)
        if turn.said.has_details:
            wanted = task if task in TASKS else ORDER_STATUS
            more = [
                part.order_number for part in turn.said.parts if part.order_number != turn.said.order_number
            ]
            await do_task(turn, wanted)
            wait(turn, *(f"{wanted} {number}" for number in more if number))
            await go_on(turn)
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
        if turn.said.order_number not in {None, turn.slot("order_number")}:
            turn.say("utter_confirm_expired")  # a button under an older offer; the newer one stays open
            return
        effect = EFFECTS.get(str(turn.slot("order_task")))
        order = await find_again(turn) if turn.open_question() == "confirm" and effect else None
        turn.wait_for(None)
        if order is None or effect is None:
            turn.say("utter_confirm_expired")
        else:
            ask_shop(turn, effect, order)
        await go_on(turn)


class TakeNote(HouseAction):
    """Passes on to the shop, in the customer's words, what to change in an order."""

    def name(self) -> str:
        return "action_take_note"

    async def answer(self, turn: Turn) -> None:
        if corrects(turn.said.text, turn.said.language) and await take_correction(turn):
            return
        order = await find_again(turn) if turn.open_question() == "change_note" else None
        turn.wait_for(None)
        if order is None:
            await do_task(turn, CHANGE_ORDER)
            return
        turn.set(misses="none")
        pass_on(turn, order)
        await go_on(turn)


class DropRequest(HouseAction):
    """Takes a no: to the open question, to the order talked about ("no, the other one"), or to nothing."""

    def name(self) -> str:
        return "action_drop_request"

    async def answer(self, turn: Turn) -> None:
        if await take_correction(turn):
            return
        question = turn.slot("awaiting")
        turn.wait_for(None)
        if question is None:
            turn.say("utter_deny_unclear")
        else:
            turn.say("utter_person_dropped" if question == "person" else "utter_request_dropped")
        await go_on(turn)


class KeepQuestion(HouseAction):
    """Takes small talk in the middle of an order, and comes back to the question that is open."""

    def name(self) -> str:
        return "action_keep_question"

    async def answer(self, turn: Turn) -> None:
        if turn.said.intent == "bot_challenge":
            turn.say("utter_bot_challenge")
        elif turn.open_question() is None:
            turn.say("utter_greet")
        await come_back(turn)
