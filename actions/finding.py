"""Which order is meant, and may this customer hear about it? Asks back until both are answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from onethread.orders import Order

from . import asking
from .days import Days
from .order_texts import button_title
from .proof import TRIES_MAX, owns
from .turn import Turn

FOCUS_LIVES_S = 24 * 3_600.0
"""How long "it" still means the order last talked about."""
_LISTED = 4
_SEARCHED = 40
"""Orders among which those of a day are looked for."""


async def find_order(turn: Turn, task: str) -> Order | None:
    """The order `task` is about, proved to be this customer's; None: what is missing was asked for.

    Must not: tell by its words whether a number exists that the customer has not proved to own.
    """
    typed_now = turn.said.contact
    if typed_now is not None:
        turn.set(order_proof=turn.prover.token(typed_now, turn.today))
        turn.use.guesses.typed(turn.prover.sender, turn.prover.digest(typed_now))
    named = turn.said.order_number or await _number_of_tracking(turn) or await _own_number_in_text(turn)
    turn.set(order_task=task)
    claims = turn.prover.is_fresh(turn.slot("order_proof"), turn.today)
    if named is None and claims and turn.said.tracking_number is not None:
        _refuse(turn, "")  # a guess like any other
        return None
    if named is None and typed_now is None:
        return await _order_without_details(turn, task)
    number = named or remembered(turn)
    if number is None:
        _ask(turn, "utter_ask_order_number")
        return None
    order = await turn.use.orders.by_number(number)
    if order is not None and is_proved(turn, order):
        return _settle(turn, order)
    turn.set(order_number=number, order_at=turn.now)
    _refuse(turn, number)
    return None


def is_proved(turn: Turn, order: Order) -> bool:
    """Whether this turn may tell about `order`."""
    if owns(turn.facts, order):
        return True
    return not _is_locked(turn, order.number) and turn.prover.knows(
        turn.slot("order_proof"), order, turn.today
    )


async def find_again(turn: Turn) -> Order | None:
    """The order in focus for a question already asked, proved anew; None when it no longer holds."""
    number = remembered(turn)
    order = await turn.use.orders.by_number(number) if number else None
    return order if order is not None and is_proved(turn, order) else None


def has_focus(turn: Turn) -> bool:
    """Whether an order was told about lately enough to be meant by "it"."""
    return turn.slot("awaiting") != "order_details" and remembered(turn) is not None


def remembered(turn: Turn) -> str | None:
    """The number of the order talked about lately, proved or not."""
    number, at = turn.slot("order_number"), turn.slot("order_at")
    if number is None or at is None or turn.now - float(at) > FOCUS_LIVES_S:
        return None
    return str(number)


async def placed_then(turn: Turn) -> Sequence[Order]:
    """The orders of this very phone placed on a day the message names as the one of its placing."""
    told = asking.tells_when_placed(turn.said.text, turn.said.language)
    return await _placed_on(turn, turn.days(past=True)) if told else ()


async def take_day_for_number(turn: Turn) -> None:
    """Where it was asked which order: let the day the answer names ("yesterday's") stand for its number."""
    if turn.said.has_details or asking.asks_when_it_comes(turn.said.text, turn.said.language):
        return  # "it should have come yesterday"
    meant = await _placed_on(turn, turn.days(past=True))
    if len(meant) == 1:
        turn.said = replace(turn.said, order_number=meant[0].number)


async def _placed_on(turn: Turn, days: Sequence[Days]) -> Sequence[Order]:
    if not days or turn.facts.phone is None:
        return ()
    own = await turn.use.orders.recent_for(phone=turn.facts.phone, limit=_SEARCHED)
    return [order for order in own if any(one.have(order.placed_at.date()) for one in days)]


async def _order_without_details(turn: Turn, task: str) -> Order | None:
    if meant := await placed_then(turn):
        if len(meant) == 1:
            return _settle(turn, meant[0])
        _let_choose(turn, task, meant[:_LISTED])
        return None
    number = remembered(turn)
    other = number is not None and asking.means_other_order(turn.said.text, turn.said.language)
    order = await turn.use.orders.by_number(number) if number and not other else None
    if order is not None and is_proved(turn, order):
        return _settle(turn, order)
    phone = turn.facts.phone
    own = await turn.use.orders.recent_for(phone=phone, limit=_LISTED) if phone else ()
    if other:
        own = tuple(one for one in own if one.number != number)
    if len(own) == 1:
        return _settle(turn, own[0])
    if own:
        _let_choose(turn, task, own)
    elif other:
        turn.set(order_number=None, order_at=None)
        _ask(turn, "utter_ask_other_order")
    elif number is not None and turn.open_question() == "order_details":
        _ask(turn, "utter_ask_proof", {"order_number": number})
    else:
        _ask(turn, "utter_ask_order_unknown_address" if phone else "utter_ask_order")
    return None


def _let_choose(turn: Turn, task: str, orders: Iterable[Order]) -> None:
    buttons = [
        (button_title(one, turn.facts.language), f'/{task}{{"order_number": "{one.number}"}}')
        for one in orders
    ]
    turn.say("utter_choose_order", buttons=buttons)
    turn.wait_for("order_details")
    turn.set(order_number=None, order_at=None)


async def _number_of_tracking(turn: Turn) -> str | None:
    if turn.said.tracking_number is None:
        return None
    order = await turn.use.orders.by_tracking(turn.said.tracking_number)
    return order.number if order is not None and is_proved(turn, order) else None


async def _own_number_in_text(turn: Turn) -> str | None:
    """A number nobody recognised as an order's counts when this very phone placed it.

    Must not: count for a typed contact, for a wrong guess would go uncounted.
    """
    for number in turn.said.bare_numbers:
        order = await turn.use.orders.by_number(number)
        if order is not None and owns(turn.facts, order):
            return number
    return None


def _settle(turn: Turn, order: Order) -> Order:
    turn.set(order_number=order.number, order_at=turn.now, misses="none")
    if turn.slot("awaiting") == "order_details":
        turn.wait_for(None)
    return order


def _ask(turn: Turn, response: str, values: Mapping[str, str] | None = None) -> None:
    turn.say(response, values)
    turn.wait_for("order_details")


def _refuse(turn: Turn, number: str) -> None:
    """The same words for an order that is not there and one that is somebody else's."""
    if _is_locked(turn):
        turn.call_person("utter_proof_locked", "locked_out")
        return
    if not turn.prover.is_fresh(turn.slot("order_proof"), turn.today):
        _ask(turn, "utter_ask_proof", {"order_number": number})
        return
    turn.set(wrong_tries=float(turn.slot("wrong_tries") or 0) + 1)
    turn.use.guesses.missed(turn.prover.sender, number, turn.now)
    if _is_locked(turn, number):
        turn.call_person("utter_proof_locked", "locked_out")
        return
    _ask(turn, "utter_proof_wrong")


def _is_locked(turn: Turn, number: str = "") -> bool:
    if float(turn.slot("wrong_tries") or 0) >= TRIES_MAX:
        return True
    return bool(number) and turn.use.guesses.are_too_many(turn.prover.sender, number, turn.now)
