"""The same question to every door: does a choice come back as the choice it was?"""

from __future__ import annotations

import pytest

from connectors.contract import Button, Buttons, InboundKind, InboundMessage, OutboundMessage, WebhookRequest
from onethread.conversations.taps import chosen_by_text
from onethread.storage.threads import Spoken

from .doors import every_door, examples_of, pure

TITLES = (
    "Track it",
    "Send it back",
    "Talk to a person",
    "Ștergeți 👋",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "11",
    "12",
)


def choices(count: int) -> tuple[Button, ...]:
    return tuple(Button(title, f"m7.{n}") for n, title in enumerate(TITLES[:count], 1))


def heard(key: str, request: WebhookRequest) -> InboundMessage:
    door = pure(key)
    door.verify(request)
    (event,) = door.parse(request)
    assert isinstance(event, InboundMessage)
    return event


@every_door("taps")
@pytest.mark.parametrize("count", range(1, 13))
def test_a_choice_comes_back_as_its_tap(key: str, count: int) -> None:
    door, examples = pure(key), examples_of(key)
    *_, part = door.render(OutboundMessage("Which one?", choices(count)))
    as_list = len(part.buttons) > door.capabilities.buttons_max
    platform_shows = examples.picks if as_list else examples.taps
    for button in part.buttons:
        assert platform_shows is not None, "it shows choices, and no example says how they come back"
        event = heard(key, platform_shows(examples.env, button))
        assert (event.kind, event.tap, event.address) == (InboundKind.TAP, button.tap, examples.customer)
    assert part.buttons or part.text.endswith("\n".join(f"{n}. {t}" for n, t in enumerate(TITLES[:count], 1)))


@every_door("examples")
def test_there_is_an_example_of_every_way_to_choose(key: str) -> None:
    limits, examples = pure(key).capabilities, examples_of(key)
    assert (examples.taps is not None) == (limits.buttons is Buttons.NATIVE)
    assert (examples.picks is not None) == (limits.list_max > 0)


@every_door("typed back")
@pytest.mark.parametrize("typed", ["2", " 2. ", "2)", "send it back", "Send it back."])
def test_a_number_or_label_typed_back_is_the_choice(key: str, typed: str) -> None:
    """The house looks it up; the door must hand over what was typed as it was."""
    event = heard(key, examples_of(key).says(examples_of(key).env, typed))
    assert (event.kind, event.tap) == (InboundKind.TEXT, None)
    shown = Spoken(7, None, tuple({"title": button.title, "payload": "/x"} for button in choices(3)))
    choice = chosen_by_text(event.text, [shown])
    assert choice is not None
    assert choice.title == "Send it back"
