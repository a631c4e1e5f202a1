"""The house's own sentences, as the response files have them."""

from __future__ import annotations

import pytest

from connectors.contract.marks import read_marks, without_marks
from onethread.conversations.texts import HOUSE_KEYS, HouseTexts, TextMissing

TEXTS = {f"utter_house_{key}": [{"text": "-"}] for key in HOUSE_KEYS} | {
    "utter_house_agent_joined": [
        {"text": "**{agent}** ist da.", "condition": [{"type": "slot", "name": "language", "value": "de"}]},
        {"text": "**{agent}** is here."},
    ]
}


def test_a_sentence_is_said_in_the_customers_language() -> None:
    texts = HouseTexts(TEXTS)
    assert texts.say("agent_joined", "de", agent="Ida").text == "**Ida** ist da."
    assert texts.say("agent_joined", "ro", agent="Ida").text == "**Ida** is here."


def test_a_value_in_a_sentence_is_no_mark() -> None:
    said = HouseTexts(TEXTS).say("agent_joined", "en", agent="I** [d](https://a.example)").text
    assert without_marks(said) == "I** [d](https://a.example) is here."
    _, spans = read_marks(said, links=True)
    assert [span.link for span in spans] == [""]


def test_a_sentence_that_is_not_there_is_told_at_the_start() -> None:
    with pytest.raises(TextMissing, match="utter_house_apology"):
        HouseTexts({name: said for name, said in TEXTS.items() if name != "utter_house_apology"})
