from __future__ import annotations

from connectors._shared.graphemes import utf16_units
from connectors.contract import Button, MediaRef, OutboundMessage, Part
from connectors.whatsapp_cloud.render import render
from simulator.meta.rules import problem_of

PHOTO = MediaRef("https://shop.example/a.jpg", "image/jpeg")


def choices(count: int) -> tuple[Button, ...]:
    return tuple(Button(f"Choice {n}", f"m1.{n}") for n in range(1, count + 1))


def test_three_choices_are_buttons_and_ten_a_list() -> None:
    for count in (1, 3, 4, 10):
        assert render(OutboundMessage("Which?", choices(count))) == (Part("Which?", choices(count)),)


def test_eleven_choices_are_numbered_lines() -> None:
    (part,) = render(OutboundMessage("Which?", choices(11)))
    assert part.buttons == ()
    assert part.text.endswith("11. Choice 11")


def test_a_long_text_leaves_its_end_under_the_buttons() -> None:
    head, tail = render(OutboundMessage("A sentence that says something. " * 60, choices(2)))
    assert (head.buttons, tail.buttons) == ((), choices(2))
    assert utf16_units(head.text) <= 4096


def test_a_file_carries_the_text_as_its_caption() -> None:
    assert render(OutboundMessage("Your parcel", media=(PHOTO,))) == (Part("Your parcel", media=(PHOTO,)),)


def test_a_caption_too_long_is_a_text_of_its_own() -> None:
    file, text = render(OutboundMessage("long " * 300, media=(PHOTO,)))
    assert (file.text, file.media) == ("", (PHOTO,))
    assert text.text == ("long " * 300).rstrip()


def test_each_of_several_files_is_a_message() -> None:
    parts = render(OutboundMessage("Look", choices(2), media=(PHOTO, PHOTO)))
    assert [(bool(part.media), part.text) for part in parts] == [(True, ""), (True, ""), (False, "Look")]


def test_metas_own_limits_are_what_the_fake_keeps() -> None:
    """The fake is the judge of what the client makes; it must not be kinder than Meta."""
    said = {"messaging_product": "whatsapp", "to": "1", "type": "text", "text": {"body": "x" * 4097}}
    assert problem_of(said) == 131009
    assert problem_of(said | {"text": {"body": "x" * 4096}}) == 0
