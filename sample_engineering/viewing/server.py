"""The server of `se view`: for this machine only, to be read only.

It listens on 127.0.0.1, answers nobody who reached it under another name (a page of a stranger
whose name was made to lead here), takes nothing but GET, and serves what the list holds and
nothing else. Pages keep the policy they were written with: at most our own script runs in them.
"""

import json
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from sample_engineering.errors import ConfigError, RunError, SampleEngineeringError
from sample_engineering.report.document import page_policy
from sample_engineering.report.page import render_page
from sample_engineering.report.run import Run
from sample_engineering.viewing.listing import (
    FRAME,
    INDEX,
    entry_record,
    frame_page,
    index_page,
    number_of,
    policy,
)
from sample_engineering.viewing.shelf import Shelf, Shown

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")  # under which this machine may be asked
_BETWEEN = 0.5  # seconds between two looks whether there is something new to tell
_HEARTBEAT = 15.0  # seconds after which a silent listener is told that we are there
_MOST_LISTENERS = 40
_PATIENCE = 30.0  # seconds that a request may take to arrive
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Viewer:
    """Serves a folder of runs until it is stopped.

    Parameters
    ----------
    folder : path-like
        In which runs lie.
    port : int
        0 takes a free one.

    Raises
    ------
    RunError
        If there is no such folder.
    ConfigError
        If the port is taken or none.
    """

    def __init__(self, folder: Any, port: int = 0) -> None:
        self.shelf = Shelf(folder)
        try:
            self._server = _Server((HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise ConfigError(
                f"cannot listen on `port` {port}: {why}; give another, or leave it out for a free "
                "one"
            ) from None
        self._server.shelf = self.shelf
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Where the list of runs is."""
        return f"http://{HOST}:{self.port}/"

    def stop(self) -> None:
        """End it; who listens is let go."""
        self._server.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> "Viewer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Viewer of {self.shelf.folder} at {self.url}>"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    shelf: Shelf

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.stopping = threading.Event()
        self.listeners = threading.BoundedSemaphore(_MOST_LISTENERS)
        self._pages: dict[str, tuple[str, str]] = {}
        self._rendering = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away."""

    def page_of(self, entry: Shown) -> str:
        """Return the page of a run, rendered once for each state of its files."""
        with self._rendering:
            mark, page = self._pages.get(entry.name, ("", ""))
            if mark != entry.mark:
                page = render_page(Run.open(self.shelf.path(entry)))
                self._pages = {**self._pages, entry.name: (entry.mark, page)}
                while len(self._pages) > _MOST_KEPT:
                    del self._pages[next(iter(self._pages))]
            return page


_MOST_KEPT = 16  # rendered pages


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE
    server_version, sys_version = "sample-engineering", ""
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep the terminal for what matters."""

    def do_GET(self) -> None:
        """Answer what the list holds."""
        if not self._is_for_us():
            return
        path = self.path.partition("?")[0]
        try:
            if path == "/":
                self._index()
            elif path == "/events":
                self._events()
            else:
                self._entry(path)
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True

    do_HEAD = do_GET

    def _refuse_method(self) -> None:
        self._say(HTTPStatus.METHOD_NOT_ALLOWED, "only GET is answered here", Allow="GET, HEAD")

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = do_CONNECT = _refuse_method

    def _is_for_us(self) -> bool:
        """Whether the name that was asked is one of this machine; others are sent away."""
        port = self.server.server_address[1]
        hosts = self.headers.get_all("Host") or []
        if len(hosts) == 1 and hosts[0].lower() in {f"{name}:{port}" for name in _NAMES}:
            return True
        self._say(HTTPStatus.MISDIRECTED_REQUEST, "this server has another name")
        return False

    def _index(self) -> None:
        shelf = self.server.shelf
        page = index_page(str(shelf.folder), list(shelf.entries().values()))
        self._page(page, policy(INDEX))

    def _entry(self, path: str) -> None:
        """Answer ``/KIND/NAME`` with its frame and ``/inside/KIND/NAME`` with the page itself."""
        inside = path.startswith("/inside/")
        kind, _, quoted = path.removeprefix("/inside").lstrip("/").partition("/")
        try:
            name = unquote(quoted, errors="strict")
        except UnicodeDecodeError:
            name = ""
        entry = self.server.shelf.entries().get(name)
        if entry is None or entry.kind != kind or entry.state == "refused":
            self._say(HTTPStatus.NOT_FOUND, "there is no such run or page in this folder")
            return
        if not inside:
            self._page(frame_page(entry), policy(FRAME))
            return
        try:
            page = self.server.page_of(entry) if kind == "run" else self._written(entry)
        except SampleEngineeringError as error:
            self._say(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
            return
        self._page(page, f"{page_policy()}; frame-ancestors 'self'")

    def _written(self, entry: Shown) -> str:
        path = self.server.shelf.path(entry)
        try:
            if path.is_symlink():
                raise RunError(f"{entry.name} is a link; it is not followed")
            return path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise RunError(f"{entry.name} cannot be read: {error.strerror or error}") from None

    def _events(self) -> None:
        """Tell the list whenever it changes, until the listener or the server goes."""
        if self.command == "HEAD" or not self.server.listeners.acquire(blocking=False):
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, "too many windows are open")
            return
        try:
            self.close_connection = True
            self._head(HTTPStatus.OK, {"Content-Type": "text/event-stream", "Connection": "close"})
            told, last = None, 0.0
            while not self.server.stopping.is_set():
                entries = list(self.server.shelf.entries().values())
                marks = [(entry.name, entry.state, entry.mark) for entry in entries]
                now = time.monotonic()
                if marks != told:
                    self.wfile.write(_event(entries))
                elif now - last > _HEARTBEAT:
                    self.wfile.write(b": here\n\n")
                else:
                    self.server.stopping.wait(_BETWEEN)
                    continue
                self.wfile.flush()
                told, last = marks, now
        finally:
            self.server.listeners.release()

    def _page(self, page: str, policy_: str) -> None:
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy_}
        self._send(HTTPStatus.OK, page.encode("utf-8", "replace"), headers)

    def _say(self, status: HTTPStatus, text: str, **headers: str) -> None:
        self.close_connection = True
        shown = {"Content-Type": "text/plain; charset=utf-8", "Connection": "close", **headers}
        with suppress(BrokenPipeError, ConnectionResetError):
            self._send(status, f"{text}\n".encode("utf-8", "replace"), shown)

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self._head(status, {**headers, "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (_HEADERS | headers).items():
            self.send_header(name, value)
        self.end_headers()


def _event(entries: list[Shown]) -> bytes:
    record = {
        "now": time.time(),
        "number": number_of(entries),
        "entries": [entry_record(entry) for entry in entries],
    }
    return f"event: list\ndata: {json.dumps(record)}\n\n".encode()
