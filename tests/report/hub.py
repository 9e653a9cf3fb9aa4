"""A Hugging Face hub on this machine: enough of it for one push by the real client."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml


class Hub:
    """Takes repositories and commits of small files; ``with Hub() as hub:`` serves at `hub.url`."""

    def __init__(self, token="hf_right"):
        self.token = token
        self.repositories = {}
        self.files = {}
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.answer(*hub.get(self))

            def do_POST(self):
                self.answer(*hub.post(self, self.body()))

            def body(self):
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def answer(self, status, record):
                data = json.dumps(record).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def refused(self, request):
        return request.headers.get("Authorization") != f"Bearer {self.token}"

    @staticmethod
    def name_in(path):
        return path.removeprefix("/api/models/").removeprefix("/api/datasets/")

    def get(self, request):
        if self.refused(request):
            return 401, {"error": "Invalid credentials"}
        if request.path.startswith("/api/whoami"):
            return 200, {"name": "someone", "type": "user"}
        name = self.name_in(request.path).partition("/revision")[0]
        if name in self.repositories:
            return 200, {"id": name, "sha": "0" * 40, "siblings": [], "tags": []}
        return 404, {"error": f"no {request.path}"}

    def post(self, request, body):
        if self.refused(request):
            return 401, {"error": "Invalid credentials"}
        path = request.path.partition("?")[0]
        if path == "/api/repos/create":
            record = json.loads(body)
            name = f"{record.get('organization') or 'someone'}/{record['name']}"
            self.repositories[name] = record
            kind = "datasets/" if record.get("type") == "dataset" else ""
            return 200, {"url": f"{self.url}/{kind}{name}", "name": name}
        if path == "/api/validate-yaml":
            yaml.safe_load(json.loads(body)["content"].split("---\n")[1])
            return 200, {"errors": [], "warnings": []}
        name, _, action = self.name_in(path).partition("/preupload")
        if action:
            asked = json.loads(body)["files"]
            return 200, {
                "files": [
                    {"path": one["path"], "uploadMode": "regular", "shouldIgnore": False}
                    for one in asked
                ]
            }
        name, _, action = self.name_in(path).partition("/commit/")
        kind = "datasets/" if path.startswith("/api/datasets/") else ""
        if action:
            for line in body.splitlines():
                record = json.loads(line)
                if record["key"] == "file":
                    content = base64.b64decode(record["value"]["content"])
                    self.files[f"{name}/{record['value']['path']}"] = content
            return 200, {
                "success": True,
                "commitOid": "1" * 40,
                "commitUrl": f"{self.url}/{kind}{name}/commit/{'1' * 40}",
            }
        return 404, {"error": f"no {path}"}
