from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._shared.degrade import degrade
from connectors.contract import (
    Button,
    Buttons,
    Capabilities,
    Files,
    MediaRef,
    OutboundMessage,
    Part,
    Template,
)

PLAIN = Capabilities(text_max=100)
RICH = Capabilities(
    text_max=100, buttons=Buttons.NATIVE, buttons_max=3, button_title_max=20, tap_id_max_bytes=64
)
FILES = dataclasses.replace(
    RICH, files=Files(types=("image/", "audio/"), caption_max=30, uncaptioned=("audio/",))
)
LISTS = dataclasses.replace(RICH, list_max=10, list_title_max=24, choices_text_max=40)
YES_NO = (Button("Yes", "m7.1"), Button("No", "m7.2"))
PHOTO = MediaRef("https://shop.example/a.jpg", "image/jpeg")
PARCEL = dataclasses.replace(PHOTO, caption="Your parcel")


def test_buttons_stay_where_the_channel_has_them() -> None:
    assert degrade(OutboundMessage("Sure?", YES_NO), RICH) == (Part("Sure?", YES_NO),)


def test_buttons_become_a_numbered_list_where_it_has_none() -> None:
    assert degrade(OutboundMessage("Sure?", YES_NO), PLAIN) == (Part("Sure?\n\n1. Yes\n2. No"),)


def test_too_many_buttons_become_a_numbered_list() -> None:
    many = tuple(Button(f"Choice {n}", f"m7.{n}") for n in range(1, 5))
    (part,) = degrade(OutboundMessage("Which?", many), RICH)
    assert part.buttons == ()
    assert part.text.endswith("4. Choice 4")


def test_a_long_title_becomes_a_line_of_the_list() -> None:
    (part,) = degrade(OutboundMessage("Which?", (Button("t" * 21, "m7.1"),)), RICH)
    assert part.text == "Which?\n\n1. " + "t" * 21


def test_buttons_stand_under_the_last_of_several_parts() -> None:
    parts = degrade(OutboundMessage("word " * 50, YES_NO), RICH)
    assert [bool(part.buttons) for part in parts] == [False, False, True]


def test_files_become_links_where_the_channel_carries_none() -> None:
    (part,) = degrade(OutboundMessage("Look", media=(PARCEL,)), PLAIN)
    assert part.text == "Look\n\nYour parcel\nhttps://shop.example/a.jpg"


def test_files_go_along_where_the_channel_carries_them() -> None:
    assert degrade(OutboundMessage("", media=(PARCEL,)), FILES) == (Part("Your parcel", media=(PHOTO,)),)


def test_a_text_is_the_caption_of_its_only_file() -> None:
    assert degrade(OutboundMessage("Here", media=(PHOTO,)), FILES) == (Part("Here", media=(PHOTO,)),)


@pytest.mark.parametrize(
    "message",
    [
        OutboundMessage("Here", media=(PARCEL,)),
        OutboundMessage("Here", media=(PHOTO, PHOTO)),
        OutboundMessage("Here is your parcel, and a long word on it", media=(PHOTO,)),
        OutboundMessage("Here", YES_NO, (PHOTO,)),
        OutboundMessage("Listen", media=(MediaRef("https://shop.example/a.ogg", "audio/ogg"),)),
    ],
    ids=["has-a-caption", "two-files", "too-long", "choices", "sound"],
)
def test_a_text_that_is_no_caption_follows_the_files(message: OutboundMessage) -> None:
    *files, text = degrade(message, FILES)
    assert [len(part.media) for part in files] == [1] * len(message.media)
    assert (text.text, text.buttons, text.media) == (message.text, message.buttons, ())


def test_a_caption_that_cannot_go_along_is_said() -> None:
    sound = MediaRef("https://shop.example/a.ogg", "audio/ogg", caption="Listen")
    file, text = degrade(OutboundMessage("", media=(sound,)), FILES)
    assert (file.media[0].caption, file.text, text.text) == ("", "", "Listen")


@pytest.mark.parametrize(("ref", "kind"), [("file-7", "image/png"), ("https://x.example/7", "text/csv")])
def test_a_file_the_platform_would_not_take_is_a_link(ref: str, kind: str) -> None:
    (part,) = degrade(OutboundMessage("Here", media=(MediaRef(ref, kind, "Invoice"),)), FILES)
    assert part == Part(f"Here\n\nInvoice\n{ref}")


def test_a_template_is_sent_where_the_channel_has_templates() -> None:
    template = Template("hello", "en", ("Ana",))
    message = OutboundMessage("Hello Ana", template=template)
    assert degrade(message, dataclasses.replace(PLAIN, templates=True)) == (
        Part("Hello Ana", template=template),
    )
    assert degrade(message, PLAIN) == (Part("Hello Ana"),)


def test_nothing_to_say_is_no_message() -> None:
    assert degrade(OutboundMessage(" \n "), PLAIN) == ()


@given(
    st.text(max_size=600),
    st.lists(st.text(min_size=1, max_size=40), max_size=4),
    st.sampled_from([PLAIN, RICH, LISTS]),
)
def test_nothing_is_over_a_limit_and_nothing_is_lost(
    text: str, titles: list[str], capabilities: Capabilities
) -> None:
    buttons = tuple(Button(title, f"m1.{n}") for n, title in enumerate(titles, 1))
    parts = degrade(OutboundMessage(text, buttons), capabilities)
    assert all(0 < len(part.text) <= capabilities.text_max for part in parts)
    said = "".join("".join(part.text.split()) for part in parts)
    wanted = "".join(text.split()).replace("\x00", "\ufffd")
    assert said.startswith(wanted)
    for title in titles:
        shown = title.replace("\x00", "\ufffd")
        assert "".join(shown.split()) in said or any(
            shown == button.title for part in parts for button in part.buttons
        )


def many(count: int) -> tuple[Button, ...]:
    return tuple(Button(f"Choice {n}", f"m7.{n}") for n in range(1, count + 1))


def test_more_choices_than_buttons_become_a_list_where_the_channel_has_one() -> None:
    assert degrade(OutboundMessage("Which?", many(10)), LISTS) == (Part("Which?", many(10)),)
    *_, part = degrade(OutboundMessage("Which?", many(11)), LISTS)
    assert part.buttons == ()
    assert part.text.endswith("11. Choice 11")


def test_a_text_too_long_for_choices_is_cut_before_them() -> None:
    text = "A first sentence that explains. And now the question, which one?"
    head, tail = degrade(OutboundMessage(text, YES_NO), LISTS)
    assert (head.buttons, tail.buttons) == ((), YES_NO)
    assert len(tail.text) <= 40
    assert head.text + tail.text == text


def test_choices_that_cannot_be_told_apart_become_a_numbered_list() -> None:
    for titles in (("Yes", "Yes"), ("Yes", " "), ("Yes", "N\no")):
        buttons = tuple(Button(title, f"m7.{n}") for n, title in enumerate(titles))
        (part,) = degrade(OutboundMessage("Sure?", buttons), LISTS)
        assert part.buttons == ()
