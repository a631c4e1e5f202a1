"""What a Telegram message can carry."""

from __future__ import annotations

from connectors.contract import Buttons, Capabilities, Files, Marks, Pace, TextUnit

PHOTOS = ("image/jpeg", "image/png", "image/webp")
"""Shown as pictures."""

CAPABILITIES = Capabilities(
    text_max=4096,
    text_unit=TextUnit.UTF16,
    marks=Marks.SPANS,
    buttons=Buttons.NATIVE,
    # One a row. Telegram takes 100 in all; more rows than a phone shows are better a numbered list.
    buttons_max=12,
    # Telegram sets no limit; a phone cuts off what is wider.
    button_title_max=40,
    tap_id_max_bytes=64,
    # Of an address Telegram takes these alone as a picture or a document; it shows a preview of other links.
    files=Files(types=(*PHOTOS, "image/gif", "application/pdf", "application/zip"), caption_max=1024),
    typing=True,
    # No echo, no way to ask, no receipts: an unclear send is sent once more.
    resend_when_unknown=True,
    # About 30 messages a second and bot; one a second and chat, with a few more for an answer in bubbles.
    pace=Pace(every_s=1 / 30, burst=16),
    address_pace=Pace(every_s=1.0, burst=4),
    redelivers=True,
    links=(
        "https://core.telegram.org/bots/api#sendmessage",
        "https://core.telegram.org/bots/api#messageentity",
        "https://core.telegram.org/bots/api#sending-files",
        "https://core.telegram.org/bots/api#inlinekeyboardbutton",
        "https://core.telegram.org/bots/api#setwebhook",
        "https://limits.tginfo.me/en",
    ),
    read_on="2026-11",
)
