"""What WhatsApp through Meta's Cloud API can carry."""

from __future__ import annotations

from connectors.contract import Buttons, Capabilities, TextUnit

CAPTION_MAX = 1024
"""Of an image, a video or a document, in UTF-16 units; sound has none."""

CAPABILITIES = Capabilities(
    # Meta does not say what a character is: counted in UTF-16 units, the strictest reading.
    text_max=4096,
    text_unit=TextUnit.UTF16,
    buttons=Buttons.NATIVE,
    buttons_max=3,
    button_title_max=20,
    # A button's id may have 256 characters, a list row's 200: one limit serves both.
    tap_id_max_bytes=200,
    list_max=10,
    list_title_max=24,
    choices_text_max=1024,
    media=True,
    # One message each 6 s to one person (error 131056): one turn is one message.
    merge_bubbles=True,
    typing=True,
    echoes_oid=True,
    receipts=True,
    links=(
        "https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages",
        "https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages",
        "https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-reply-buttons-messages",
        "https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages",
        "https://developers.facebook.com/docs/whatsapp/cloud-api/overview",
    ),
    read_on="2026-11",
)
