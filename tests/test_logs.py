"""What never reaches a log."""

import json

import pytest
import structlog

from onethread import logs


@pytest.mark.parametrize(
    "said",
    [
        "postgresql://onethread:hunter22@127.0.0.1/x",
        "https://api.telegram.org/bot123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAhunter22/send",
        "Authorization: Bearer hunter22hunter22",
        "the key is hunter22",
    ],
)
def test_secrets_are_removed_wherever_they_stand(said: str) -> None:
    clean = logs.Redaction(logs.known_secrets({"TWILIO_AUTH_TOKEN": "hunter22"}))
    event = clean(None, "info", {"event": "room.thing.happened", "url": said, "more": [{"deep": said}]})
    assert "hunter22" not in json.dumps(event)
    assert event["event"] == "room.thing.happened"


def test_private_keys_lose_their_value_at_every_depth() -> None:
    clean = logs.Redaction(())
    event = clean(
        None, "info", {"event": "e", "phone": "+15551230001", "facts": {"auth_token": "x" * 9, "n": 3}}
    )
    assert event == {"event": "e", "phone": logs.REMOVED, "facts": {"auth_token": logs.REMOVED, "n": 3}}


def test_an_event_is_one_json_line_with_its_process(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        logs.configure("worker", env={}, human=False)
        structlog.get_logger().info("lane.turn.finished", attempt=2)
        line = json.loads(capsys.readouterr().err)
    finally:
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()
    assert (line["event"], line["process"], line["attempt"], line["level"]) == (
        "lane.turn.finished",
        "worker",
        2,
        "info",
    )
