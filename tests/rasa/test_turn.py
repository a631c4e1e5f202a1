"""POST /turn of a real process: what goes in, what comes out, and what must never happen."""

import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from tests.rasa.room import EMPTY, ROOT, actions_of, after, running_room, tap, texts_of, turn_body


def test_a_first_turn_starts_a_session_and_answers(room):
    status, answer = room.turn("hello")

    assert status == 200
    assert [event["event"] for event in answer["events"][:2]] == ["session_started", "action"]
    assert actions_of(answer) == ["action_listen", "utter_greet", "action_listen"]
    assert answer["replies"] == [
        {"text": "Hello there.", "buttons": [], "image": None, "response": "utter_greet", "metadata": {}}
    ]
    assert answer["version"] == 1
    assert answer["facts"] == {
        "actions": 1,
        "listening": True,
        "loop": False,
        "session_started": True,
        "rewinds": 0,
    }
    assert answer["parse"]["intent"] == "greet"


def test_two_requests_on_one_connection_see_nothing_of_each_other(room):
    with room.connection() as connection:
        _, mine = room.turn("sad", customer="mine", connection=connection)
        _, theirs = room.turn("hello", customer="theirs", connection=connection)
        _, mine_again = room.turn(
            "indeed",
            customer="mine",
            window=after(EMPTY, mine),
            session="continue",
            connection=connection,
        )

    assert theirs["state"]["slots"] == {}
    assert "sad" not in str(theirs)
    assert mine_again["state"]["slots"] == {"mood": "bad"}
    assert actions_of(mine_again) == ["utter_happy", "action_listen"]


def test_two_requests_at_once_see_nothing_of_each_other(room):
    answers = {}

    def ask(number):
        text = "sad" if number % 2 else "wonderful day"
        answers[number] = room.turn(text, customer=f"c{number}")[1]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    moods = {number: answer["state"]["slots"]["mood"] for number, answer in answers.items()}
    assert moods == {number: "bad" if number % 2 else "good" for number in range(16)}


def test_the_same_turn_twice_gives_the_same_answer(room):
    body = turn_body("wonderful day")
    first, second = (room.ask("POST", "/turn", body)[1] for _ in range(2))

    assert texts_of(first) == texts_of(second)
    assert first["state"]["slots"] == second["state"]["slots"]


def test_a_wrong_secret_is_refused(room):
    assert room.ask("POST", "/turn", turn_body("hello"), secret="guess") == (401, {"error": "wrong_secret"})
    assert room.ask("POST", "/parse", {"texts": ["hello"]}, secret="")[0] == 401
    assert room.ask("POST", "/model", {"path": "x"}, secret="")[0] == 401


@pytest.mark.parametrize(
    "broken",
    [
        b"{",
        b"[]",
        {},
        {**turn_body("hello"), "window": {"version": 0, "turns": ["no events"]}},
        {**turn_body("hello"), "window": {**EMPTY, "turns": [[{"event": "no_such_event"}]]}},
        {**turn_body("hello"), "session": "later"},
        {**turn_body("hello"), "message": {"message_id": "m1"}},
    ],
)
def test_a_malformed_request_is_refused(room, broken):
    status, answer = room.ask("POST", "/turn", broken)

    assert (status, answer["error"]) == (400, "malformed")


@pytest.mark.parametrize(
    "text", ["/greet", "/restart", "/session_start{}", '/handoff{"city":"x"}', " /greet"]
)
def test_a_typed_slash_is_text(room, text):
    _, answer = room.turn(text)

    assert answer["parse"]["intent"] == "nlu_fallback"
    assert answer["parse"]["entities"] == []
    assert not any(event["event"] == "restart" for event in answer["events"])
    assert texts_of(answer) == ["Pardon?"]


def test_a_tap_arrives_as_what_its_button_meant_with_its_label_as_text(room):
    _, answer = room.turn("To Oslo", tap=tap("travel", city="Oslo"), trust="proved")

    user = next(event for event in answer["events"] if event["event"] == "user")
    assert user["text"] == "To Oslo"
    assert user["metadata"]["onethread"]["trust"] == "proved"
    assert user["parse_data"]["metadata"] == user["metadata"]
    assert answer["parse"]["intent"] == "travel"
    assert texts_of(answer) == ["You go to Oslo."]


def test_a_value_filled_into_a_response_is_no_mark(room):
    _, answer = room.turn("x", tap=tap("travel", city="**Oslo** [a](https://a.example) \\"), trust="proved")

    (said,) = texts_of(answer)
    assert said == r"You go to \*\*Oslo\*\* \[a\](https://a.example) \\."


def test_a_tap_on_a_button_of_an_older_model_is_read_as_its_label(room):
    _, answer = room.turn("hello", tap=tap("intent_we_dropped"))

    assert answer["parse"]["intent"] == "greet"


def test_replies_keep_blank_lines_and_buttons(room):
    _, answer = room.turn("sad")

    assert answer["replies"] == [
        {
            "text": "Here is a picture of a cat.\n\nIt purrs.",
            "buttons": [
                {"title": "Yes, it helped", "payload": "/affirm"},
                {"title": "To Oslo", "payload": '/travel{"city":"Oslo"}'},
            ],
            "image": None,
            "response": "utter_cheer_up",
            "metadata": {},
        }
    ]


def test_a_channel_and_a_language_choose_their_variation(room):
    assert texts_of(room.turn("hello", channel="sms")[1]) == ["Hi (SMS)."]
    assert texts_of(room.turn("hello", channel="webchat")[1]) == ["Hello there."]
    romanian = room.turn("hello", language="ro")[1]
    assert texts_of(romanian) == ["Salut."]
    assert romanian["state"]["slots"] == {"language": "ro"}


def test_slots_are_carried_into_a_new_session(room):
    _, answer = room.turn(
        "hello", window={"version": 7, "slots": {"mood": "good", "gone": 1}, "last_action": None, "turns": []}
    )

    assert answer["version"] == 8
    assert [event["event"] for event in answer["events"][:3]] == ["session_started", "slot", "action"]
    assert answer["state"]["slots"] == {"mood": "good"}


def test_a_form_goes_on_over_turns(room):
    _, asked = room.turn("travel")
    _, told = room.turn("Rome", window=after(EMPTY, asked), session="continue")

    assert (asked["state"]["loop"], asked["facts"]["loop"]) == ("travel_form", True)
    assert texts_of(asked) == ["Which city?"]
    assert texts_of(told) == ["You go to Rome."]
    assert (told["state"]["loop"], told["facts"]["loop"]) == (None, False)


def test_a_rewind_says_how_far_it_reached(room):
    _, first = room.turn("sad")
    _, second = room.turn("undo", window=after(EMPTY, first), session="continue")

    assert second["facts"]["rewinds"] == 1
    assert texts_of(second) == ["Forgotten."]


def test_directives_come_apart_from_replies_and_events(room):
    _, answer = room.turn("person")

    assert answer["directives"] == [{"type": "handoff.requested", "reason": "asked"}]
    assert texts_of(answer) == ["Somebody will be with you."]
    assert "handoff.requested" not in str(answer["events"])


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("nonsense", "action:action_bad_directive"),
        ("remind", "action:action_remind"),
        ("boom", "action:action_boom"),
    ],
)
def test_a_turn_that_breaks_gives_nothing_to_store(room, text, stage):
    status, answer = room.turn(text)

    assert status == 500
    assert answer == {"error_id": answer["error_id"], "stage": stage}
    assert len(answer["error_id"]) == 32


def test_a_broken_turn_leaves_the_room_as_it_was(room):
    before = room.turn("hello")[1]
    room.turn("boom")
    after_it = room.turn("hello")[1]

    assert [event["event"] for event in after_it["events"]] == [event["event"] for event in before["events"]]


@pytest.mark.parametrize(("text", "action"), [("forever", "action_loop"), ("ears", "action_listen_again")])
def test_a_turn_stops_after_ten_actions(room, action_server, text, action):
    action_server.calls.clear()
    status, answer = room.turn(text)

    assert status == 200
    executed = actions_of(answer)[1:]  # the first listens: it belongs to the session's start
    assert len(executed) == 10
    assert executed.count(action) == len(action_server.calls)


def test_actions_get_a_small_domain_and_the_secret(room, action_server):
    action_server.calls.clear()
    action_server.secrets.clear()
    room.turn("person")

    assert action_server.calls[0]["domain"]["intents"] == []
    assert set(action_server.secrets) == {"the-secret-of-the-tests"}


def test_a_dead_action_server_fails_the_turn_and_nothing_else(fixture_models, tmp_path):
    with running_room(tmp_path, models=fixture_models) as room:
        status, answer = room.turn("person")
        assert (status, answer["stage"]) == (500, "action:action_handoff")
        assert texts_of(room.turn("hello")[1]) == ["Hello there."]
        assert "person" not in (tmp_path / "rasa.log").read_text()


def test_a_hung_action_is_given_up_and_holds_up_nobody(fixture_models, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mute:  # accepts and never answers
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/webhook"
        with running_room(tmp_path, models=fixture_models, actions_url=url, timeout_s=1.0) as room:
            outcome = []
            hung = threading.Thread(target=lambda: outcome.append(room.turn("sleepy")))
            hung.start()
            while not mute_has_caller(mute):
                time.sleep(0.01)
            assert room.turn("hello")[0] == 200
            assert not outcome
            hung.join()
    assert (outcome[0][0], outcome[0][1]["stage"]) == (500, "action:action_slow")


def mute_has_caller(mute):
    mute.setblocking(False)
    try:
        mute_has_caller.kept = mute.accept()  # kept open: closing would be an answer
    except BlockingIOError:
        return False
    return True


def test_without_a_model_every_turn_is_put_off(tmp_path, fixture_models):
    (tmp_path / "models").mkdir()
    with running_room(tmp_path, models=tmp_path / "models", wait_ready=False) as room:
        assert room.ask("GET", "/health") == (200, {"alive": True})
        assert room.ask("GET", "/ready") == (503, {"error": "no_model"})
        assert room.turn("hello") == (503, {"error": "no_model"})

        (tmp_path / "models/onethread-broken.tar.gz").write_bytes(b"no archive")
        refused, _ = room.ask("POST", "/model", {"path": str(tmp_path / "models/onethread-broken.tar.gz")})
        outside, _ = room.ask("POST", "/model", {"path": str(next(fixture_models.glob("*.tar.gz")))})
        assert (refused, outside) == (409, 400)

        good = tmp_path / "models/onethread-good.tar.gz"
        good.write_bytes(next(fixture_models.glob("*.tar.gz")).read_bytes())
        assert room.ask("POST", "/model", {"path": str(good)}) == (200, {"model": "good"})
        assert room.ask("GET", "/ready") == (200, {"model": "good", "max_history": 4})
        assert room.turn("hello")[1]["model"] == "good"


def test_a_broken_model_leaves_the_old_one_in_service(room, fixture_models):
    broken = fixture_models / "onethread-broken.tar.gz"
    broken.write_bytes(b"no archive")
    try:
        status, answer = room.ask("POST", "/model", {"path": str(broken)})
    finally:
        broken.unlink()

    assert status == 409
    assert answer["model"] == room.ask("GET", "/ready")[1]["model"]
    assert room.turn("hello")[0] == 200


def test_texts_are_read_outside_any_conversation(room):
    status, answers = room.ask("POST", "/parse", {"texts": ["hello", "trip to Oslo", "/greet"]})

    assert status == 200
    assert [answer["intent"]["name"] for answer in answers] == ["greet", "travel", "nlu_fallback"]
    assert [entity["value"] for entity in answers[1]["entities"]] == ["Oslo"]


def test_there_is_no_store_that_could_fail(fixture_models):
    """A turn's past comes in and goes out with the request: there is no store, lock or broker here."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from bot.addons import lean; lean.install()\n"
        "from pathlib import Path\n"
        "from bot.addons.processor import TurnProcessor\n"
        "processor = TurnProcessor(Path(sys.argv[2]), None)\n"
        "assert processor.tracker_store is None and processor.lock_store is None\n"
        "print('sqlalchemy.orm' in sys.modules and type(sys.modules['sqlalchemy.orm']).__name__)\n"
    )
    model = next(fixture_models.glob("onethread-*.tar.gz"))
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT), str(model)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "False"


def test_the_room_does_not_start_without_its_secret(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "ONETHREAD_INTERNAL_SECRET"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "bot/server.py")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "ONETHREAD_INTERNAL_SECRET" in done.stderr
