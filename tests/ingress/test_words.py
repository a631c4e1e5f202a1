"""Only a whole message that is a STOP word stops."""

from __future__ import annotations

import pytest

from connectors.contract import Consent
from onethread.ingress.words import consent_word, resumes


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", " Stop. ", "UNSUBSCRIBE", "end", "Quit!", "STOPALL", "revoke", "OPTOUT", "cancel"],
)
def test_a_lone_stop_word_stops(text: str) -> None:
    assert consent_word(text) == Consent.STOP


@pytest.mark.parametrize("text", ["please stop", "cancel my order", "stop!! late", "", "yes", "1042", "help"])
def test_a_sentence_is_a_sentence(text: str) -> None:
    assert consent_word(text) is None


def test_yes_resumes_only_in_answer_to_a_stop() -> None:
    assert consent_word("YES") is None
    assert resumes("yes")
    assert resumes("START")
    assert consent_word("unstop") == Consent.START
