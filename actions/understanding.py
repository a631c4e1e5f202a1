"""What to do when a message was not understood: ask back once, then call a person."""

from __future__ import annotations

from .finding import find_order
from .order_tasks import ORDER_STATUS, tell_arrival
from .questions import asks_when, resume, sure_entry
from .turn import Button, HouseAction, Turn

_GUESSES = 2
_PERSON = "human_handoff"


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
    if asks_when(turn):
        order = await find_order(turn, ORDER_STATUS)
        if order is not None:
            tell_arrival(turn, order)
        return
    entry = sure_entry(turn)
    if entry is not None:
        turn.set(misses="none")
        turn.say_text(entry.answer)
        resume(turn)
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
    guesses = _guesses(turn)
    if guesses:
        turn.say("utter_clarify", buttons=guesses)
    else:
        turn.say("utter_clarify_open")


def _guesses(turn: Turn) -> list[Button]:
    """The likeliest intents that have a title, and always a person."""
    titles = turn.use.titles(turn.facts.language)
    likely = [name for name in turn.said.ranking if name in titles and name != _PERSON][:_GUESSES]
    if not likely:
        return []
    return [(titles[name], f"/{name}") for name in (*likely, _PERSON) if name in titles]
