"""A judge with known errors behind a real server: a script, and not a language model.

It calls an answer right that holds the right number, and one wrong answer in twenty, always the
same ones; of one answer in ten, always the same ones too, it says nothing that can be read.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOOLED, SILENT = 0.05, 0.1
PORT = 8765  # fixed: it is part of the settings of a run, and one goes on with the same
NAME = f"script@http://127.0.0.1:{PORT}/v1"
_ANSWER = re.compile(r'"answer"\s*:\s*"((?:[^"\\]|\\.)*)"')


def chance(answer: str, what: str) -> float:
    """Return a number in [0, 1) that belongs to an answer."""
    digest = hashlib.sha256(f"{what} {answer}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def verdict(answer: str, right: str) -> str:
    """Return what the judge replies to a final answer."""
    if chance(answer, "silent") < SILENT:
        return "hard to say"
    correct = right in re.findall(r"\d+", answer) or chance(answer, "fooled") < FOOLED
    return json.dumps({"verdict": "right" if correct else "wrong"})


@contextmanager
def judge_of(right: str) -> Iterator[str]:
    """Serve the judge of a sample while the block runs; the value names it."""

    class Judging(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = _ANSWER.findall(body["messages"][-1]["content"])
            reply = verdict(json.loads(f'"{found[-1]}"') if found else "", right)
            choice = {"index": 0, "message": {"role": "assistant", "content": reply}}
            told = json.dumps({
                "id": "0", "object": "chat.completion", "model": "script",
                "choices": [{**choice, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
            }).encode()  # fmt: skip
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", PORT), Judging)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield NAME
    finally:
        server.shutdown()
        server.server_close()
