"""What WhatsApp through Twilio can carry."""

from __future__ import annotations

from connectors.contract import Buttons, Capabilities, Files, Marks, Pace, TextUnit

CAPABILITIES = Capabilities(
    # Error 21617 above it. Counted in UTF-16 units, the strictest reading of "characters".
    text_max=1600,
    text_unit=TextUnit.UTF16,
    marks=Marks.WHATSAPP,
    buttons=Buttons.NATIVE,
    # In a session and without approval; an approved template may have more.
    buttons_max=3,
    button_title_max=20,
    tap_id_max_bytes=200,
    list_max=10,
    list_title_max=24,
    choices_text_max=1024,
    # What WhatsApp takes through Twilio; anything else is refused (63019), so it goes as a link.
    files=Files(
        types=("image/jpeg", "image/png", "audio/", "video/mp4", "application/pdf"),
        caption_max=1024,
        uncaptioned=("audio/",),
    ),
    merge_bubbles=True,
    echoes_oid=True,
    can_look_up=True,
    receipts=True,
    # Twilio answers STOP here only where Advanced Opt-Out is on, and then each webhook says so.
    carrier_answers_stop=False,
    window_s=24 * 3600.0,
    templates=True,
    pace=Pace(every_s=1 / 80, burst=80),
    links=(
        "https://www.twilio.com/docs/whatsapp/api",
        "https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages",
        "https://www.twilio.com/docs/content/twilio-quick-reply",
        "https://www.twilio.com/docs/content/twiliolist-picker",
        "https://www.twilio.com/docs/whatsapp/key-concepts",
        "https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out",
    ),
    read_on="2026-11",
)
