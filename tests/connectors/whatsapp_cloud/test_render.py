from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors._shared.graphemes import graphemes, utf16_units
from connectors.contract import Button, MediaRef, OutboundMessage, Part
from connectors.whatsapp_cloud.render import render
from simulator.meta.rules import problem_of

PIECES = st.sampled_from(
    [
        "👨‍👩‍👧‍👦",
        "🇷🇴🇩🇪",
        "e\u0301\u0323",
        "שלום ",
        "漢字",
        "ภาษาไทย",
        "plain words ",
        "“quoted” ",
        "\n\n",
        ". ",
        "x" * 400,
    ]
)
PHOTO = MediaRef("https://shop.example/a.jpg", "image/jpeg")


def choices(count: int) -> tuple[Button, ...]:
    return tuple(Button(f"Choice {n}", f"m1.{n}") for n in range(1, count + 1))


@given(st.lists(PIECES, max_size=120).map("".join), st.integers(min_value=0, max_value=12))
def test_texts_of_any_script_keep_limits_and_graphemes(text: str, count: int) -> None:
    parts = render(OutboundMessage(text, choices(count)))
    assert all(utf16_units(part.text) <= (1024 if part.buttons else 4096) for part in parts)
    kept = [item for part in parts for item in graphemes(part.text) if item.strip()]
    wanted = [item for item in graphemes(text) if item.strip()]
    assert kept[: len(wanted)] == wanted


def test_ten_thousand_characters_are_sent_whole() -> None:
    text = "A sentence that says something. " * 320
    parts = render(OutboundMessage(text))
    assert len(parts) == 3
    assert "".join(part.text for part in parts) == text.rstrip()


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


def test_sound_has_no_caption_and_its_text_is_not_lost() -> None:
    sound = MediaRef("https://shop.example/a.ogg", "audio/ogg", caption="Listen")
    file, text = render(OutboundMessage("", media=(sound,)))
    assert (file.text, text.text) == ("", "Listen")


def test_a_file_without_a_web_address_is_said_in_words() -> None:
    (part,) = render(OutboundMessage("Here", media=(MediaRef("file-7", "application/pdf", "Invoice"),)))
    assert part == Part("Here\n\nInvoice\nfile-7")


def test_nothing_to_say_is_no_message() -> None:
    assert render(OutboundMessage(" ")) == ()


def test_metas_own_limits_are_what_the_fake_keeps() -> None:
    """The fake is the judge of what the client makes; it must not be kinder than Meta."""
    said = {"messaging_product": "whatsapp", "to": "1", "type": "text", "text": {"body": "x" * 4097}}
    assert problem_of(said) == 131009
    assert problem_of(said | {"text": {"body": "x" * 4096}}) == 0
