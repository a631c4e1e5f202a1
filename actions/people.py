"""Calling a person, caring about a complaint, and ceasing to write."""

from __future__ import annotations

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
    def name(self) -> str:
        return "action_complaint"

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_complaint")
        turn.wait_for("person")


class OptOut(HouseAction):
    """Says nothing: the house confirms once, and on some channels the carrier does."""

    def name(self) -> str:
        return "action_opt_out"

    async def answer(self, turn: Turn) -> None:
        turn.ask_house({"type": "consent.stop"})
        turn.wait_for(None)
