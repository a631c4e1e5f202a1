"""Replies become messages: pure."""

from __future__ import annotations

from connectors._shared.degrade import degrade
from connectors.contract import Button, MediaRef
from connectors.whatsapp_cloud.capabilities import CAPABILITIES as WHATSAPP
from onethread.dialogue.compose import Draft, content_of, disclosed, drafts_of, merged, outbound
from onethread.dialogue.rasa_client import Reply

YES = {"title": "Yes", "payload": "/affirm"}


def bot(text: str, *buttons: dict[str, str], image: str | None = None) -> Draft:
    return Draft(text, "bot", "reply", buttons, image)


def test_empty_replies_are_left_out() -> None:
    drafts = drafts_of([Reply("  "), Reply("hi", response="utter_greet"), Reply("", image="http://x/y.png")])
    assert [(draft.text, draft.response, draft.image) for draft in drafts] == [
        ("hi", "utter_greet", None),
        ("", None, "http://x/y.png"),
    ]


def test_bubbles_are_joined_up_to_the_one_with_buttons() -> None:
    told = merged([bot("a"), bot("b", YES), bot("c"), bot("d")])
    assert [(draft.text, len(draft.buttons)) for draft in told] == [("a\n\nb", 1), ("c\n\nd", 0)]


def test_a_confirmation_of_consent_stays_a_message_of_its_own() -> None:
    told = merged([bot("a"), Draft("stopped", "house", "consent")])
    assert [draft.text for draft in told] == ["a", "stopped"]


def test_the_disclosure_stands_before_the_first_message_only() -> None:
    assert [draft.text for draft in disclosed([bot("a"), bot("b")], "A machine.")] == ["A machine.\n\na", "b"]
    assert disclosed([], "A machine.") == []
    assert disclosed([bot("", image="x")], "A machine.")[0].text == "A machine."


def test_a_turn_of_bubbles_is_one_request_where_each_costs() -> None:
    """Meta takes one message each six seconds to one person."""
    (draft,) = merged([bot("a"), bot("b"), bot("c", YES)])
    assert len(degrade(outbound(draft, 12), WHATSAPP)) == 1


def test_who_writes_answers_may_use_marks_and_people_at_the_desk_type_as_they_like() -> None:
    written, typed = bot("It is **here**."), Draft("It is **here**.", "agent", "agent")
    assert (outbound(written, 1).marks, written.plain) == (True, "It is here.")
    assert (outbound(typed, 1).marks, typed.plain) == (False, "It is **here**.")


def test_the_customer_sees_opaque_ids_and_the_thread_keeps_the_payload() -> None:
    draft = bot("Sure?", YES, {"title": "No", "payload": "/deny"}, image="http://x/y.png")
    sent = outbound(draft, 12)
    assert sent.buttons == (Button("Yes", "m12.1"), Button("No", "m12.2"))
    assert sent.media == (MediaRef("http://x/y.png", "image/png"),)
    assert content_of(draft)["buttons"] == [YES, {"title": "No", "payload": "/deny"}]
