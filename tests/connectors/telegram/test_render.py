from __future__ import annotations

from connectors.contract import Button, MediaRef, OutboundMessage
from connectors.telegram.render import render


def test_an_emoji_counts_as_two() -> None:
    assert [len(part.text) for part in render(OutboundMessage("😀" * 4096))] == [2048, 2048]


def test_choices_are_buttons_under_the_last_part() -> None:
    buttons = (Button("Track", "m1.1"), Button("Return", "m1.2"))
    *first, last = render(OutboundMessage("word " * 1000, buttons))
    assert last.buttons == buttons
    assert first and all(part.buttons == () for part in first)


def test_a_choice_too_wide_for_a_phone_makes_a_list() -> None:
    (part,) = render(OutboundMessage("Which?", (Button("a" * 41, "m1.1"), Button("b", "m1.2"))))
    assert part.buttons == ()
    assert part.text.endswith(f"1. {'a' * 41}\n2. b")


def test_a_tap_id_over_64_bytes_makes_a_list() -> None:
    (part,) = render(OutboundMessage("Which?", (Button("a", "é" * 33),)))
    assert part.buttons == ()


def test_a_file_telegram_would_not_fetch_is_a_link_with_its_caption() -> None:
    (part,) = render(OutboundMessage("Look", media=(MediaRef("https://x.example/a.pdf", "", "Invoice"),)))
    assert part.text == "Look\n\nInvoice\nhttps://x.example/a.pdf"
