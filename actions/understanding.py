"""What to do when a message was not understood: ask back once, then call a person."""

from __future__ import annotations

from .feelings import insults
from .finding import find_order
from .order_tasks import ORDER_STATUS, TASKS, tell_arrival
from .questions import asks_when, come_back, follow_up, sure_entry, tell_entry
from .requests import answer_several, take_correction
from .turn import Button, HouseAction, Turn

_GUESSES = 2
_PERSON = "human_handoff"
LIKELY_FROM = 0.04
"""A message whose best guess is less likely is about something else than the shop."""
GUESS_FROM = 0.01
"""A second guess that is less likely is not worth a button."""


class Clarify(HouseAction):
    """The two-step fallback: clarify with buttons, at the second miss in a row a person."""

    def name(self) -> str:
        return "action_clarify"

    async def answer(self, turn: Turn) -> None:
        await answer_not_understood(turn)


async def answer_not_understood(
    turn: Turn, response: str = "utter_clarify", awaiting: str | None = None
) -> None:
    """Answer what can be answered without a guess; else it is a miss, see there."""
    if await take_correction(turn) or await answer_several(turn):
        turn.set(misses="none")
        return
    if asks_when(turn):
        order = await find_order(turn, ORDER_STATUS)
        if order is not None:
            tell_arrival(turn, order)
        return
    entry = follow_up(turn) or sure_entry(turn)
    if entry is not None:
        turn.set(misses="none")
        tell_entry(turn, entry)
        await come_back(turn)
        return
    if insults(turn.said.text):
        turn.say("utter_complaint")
        turn.wait_for("person")
        return
    miss(turn, response, awaiting=awaiting)


def miss(turn: Turn, response: str, *, awaiting: str | None = None) -> None:
    """Count a miss: ask back with `response` the first time, call a person the second."""
    if turn.slot("misses") == "one":
        turn.call_person("utter_hand_over_misses", "two_misses")
        return
    turn.set(misses="one")
    if awaiting is not None:
        turn.wait_for(awaiting)
    if response != "utter_clarify":
        turn.say(response)
        return
    titles = turn.use.titles(turn.facts.language)
    likely = [(name, chance) for name, chance in turn.said.ranking if name in titles and name != _PERSON]
    if not likely:
        turn.say("utter_clarify_open")
    elif likely[0][1] < LIKELY_FROM:
        turn.say("utter_out_of_scope")
    else:
        guesses = [name for name, chance in likely[:_GUESSES] if chance >= GUESS_FROM]
        turn.say("utter_clarify", buttons=[_button(turn, name, titles[name]) for name in (*guesses, _PERSON)])


def _button(turn: Turn, intent: str, title: str) -> Button:
    """Chooses a guess; an order named in the message goes along."""
    number = turn.said.order_number if intent in TASKS else None
    return title, f"/{intent}" + (f'{{"order_number": "{number}"}}' if number else "")
