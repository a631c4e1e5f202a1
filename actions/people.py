"""Calling a person, caring about a complaint, and ceasing to write."""

from __future__ import annotations

from .requests import answer_message, requests_of
from .turn import HouseAction, Turn


class HandOver(HouseAction):
    def name(self) -> str:
        return "action_hand_over"

    async def answer(self, turn: Turn) -> None:
        if turn.said.intent == "human_handoff":
            turn.call_person("utter_hand_over", "asked")
        elif turn.open_question() == "person":
            turn.call_person("utter_hand_over", "offered")
        else:  # a "yes" long after the offer
            turn.wait_for(None)
            turn.say("utter_affirm_unclear")


class Complaint(HouseAction):
    """Meets anger with care; what else the message asks for is answered too, else a person is offered."""

    def name(self) -> str:
        return "action_complaint"

    async def answer(self, turn: Turn) -> None:
        asked = requests_of(turn.said)
        if asked:
            turn.say("utter_complaint_heard")
            await answer_message(turn, asked[0].intent)
        else:
            turn.say("utter_complaint")
            turn.wait_for("person")


class OptOut(HouseAction):
    """Says nothing: the house confirms once, and on some channels the carrier does."""

    def name(self) -> str:
        return "action_opt_out"

    async def answer(self, turn: Turn) -> None:
        turn.ask_house({"type": "consent.stop"})
        turn.wait_for(None)
