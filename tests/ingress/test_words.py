"""Only a whole message that is a STOP word stops."""

from __future__ import annotations

import pytest

from connectors.contract import Consent
from onethread.ingress.words import asks_to_stop, consent_word, resumes


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


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me",
        "where is my order 1042? And STOP TEXTING ME",
        "Stop sending me messages",
        "don\u2019t message me again",
        "do not text me anymore",
        "unsubscribe me",
        "take me off your list",
    ],
)
def test_a_plain_request_stops_whatever_else_is_said(text: str) -> None:
    assert asks_to_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "when do you stop sending orders to Canada?",
        "can you text me when it is here",
        "I stopped writing to the carrier",
        "please don't contact me by phone",
        "stop",
        "do you have a mailing list",
        "the driver did not text me",
    ],
)
def test_other_sentences_are_left_to_the_assistant(text: str) -> None:
    assert not asks_to_stop(text)
