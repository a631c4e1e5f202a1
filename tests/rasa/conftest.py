"""Models and running rooms for the tests inside Rasa's environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rasa.action_server import FakeActionServer, response, said
from tests.rasa.room import ROOT, running_room

FIXTURE = Path(__file__).parent / "fixture"


def trained(root: Path, models: Path) -> Path:
    """The model of the assistant in `root`, trained when it is not there yet."""
    result = subprocess.run(
        [sys.executable, str(ROOT / "bot/train.py"), "--root", str(root)],
        env={**os.environ, "ONETHREAD_MODELS_DIR": str(models)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return Path(result.stdout.rsplit("model ", 1)[1].strip())


@pytest.fixture(scope="session")
def fixture_models(tmp_path_factory) -> Path:
    """A folder with the fixture assistant's model in it."""
    kept = os.environ.get("ONETHREAD_TEST_FIXTURE_MODELS")  # to try things out without training each time
    models = Path(kept) if kept else tmp_path_factory.mktemp("models")
    trained(FIXTURE, models)
    return models


def behave(call):
    """The fixture assistant's actions."""
    name = call["next_action"]
    if name == "action_count":
        count = (call["tracker"]["slots"]["count"] or 0) + 1
        return said(
            response(f"That makes {count:g}."), events=[{"event": "slot", "name": "count", "value": count}]
        )
    if name == "action_undo":
        return said(response("Forgotten."), events=[{"event": "rewind"}])
    if name == "action_loop":
        return said(response("again"), events=[{"event": "followup", "name": "action_loop"}])
    if name == "action_listen_again":
        return said(
            events=[{"event": "action", "name": "action_listen"}, {"event": "followup", "name": name}],
        )
    if name == "action_handoff":
        asked = {"onethread": {"type": "handoff.requested", "reason": "asked"}}
        return said(response(custom=asked), response("Somebody will be with you."))
    if name == "action_bad_directive":
        return said(response(custom={"onethread": {"type": "shop.burn_down"}}))
    if name == "action_remind":
        reminder = {
            "event": "reminder",
            "intent": "greet",
            "entities": [],
            "name": "later",
            "kill_on_user_msg": False,
        }
        return said(events=[{**reminder, "date_time": "2030-01-01T00:00:00"}])
    return 500, {"error": "boom"}


@pytest.fixture(scope="session")
def action_server():
    with FakeActionServer(behave).running() as server:
        yield server


@pytest.fixture(scope="session")
def room(fixture_models, action_server, tmp_path_factory):
    """The fixture assistant, served."""
    with running_room(
        tmp_path_factory.mktemp("room"), models=fixture_models, actions_url=action_server.url
    ) as running:
        yield running
