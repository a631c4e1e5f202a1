"""What the web chat can carry. There is no vendor: these limits are ours."""

from __future__ import annotations

from connectors.contract import Buttons, Capabilities, Files, Marks, TextUnit

FRAME_MAX_BYTES = 16 * 1024
"""Largest frame a browser may send."""
TEXT_MAX = 4_000
"""Longest text in either direction, in code points."""
FILES_MAX = 5
"""Files that fit into one message."""

CAPABILITIES = Capabilities(
    text_max=TEXT_MAX,
    text_unit=TextUnit.CODE_POINTS,
    buttons=Buttons.NATIVE,
    buttons_max=10,
    button_title_max=60,
    tap_id_max_bytes=64,
    marks=Marks.SPANS,
    files=Files(types=("",), caption_max=TEXT_MAX),
    typing=True,
    # Its send is only a wake-up: doing it twice shows nothing twice.
    resend_when_unknown=True,
    receipts=True,
    # The customer holds the window: a lone "cancel" is a wish about an order. STOP still works as an intent.
    opt_out_words=False,
)
