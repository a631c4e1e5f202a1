"""A running `bot/server.py` and the words to talk to it."""

import http.client
import json
import os
import select
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET = "the-secret-of-the-tests"
EMPTY = {"version": 0, "slots": {}, "last_action": None, "turns": []}


def turn_body(text, *, customer="c1", window=EMPTY, session="start", channel="webchat", tap=None, **facts):
    version = window["version"]
    return {
        "customer_id": customer,
        "turn_id": f"{customer}-turn-{version + 1}",
        "channel": channel,
        "now": time.time(),
        "session": session,
        "window": window,
        "message": {
            "text": text,
            "message_id": f"{customer}-message-{version + 1}",
            "metadata": {"onethread": {"channel": channel, "language": "en", **facts}},
            "parse_data": tap,
        },
    }


def after(window, answer):
    """The window of the next turn when nothing is cut off."""
    return {**window, "version": answer["version"], "turns": [*window["turns"], answer["events"]]}


def tap(intent, **entities):
    return {
        "intent": {"name": intent},
        "entities": [{"entity": key, "value": value} for key, value in entities.items()],
    }


def actions_of(answer):
    return [event["name"] for event in answer["events"] if event["event"] == "action"]


def texts_of(answer):
    return [reply["text"] for reply in answer["replies"]]


class Room:
    def __init__(self, port, process):
        self.port = port
        self.process = process

    @contextmanager
    def connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            yield connection
        finally:
            connection.close()

    def ask(self, method, path, body=None, *, secret=SECRET, connection=None):
        if connection is None:
            with self.connection() as fresh:
                return self.ask(method, path, body, secret=secret, connection=fresh)
        headers = {"X-Onethread-Secret": secret, "content-type": "application/json"}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, raw if body is not None else None, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def turn(self, text, *, connection=None, **more):
        return self.ask("POST", "/turn", turn_body(text, **more), connection=connection)


@contextmanager
def running_room(
    tmp_path, *, models, actions_url="http://127.0.0.1:9/webhook", timeout_s=2.0, wait_ready=True
):
    log = (tmp_path / "rasa.log").open("w")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "bot/server.py"), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=tmp_path,
        env={
            **os.environ,
            "ONETHREAD_INTERNAL_SECRET": SECRET,
            "ONETHREAD_ACTIONS_URL": actions_url,
            "ONETHREAD_MODELS_DIR": str(models),
            "ONETHREAD_ACTION_TIMEOUT_S": str(timeout_s),
        },
    )
    try:
        readable, _, _ = select.select([process.stdout], [], [], 60)
        assert readable, "the room did not start listening within a minute"
        room = Room(int(process.stdout.readline().rsplit(b":", 1)[1]), process)
        while wait_ready and room.ask("GET", "/ready")[0] != 200:
            assert process.poll() is None, (tmp_path / "rasa.log").read_text()
            time.sleep(0.05)
        yield room
    finally:
        process.terminate()
        process.wait(15)
        process.stdout.close()
        log.close()
