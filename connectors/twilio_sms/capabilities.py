"""What an SMS through Twilio can carry."""

from __future__ import annotations

from connectors.contract import Buttons, Capabilities, TextUnit

CAPABILITIES = Capabilities(
    # Error 21617 above it. Counted in UTF-16 units, so that no emoji makes a text longer than it looks.
    text_max=1600,
    text_unit=TextUnit.UTF16,
    buttons=Buttons.NUMBERED_TEXT,
    # Every message costs money and may overtake another: one turn is one SMS.
    merge_bubbles=True,
    echoes_oid=True,
    can_look_up=True,
    receipts=True,
    carrier_answers_stop=True,
    # No pace: Twilio's queue keeps to a number's own (one segment a second and more), and holds hours of it.
    links=(
        "https://www.twilio.com/docs/messaging/api/message-resource",
        "https://www.twilio.com/docs/api/errors/21617",
        "https://www.twilio.com/docs/glossary/what-sms-character-limit",
        "https://help.twilio.com/articles/223134027-Twilio-support-for-opt-out-keywords-SMS-STOP-filtering-",
        "https://help.twilio.com/articles/115002943027-Understanding-Twilio-Rate-Limits-and-Message-Queues",
    ),
    read_on="2026-11",
)
