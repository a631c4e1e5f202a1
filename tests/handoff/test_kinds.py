"""Every kind of message says at the desk what the customer did."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from connectors.contract import InboundKind
from onethread.handoff.kinds import in_words
from onethread.handoff.shown import files_of
from onethread.handoff.sizes import said_size
from onethread.storage.media import File


@pytest.mark.parametrize(
    ("kind", "text", "content", "meant", "about", "said"),
    [
        ("text", "hi", {}, None, "", "hi"),
        ("text", "yes", {"reply_to": "1"}, "Red or\nblue?", "Answers “Red or blue?”", "yes"),
        ("text", "look", {"detail": {"forwarded": True}}, None, "Forwarded", "look"),
        ("text", "[card]", {"masked": True}, None, "A card number was masked", "[card]"),
        ("media", "", {}, None, "", ""),
        ("tap", "Track", {}, None, "", "Track"),
        ("tap", "", {}, None, "", "Tapped a button"),
        ("contact", "Ion, +40", {}, None, "Contact card", "Ion, +40"),
        ("contact", "+40", {"detail": {"own": True}}, None, "Their own number", "+40"),
        ("form", "size: 4", {}, None, "Answers of a form", "size: 4"),
        ("order", "2 x A", {}, None, "Order from the catalogue", "2 x A"),
        ("reaction", "👍", {}, "Shipped.", "Reacted 👍 to “Shipped.”", ""),
        ("reaction", "👍", {}, None, "Reacted 👍 to a message", ""),
        ("reaction", "", {"detail": {"removed": True}}, None, "Took back a reaction to a message", ""),
        ("edit", "1043", {}, "1042", "Changed “1042” to", "1043"),
        ("revoke", "", {}, None, "Deleted an earlier message", ""),
        ("system", "blocked the bot", {}, None, "Told by the platform", "blocked the bot"),
        (
            *("unsupported", "", {"detail": {"why": "a poll"}}, None),
            *("Sent something that cannot be shown here: a poll", ""),
        ),
        ("unsupported", "", {}, None, "Sent something that cannot be shown here: of an unknown kind", ""),
        ("hologram", "x", {}, None, "Hologram", "x"),
    ],
)
def test_a_kind_in_words(
    kind: str, text: str, content: dict[str, object], meant: str | None, about: str, said: str
) -> None:
    assert in_words(kind, text, content, meant) == (about, said)


def test_a_place_has_a_link_to_a_map() -> None:
    about, said = in_words(
        "location", "Home, 45.1, 25.2", {"detail": {"latitude": 45.1, "longitude": 25.2}}, None
    )
    assert about == "Location"
    assert said.splitlines() == [
        "Home, 45.1, 25.2",
        "https://www.openstreetmap.org/?mlat=45.1&mlon=25.2#map=16/45.1/25.2",
    ]


@pytest.mark.parametrize("kind", InboundKind)
def test_no_kind_is_shown_as_nothing(kind: InboundKind) -> None:
    about, said = in_words(kind.value, "", {}, None)
    assert about or said or kind in (InboundKind.TEXT, InboundKind.MEDIA)  # those two have text or files


def file(media_id: UUID, status: str = "stored", reason: str | None = None, **more: object) -> File:
    facts: dict[str, object] = {
        "id": media_id,
        "direction": "in",
        "connector": "sms",
        "account": "default",
        "customer_id": None,
        "agent_id": None,
        "ref": "x",
        "file_name": "",
        "content_type": "image/png",
        "size": 52_000,
        "status": status,
        "reason": reason,
        "created_at": datetime(2026, 11, 22, tzinfo=UTC),
    }
    return File(**(facts | more))  # type: ignore[arg-type]


def test_a_file_is_shown_as_what_it_is_or_says_why_not() -> None:
    ids = [uuid4() for _ in range(4)]
    known = {
        ids[0]: file(ids[0]),
        ids[1]: file(ids[1], "waiting", size=None),
        ids[2]: file(ids[2], "refused", "The file is larger than 25 MB.", size=None),
    }
    content = {"media": [{"id": str(media_id), "caption": "see"} for media_id in ids]}
    shown = files_of(content, known, text="see this")
    assert [item.player for item in shown] == ["image", "file", "file", "file"]
    assert [item.state for item in shown] == [
        "",
        "Is being fetched …",
        "Was not taken: The file is larger than 25 MB.",
        "This file is not there.",
    ]
    assert (shown[0].name, shown[0].about, shown[0].caption) == ("file.png", "Picture, 52 kB", "")


def test_a_message_from_before_files_had_ids_still_names_them() -> None:
    content = {"media": [{"ref": "x", "content_type": "application/pdf", "file_name": "", "caption": ""}]}
    (shown,) = files_of(content, {})
    assert (shown.name, shown.state) == ("PDF", "This file is not there.")


def test_sizes_are_said_in_thousands() -> None:
    sizes = (0, 734, 52_300, 999_600, 3_440_000, 25_000_000)
    assert [said_size(size) for size in sizes] == ["0 B", "734 B", "52 kB", "1.0 MB", "3.4 MB", "25 MB"]
