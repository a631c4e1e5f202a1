"""A fake action server on loopback: answers what the test told it, counts what it was asked."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeActionServer:
    """`behave(call) -> (status, body)`; `calls` are the requests as Rasa sent them."""

    def __init__(self, behave):
        self.behave = behave
        self.calls = []
        self.secrets = []
        room = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # header and body leave in two writes

            def do_POST(self):
                call = json.loads(self.rfile.read(int(self.headers["content-length"])))
                room.calls.append(call)
                room.secrets.append(self.headers.get("X-Onethread-Secret"))
                status, body = room.behave(call)
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"

    @contextmanager
    def running(self):
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def said(*responses, events=()):
    """An action's success as the SDK writes it."""
    return 200, {"events": list(events), "responses": list(responses)}


def response(text=None, **more):
    return {
        "text": text,
        "buttons": [],
        "elements": [],
        "custom": {},
        "template": None,
        "response": None,
        **more,
    }
