"""What WhatsApp through Meta's Cloud API can carry."""

from __future__ import annotations

from connectors.contract import Buttons, Capabilities, Files, Marks, Pace, TextUnit

CAPABILITIES = Capabilities(
    # Meta does not say what a character is: counted in UTF-16 units, the strictest reading.
    text_max=4096,
    text_unit=TextUnit.UTF16,
    marks=Marks.WHATSAPP,
    buttons=Buttons.NATIVE,
    buttons_max=3,
    button_title_max=20,
    # A button's id may have 256 characters, a list row's 200: one limit serves both.
    tap_id_max_bytes=200,
    list_max=10,
    list_title_max=24,
    choices_text_max=1024,
    # Whatever is no image, video or sound goes as a document.
    files=Files(types=("",), caption_max=1024, uncaptioned=("audio/",)),
    # One message each 6 s to one person (error 131056): one turn is one message.
    merge_bubbles=True,
    typing=True,
    echoes_oid=True,
    receipts=True,
    # From the customer's last message on; error 131047 after it.
    window_s=24 * 3600.0,
    templates=True,
    # 80 messages a second and number; the burst is what one sender has on its way at once.
    pace=Pace(every_s=1 / 80, burst=16),
    # One message each 6 s to one person. Meta lends about 45 of them in advance; a minute's worth is taken,
    # so that neither a second sender of the number nor a lost count brings 131056.
    address_pace=Pace(every_s=6.0, burst=10),
    # Up to 1,000 updates at once, tried again for 7 days.
    webhook_max_bytes=3 * 1024 * 1024,
    redelivers=True,
    links=(
        "https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages",
        "https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages",
        "https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-reply-buttons-messages",
        "https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages",
        "https://developers.facebook.com/docs/whatsapp/cloud-api/overview",
        "https://developers.facebook.com/docs/whatsapp/conversation-types",
        "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    ),
    read_on="2026-11",
)
