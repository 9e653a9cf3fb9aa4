"""``hf://`` with the real client of huggingface_hub, against a hub on this machine that is read."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

pytest.importorskip("huggingface_hub")

ROOT = Path(__file__).resolve().parents[2]
POOL = ROOT / "examples" / "pool.jsonl"
COMMIT = "1" * 40
FILES = {f"data/{name}.jsonl": POOL.read_bytes() for name in ("train", "more")}
TOKEN = "hf_" + "canary0" * 5


class _Hub(BaseHTTPRequestHandler):
    """One data set, me/problems, as the hub's API shows it."""

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        if path.startswith("/datasets/me/problems/resolve/"):
            self._file(path.split("/", 6)[-1])
        elif path.startswith("/api/datasets/me/problems/tree/"):
            below = path.split("/", 7)[7] if path.count("/") > 6 else ""
            found = [one for one in self._entries() if one["path"].startswith(below)]
            self._json(found if found else None)
        elif path.startswith("/api/datasets/me/problems"):
            self._json({"id": "me/problems", "sha": COMMIT, "private": False, "siblings": []})
        else:
            self._json(None)

    do_HEAD = do_GET

    def do_POST(self):
        asked = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        paths = parse_qs(asked).get("paths", [])
        self._json([one for one in self._entries() if one["path"] in paths])

    def _entries(self):
        file = {"type": "file", "oid": "0" * 40}
        yield {"type": "directory", "path": "data", "oid": "2" * 40}
        yield from ({**file, "path": name, "size": len(FILES[name])} for name in FILES)

    def _file(self, name):
        content = FILES.get(name)
        if content is None:
            self._json(None, "EntryNotFound")
            return
        wanted = self.headers.get("range")
        status = 200
        if wanted:
            first, last = wanted.removeprefix("bytes=").split("-")
            content, status = content[int(first) : int(last or len(content)) + 1], 206
        self._send(status, content, {"etag": '"0"', "x-repo-commit": COMMIT})

    def _json(self, value, code="RepoNotFound"):
        if value is None:
            self._send(404, b"{}", {"x-error-code": code})
        else:
            self._send(200, json.dumps(value).encode(), {"content-type": "application/json"})

    def _send(self, status, content, headers):
        self.server.keys.add(self.headers.get("authorization"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    server.keys = set()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def test_a_pool_of_the_hub_is_read_by_its_address(hub, tmp_path):
    env = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    address = f"http://127.0.0.1:{hub.server_address[1]}"
    env |= {"HF_ENDPOINT": address, "HF_HOME": str(tmp_path / "hf"), "HF_TOKEN": TOKEN}

    def convert(what):
        words = ["convert", f"hf://datasets/me/problems/{what}", "--to", "ours", "-o", "out.jsonl"]
        return subprocess.run(
            [sys.executable, "-m", "sample_engineering", *words],
            capture_output=True, text=True, cwd=tmp_path, env=env, timeout=120, check=False,
        )  # fmt: skip

    done = convert("data/train.jsonl")
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 63
    assert hub.keys == {f"Bearer {TOKEN}"}
    missing = convert("data/nothing.jsonl")
    assert missing.returncode == 1
    assert missing.stderr.count("\n") == 1, missing.stderr
    assert "nothing.jsonl" in missing.stderr
    assert TOKEN not in missing.stderr + done.stdout + done.stderr
