"""A reward server in this process: started, reached at its URL, stopped."""

import socket
import threading
from types import TracebackType

from sample_engineering.errors import ConfigError
from sample_engineering.extras import check_installed, require
from sample_engineering.judging import Judge
from sample_engineering.serving.app import RewardApp
from sample_engineering.serving.graders import Graders
from sample_engineering.serving.metrics import Metrics
from sample_engineering.serving.settings import ServeSettings

_MODULES = ("starlette", "uvicorn", "httptools", "prometheus_client")
# Connections that wait to be taken.
_BACKLOG = 2048
# Longer than clients keep an idle connection (aiohttp 15 s), or they would use one being closed.
_KEEP_ALIVE_SECONDS = 60
# Requests that were taken are answered before the server ends, within this.
_STOP_SECONDS = 10
_POLL_SECONDS = 0.02


class RewardServer:
    """The grader as an HTTP server, in a thread of this process and worker processes of its own.

    Parameters
    ----------
    settings : ServeSettings, optional

    Raises
    ------
    MissingExtraError
        If the extra ``serve`` is not installed.
    """

    def __init__(self, settings: ServeSettings | None = None) -> None:
        for module in _MODULES:
            check_installed(module, "serve")
        self._settings = settings or ServeSettings()
        self._graders = Graders(self._settings.processes, self._settings.queue)
        self._metrics = Metrics(self._graders)
        self._judge = None if self._settings.judge is None else Judge(self._settings.judge)
        self._app = RewardApp(self._settings, self._graders, self._metrics, self._judge)
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._address = ("", 0)

    def start(self) -> "RewardServer":
        """Listen, and return when rewards can be asked for.

        Raises
        ------
        ConfigError
            If the address cannot be used, or no worker process starts.
        """
        listener = _listener(self._settings.host, self._settings.port)
        self._address = listener.getsockname()[:2]
        try:
            self._graders.start()
        except ConfigError:
            listener.close()
            raise
        uvicorn = require("uvicorn", "serve")
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                self._app.asgi(),
                lifespan="off",
                http="httptools",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )
        self._thread = threading.Thread(target=self._run, args=(listener,), daemon=True)
        self._thread.start()
        while not self._uvicorn.started and self._thread.is_alive():
            self._stopped.wait(_POLL_SECONDS)
        return self

    @property
    def url(self) -> str:
        """Where it listens, e.g. ``http://127.0.0.1:8000``."""
        host, port = self._address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def rewards(self) -> int:
        """Rewards given so far."""
        return self._metrics.given

    @property
    def refused(self) -> int:
        """Requests that got none."""
        return self._metrics.turned_away

    def wait(self) -> None:
        """Wait until it is stopped, from another thread or by a signal handler."""
        self._stopped.wait()

    def stop(self) -> None:
        """Refuse new requests, answer those that were taken, and end the workers."""
        self._app.stopping = True
        self._graders.refuse()
        if self._thread is not None:
            self._uvicorn.should_exit = True
            self._thread.join()
            self._thread = None
        self._graders.stop()
        if self._judge is not None:
            self._judge.close()
        self._stopped.set()

    def __enter__(self) -> "RewardServer":
        return self if self._thread is not None else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self, listener: socket.socket) -> None:
        try:
            self._uvicorn.run(sockets=[listener])
        finally:
            self._stopped.set()


def _listener(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"`host` {host!r} cannot be used ({error}); use 127.0.0.1") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"nothing can listen on {host} port {port} ({error.strerror}); choose another `port`, "
            "or 0 for a free one"
        ) from error
    return listener
