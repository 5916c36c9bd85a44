"""What the tests share: the simulator's own calls, its audit, a place to be called back at, and inputs."""

import http.server
import json
import os
import queue
import threading
import time
import unittest

import httpx

ORIGIN = os.environ["SIM_ORIGIN"]
MODEL = "fal-ai/kling-video/o3/4k/text-to-video"
HEADERS = {"Authorization": f"Key {os.environ['FAL_KEY']}"}

ONE_SHOT = {"prompt": "a lighthouse in the rain", "duration": "3", "aspect_ratio": "16:9"}
THREE_SHOTS = {
    "multi_prompt": [
        {"prompt": "the skyline at dusk", "duration": "4"},
        {"prompt": "a mecha lands on one knee", "duration": "4"},
        {"prompt": "she lifts her visor", "duration": "3"},
    ],
    "duration": "11",
}


def admin(method, path, body=None):
    answer = httpx.request(method, f"{ORIGIN}/_sim/{path}", json=body, headers=HEADERS)
    answer.raise_for_status()
    return answer


def platform(path, **params):
    answer = httpx.get(f"{ORIGIN}/v1/{path}", params=params, headers=HEADERS)
    answer.raise_for_status()
    return answer.json()


def audit(event, request_id=None):
    """The lines of the audit about one event, of one request or all."""
    lines = [json.loads(line) for line in admin("GET", "audit").text.splitlines()]
    return [
        line
        for line in lines
        if line["event"] == event and request_id in (None, line.get("request_id"))
    ]


def video(result):
    """The bytes of the video, fetched as anybody can, without the key."""
    url = result["video"]["url"]
    answer = httpx.get(url)
    answer.raise_for_status()
    assert len(answer.content) == result["video"]["file_size"], url
    return answer.content


def unlike(prompt):
    """An input that no other test sends, so that faults meet it alone."""
    return {**ONE_SHOT, "prompt": f"{prompt} {time.monotonic_ns()}"}


class Receiver:
    """A server that is called back, and keeps what it is told. Answers with the codes given, then with 200."""

    def __init__(self, *codes):
        self.calls = queue.Queue()
        codes = iter(codes)
        calls = self.calls

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                calls.put((dict(self.headers), body))
                self.send_response(next(codes, 200))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/done?take=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def next(self):
        return self.calls.get(timeout=20)


class Case(unittest.TestCase):
    def faults(self, *rules):
        """What goes wrong until the end of the test."""
        admin("PUT", "faults", {"rules": list(rules)})
        self.addCleanup(admin, "DELETE", "faults")

    def account(self, **changes):
        """How the account is until the end of the test."""
        before = admin("GET", "account").json()
        admin("PATCH", "account", changes)
        self.addCleanup(admin, "PATCH", "account", {name: before[name] for name in changes})

    def assert_plays(self, result):
        self.assertEqual(video(result)[4:8], b"ftyp")
