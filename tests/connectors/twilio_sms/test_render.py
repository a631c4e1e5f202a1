from __future__ import annotations

from connectors.contract import Button, OutboundMessage
from connectors.twilio_sms.render import render


def test_choices_are_numbered() -> None:
    (part,) = render(OutboundMessage("Which one?", (Button("Track", "m1.1"), Button("Return", "m1.2"))))
    assert (part.text, part.buttons) == ("Which one?\n\n1. Track\n2. Return", ())


def test_an_answer_of_ordinary_length_is_one_sms() -> None:
    assert len(render(OutboundMessage("I am the shop's assistant. " * 30))) == 1
