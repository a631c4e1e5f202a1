from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors._shared.graphemes import utf16_units
from connectors.contract import Button, MediaRef, OutboundMessage, Template
from connectors.twilio_whatsapp.render import render


def buttons(count: int, title: str = "Choice") -> tuple[Button, ...]:
    return tuple(Button(f"{title} {n}", f"m1.{n}") for n in range(1, count + 1))


def test_choices_are_buttons_then_a_list_then_lines() -> None:
    for count, native in ((3, True), (4, True), (10, True), (11, False)):
        (part,) = render(OutboundMessage("Which?", buttons(count)))
        assert bool(part.buttons) is native
        assert native or f"{count}. Choice {count}" in part.text
    (part,) = render(OutboundMessage("Which?", buttons(3, "A label longer than twenty")))
    assert part.buttons == ()


@given(st.text(max_size=4000).filter(str.strip))
def test_a_text_with_choices_under_it_is_within_both_limits(text: str) -> None:
    parts = render(OutboundMessage(text, buttons(2)))
    assert all(utf16_units(part.text) <= 1600 for part in parts)
    assert parts[-1].buttons
    assert utf16_units(parts[-1].text) <= 1024


def test_a_file_goes_with_its_caption_and_others_as_links() -> None:
    photo = MediaRef("https://shop.example/a.jpg", "image/jpeg")
    (part,) = render(OutboundMessage("Your parcel", media=(photo,)))
    assert (part.text, part.media[0].ref) == ("Your parcel", photo.ref)
    sheet = MediaRef("https://shop.example/a.ods", "application/vnd.oasis.opendocument.spreadsheet")
    (part,) = render(OutboundMessage("The list", media=(sheet,)))
    assert part.media == ()
    assert sheet.ref in part.text


def test_a_template_is_sent_as_it_is() -> None:
    template = Template("HX7", "", ("Ana",))
    (part,) = render(OutboundMessage("May we go on, Ana?", template=template))
    assert part.template == template
