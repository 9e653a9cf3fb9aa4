"""A process that has imported torch and TRL, and forks the children that train on a CPU.

Importing them takes longer than the training of a small model: 6 s of one core for each child, and
a run has one for what is asked beforehand, one for each training and one for the evaluations. A
fork of a process that has them starts at once, and is a process of its own in everything else.
Only for a CPU: what a GPU's driver holds does not live through a fork.

    with kept():
        ...  # children are forks of one nursery here

The parent and the nursery speak over a pair of sockets: a line of JSON with the three ends that the
child reads and writes, answered with its process id, and with its status once it has ended.
"""

import array
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import IO, Any

from sample_engineering.interpreter import search_path
from sample_engineering.outside import keep_to_oneself

USABLE = sys.platform == "linux"  # elsewhere libraries do not live through a fork
_LINE = 1 << 22  # bytes of a request at most: arguments and an environment
_PROGRAMS = {
    "child": "sample_engineering.trainers.child",
    "trial": "sample_engineering.trainers.preflight.trial",
}
_DEAR = (
    *("sample_engineering.trainers.grpo", "sample_engineering.trainers.training"),
    *("sample_engineering.trainers.measuring", "sample_engineering.trainers.preflight.trial"),
    *("sample_engineering.trainers.child", "sample_engineering.generation.transformers_engine"),
    *("transformers.models.auto.modeling_auto", "datasets", "pandas"),
)
_current: "Nursery | None" = None
_users = 0
_lock = threading.Lock()


@contextmanager
def kept() -> Iterator[None]:
    """Let children that are started inside be forks of one nursery; it is started when needed."""
    global _current, _users
    with _lock:
        if _current is None and USABLE:
            _current = Nursery()
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            last = _current if _users == 0 else None
            if last is not None:
                _current = None
        if last is not None:
            last.close()


def current() -> "Nursery | None":
    """Return the nursery that is kept now, if any."""
    return _current


class Forked:
    """A child of a nursery, as `subprocess.Popen` shows one."""

    def __init__(self, stdin: IO[bytes] | None, stdout: IO[bytes] | None) -> None:
        self.stdin, self.stdout = stdin, stdout
        self.returncode: int | None = None
        self._pid = 0
        self._born, self._ended = threading.Event(), threading.Event()

    @property
    def pid(self) -> int:
        """Its process id, once it has one; ProcessLookupError if it never had."""
        self._born.wait()
        if not self._pid:
            raise ProcessLookupError("the nursery ended before it had forked")
        return self._pid

    def told(self, answer: Mapping[str, int]) -> None:
        """Take what the nursery says of it."""
        if "pid" in answer:
            self._pid = answer["pid"]
            self._born.set()
        else:
            self.returncode = answer["status"]
            self._born.set()
            self._ended.set()

    def orphaned(self) -> None:
        """Note that the nursery is gone, and nobody will say how it ended."""
        if self.returncode is None:
            with suppress(OSError):
                if self._pid:
                    os.killpg(self._pid, signal.SIGKILL)
            self.told({"status": -signal.SIGKILL})

    def poll(self) -> int | None:
        """Return the status, None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the status once it has ended."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("a child of the nursery", timeout or 0)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        with suppress(ProcessLookupError):
            pid = self.pid
            if self.returncode is None:
                os.kill(pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The side of the parent; the process is started with the first child."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._children: dict[int, Forked] = {}
        self._started = 0

    def start(
        self, program: str, arguments: Sequence[str], env: Mapping[str, str], printed: IO[bytes]
    ) -> Forked:
        """Start a child whose standard input and output are pipes.

        Parameters
        ----------
        program : {"child", "trial"}
        arguments : sequence of str
        env : mapping
            Its whole environment.
        printed : binary file
            Receives its standard error.
        """
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        child = Forked(os.fdopen(ours_in, "wb", buffering=0), os.fdopen(ours_out, "rb"))
        try:
            self._ask(child, program, arguments, env, (theirs_in, theirs_out, printed.fileno()))
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        return child

    def run(
        self, program: str, given: str, env: Mapping[str, str], seconds: float
    ) -> "subprocess.CompletedProcess[str]":
        """Run a child that reads a text, and return what it printed, as `subprocess.run` does."""
        files = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115
        try:
            files[0].write(given.encode())
            files[0].seek(0)
            child = Forked(None, None)
            self._ask(child, program, (), env, [file.fileno() for file in files])
            try:
                status = child.wait(seconds)
            except subprocess.TimeoutExpired:
                child.kill()
                raise
            for file in files[1:]:
                file.seek(0)
            out, err = (file.read().decode("utf-8", "replace") for file in files[1:])
        finally:
            for file in files:
                file.close()
        return subprocess.CompletedProcess([program], status, out, err)

    def _ask(
        self,
        child: Forked,
        program: str,
        arguments: Sequence[str],
        env: Mapping[str, str],
        ends: Sequence[int],
    ) -> None:
        with self._lock:
            ours = self._opened()
            self._started += 1
            self._children[self._started] = child
            request = {
                "number": self._started,
                "program": program,
                "arguments": list(arguments),
                "env": dict(env),
            }
            line = json.dumps(request).encode() + b"\n"
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", ends))]
            sent = ours.sendmsg([line], rights)
            ours.sendall(line[sent:])

    def _opened(self) -> socket.socket:
        if self._socket is None:
            ours, theirs = socket.socketpair()
            with theirs:
                keep_to_oneself()
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", __name__, str(theirs.fileno())],
                    env={**os.environ, "PYTHONPATH": search_path(), "CUDA_VISIBLE_DEVICES": ""},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,  # what it cannot import its children say
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl-C is for the parent
                )
            self._socket = ours
            threading.Thread(target=self._listen, args=(ours,), daemon=True).start()
        return self._socket

    def _listen(self, ours: socket.socket) -> None:
        with suppress(OSError), ours.makefile("rb") as lines:
            for line in lines:
                answer = json.loads(line)
                child = self._children[answer.pop("number")]
                child.told(answer)
        for child in list(self._children.values()):
            child.orphaned()

    def close(self) -> None:
        """End it; children that still run are ended by their own parents' pipes."""
        if self._socket is not None and self._process is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._socket.close()


_PATIENCE = 20.0  # seconds for the nursery to end


def main(number: int) -> None:
    """Import what is dear, and fork a child for each request until there are no more."""
    ours = socket.socket(fileno=number)
    keep_to_oneself()
    for module in _DEAR:
        with suppress(Exception):
            import_module(module)
    gc.collect()
    gc.freeze()  # shared with the children, and not looked through again
    wakes, woken = os.pipe()
    for end in (wakes, woken):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken)
    running: dict[int, int] = {}
    buffer, ends, open_ = b"", [], True
    while open_ or running:
        speaking: list[Any] = [wakes, ours] if open_ else [wakes]
        heard, _, _ = select.select(speaking, [], [])
        if wakes in heard:
            with suppress(BlockingIOError):
                os.read(wakes, 4096)
            _reap(ours, running)
        if ours not in heard:
            continue
        read, fds, _, _ = socket.recv_fds(ours, _LINE, 3)
        ends += fds
        buffer += read
        open_ = bool(read)
        while b"\n" in buffer:
            line, _, buffer = buffer.partition(b"\n")
            request, given, ends = json.loads(line), ends[:3], ends[3:]
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                for end in (ours.detach(), wakes, woken):
                    os.close(end)
                _become(request, given)
            for end in given:
                os.close(end)
            running[child] = request["number"]
            _say(ours, {"number": request["number"], "pid": child})


def _reap(ours: socket.socket, running: dict[int, int]) -> None:
    while running:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        code = os.waitstatus_to_exitcode(status)
        _say(ours, {"number": running.pop(child), "status": code})


def _say(ours: socket.socket, answer: Mapping[str, int]) -> None:
    with suppress(OSError):  # the parent is gone, and the children notice it too
        ours.sendall(json.dumps(answer).encode() + b"\n")


def _become(request: Mapping[str, Any], ends: Sequence[int]) -> None:
    """Be the child: its streams, environment, session and signals are its own; never returns."""
    status = 1
    try:
        os.setsid()
        for place, end in enumerate(ends):
            os.dup2(end, place)
        for end in ends:
            os.close(end)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(request["env"])
        _heed_threads()
        module = _PROGRAMS[request["program"]]
        sys.argv = [module, *request["arguments"]]
        begin: Callable[[], int | None] = import_module(module).main
        status = begin() or 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        import atexit

        atexit._run_exitfuncs()  # of trackers, and of temporary files
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)


def _heed_threads() -> None:
    """Take the number of threads from this environment: OpenMP read that of the nursery."""
    from sample_engineering.trainers.sharing import THREADS

    asked = os.environ.get(THREADS, "").split(",")[0]
    if asked.isdecimal() and int(asked):
        import torch

        torch.set_num_threads(int(asked))


if __name__ == "__main__":
    main(int(sys.argv[1]))
