"""The action that answers questions about the shop."""

from __future__ import annotations

from .requests import answer_message
from .turn import HouseAction, Turn


class AnswerQuestion(HouseAction):
    """Answers with the entry that fits, and comes back to an order left open."""

    def name(self) -> str:
        return "action_answer_question"

    async def answer(self, turn: Turn) -> None:
        await answer_message(turn, turn.said.intent)
