"""A model in a process of its own: what it holds is freed when that process ends.

The process may run another interpreter, so that an engine such as vLLM can live in another
environment than this one. It runs this package's own code, whatever is installed there.

    with Worker() as worker:
        before = worker.open("base/model", "transformers", {"dtype": "bfloat16"})
        ...
        after = worker.open("trained/weights", "transformers")  # the one before is closed

`worker` describes what goes over the pipes.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sample_engineering import registry
from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.generation.base import StreamingGenerator
from sample_engineering.generation.engines import Engine, choose_engine
from sample_engineering.generation.protocol import (
    Completion,
    Generator,
    Prompt,
    check_offered,
)
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.generation.worker import capabilities_from, from_row, raised

_KEPT_LINES = 40  # of what the process printed
_SHOWN_LINES = 6  # of those, in an error
_LOOK_SECONDS = 0.5  # between looks whether a silent process is still there
_END_SECONDS = 5.0  # for a process to end by itself

# Runs this package's code under any interpreter, without making the other packages beside it
# importable there: the folder itself is not put on the path.
_START = """
import sys
from importlib.util import module_from_spec, spec_from_file_location
folder = sys.argv[1]
spec = spec_from_file_location(
    "sample_engineering", folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules["sample_engineering"] = package = module_from_spec(spec)
spec.loader.exec_module(package)
from sample_engineering.generation.worker import main
main()
"""


class Worker:
    """A process that holds one model at a time; started when the first is opened.

    Parameters
    ----------
    python : path, optional
        Interpreter to run; None is this one. A version that this package supports, with its light
        requirements and the engine installed.
    environment : mapping, optional
        Variables that it gets beside those of this process, e.g. ``{"CUDA_VISIBLE_DEVICES": "1"}``.
    """

    def __init__(
        self,
        python: str | os.PathLike[str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.python = sys.executable if python is None else os.fspath(python)
        self.environment = dict(environment or {})
        self._process: _Process | None = None
        self._open: _Open | None = None

    @property
    def pid(self) -> int | None:
        """Id of the running process; None where there is none."""
        return None if self._process is None else self._process.pid

    def open(
        self,
        model: str | os.PathLike[str],
        engine: str | Engine | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        owned: bool = False,
    ) -> "Generator":
        """Load a model in the process; the one before is closed.

        An engine that holds on to memory (vLLM) gets a new process for each model; transformers
        stays imported. A model at a server is opened here: there is nothing to hold.

        Parameters
        ----------
        model : path or Hugging Face name
        engine : str or Engine, optional
            A registered name, or a record as `engines.choose_engine` returns it; None is
            ``transformers``.
        options : mapping, optional
            Options of an engine given by its name.
        name : str, optional
            What is shown, and stands in records; None is `model`.
        owned : bool
            Closing the generator also ends the process.

        Raises
        ------
        ConfigError
            If the engine is unknown, does not take an option, or is registered in this process
            only.
        GenerationError
            If the model cannot be loaded, or the process ends on the way.
        """
        if engine is None or isinstance(engine, str):
            engine = choose_engine(engine, {}, options)
        if getattr(engine, "remote", False):
            return engine.open(os.fspath(model), name)
        opening = _Open(os.fspath(model), name, registered_name(engine), _settings(engine))
        if self._process is not None and (self._open is None or self._open.own_process):
            self.close()
        opening.own_process = bool(getattr(engine, "own_process", False))
        return WorkerGenerator(self, opening, owned=owned)

    def load(self, opening: "_Open") -> Mapping[str, Any]:
        """Make `opening` the model that the process holds; see `WorkerGenerator`."""
        if self._open is not opening or self._process is None:
            if self._process is None:
                self._process = _Process(self.python, self.environment)
            self._open = opening
            request = {"do": "open", "model": opening.model, "name": opening.name}
            request |= {"engine": opening.engine, "options": opening.options}  # type: ignore[dict-item]
            opening.told = self.ask(request, "opened")
        return opening.told

    def ask(self, request: Mapping[str, Any], wanted: str) -> Any:
        """Send a request that has one answer, and return it."""
        return next(value for key, value in self.answers(request) if key == wanted)

    def answers(self, request: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Send a request and yield its answers; whoever stops reading ends the process."""
        assert self._process is not None
        finished = False
        try:
            self._process.send(request)
            while True:
                ((key, value),) = self._process.receive().items()
                if key == "error":
                    finished = True
                    raise raised(value["kind"], value["message"])
                finished = key != "done"
                yield key, value
                if finished:
                    return
        finally:
            if not finished:  # abandoned half way, or gone: what is open is opened again if asked
                self._forget()

    def let_go(self, opening: "_Open") -> None:
        """Close the model of a generator, if it is still the one that is held."""
        if self._open is not opening or self._process is None:
            return
        if opening.own_process:
            self.close()
        else:
            self._open = None
            self.ask({"do": "close"}, "closed")

    def _forget(self) -> None:
        process, self._process, self._open = self._process, None, None
        if process is not None:
            process.end()

    def close(self) -> None:
        """End the process; all that it held is free when this returns."""
        self._forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Open:
    """A model that a worker holds or held: all it takes to load it."""

    def __init__(
        self, model: str, name: str | None, engine: str, options: Mapping[str, Any]
    ) -> None:
        self.model = model
        self.name = name
        self.engine = engine
        self.options = options
        self.own_process = False
        self.told: Mapping[str, Any] = {}


class WorkerGenerator(StreamingGenerator):
    """Completions of a model in another process; `Worker.open` makes them.

    A stream that is left before its end ends the process, which frees the model at once; the next
    request loads it anew.

    Parameters
    ----------
    worker : Worker
    opening : object
        What to load.
    owned : bool
        Whether closing this also ends the process.
    """

    def __init__(self, worker: Worker, opening: _Open, *, owned: bool = False) -> None:
        self._worker = worker
        self._opening = opening
        self.owned = owned
        try:
            told = worker.load(opening)
        except BaseException:
            if owned or opening.own_process:
                worker.close()
            raise
        super().__init__(told["name"])
        self.capabilities = capabilities_from(told["capabilities"])
        self._notes = tuple(told["notes"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What the generator in the other process notes."""
        return self._notes

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)`` as the other process finishes them."""
        check_offered(self, sampling, schema)
        self._worker.load(self._opening)
        request = {
            "do": "sample",
            "prompts": [_plain(prompt) for prompt in prompts],
            "sampling": {item.name: getattr(sampling, item.name) for item in fields(sampling)},
            "schema": schema,
        }
        for key, value in self._worker.answers(request):
            if key == "ended":
                self._notes = tuple(value)
                return
            index, rows = value
            completions = [from_row(row) for row in rows]
            if completions:
                tokens = sum(item.tokens for item in completions)
                self.usage.count(1, completions[0].prompt_tokens, tokens)
            yield index, completions

    def can_prefill(self, prompt: Prompt) -> bool:
        """Whether `prompt`, a chat ending in an assistant's message, would be continued."""
        self._worker.load(self._opening)
        return bool(self._worker.ask({"do": "can_prefill", "prompt": _plain(prompt)}, "can"))

    def close(self) -> None:
        """Free the model in the other process."""
        if self.owned:
            self._worker.close()
        else:
            self._worker.let_go(self._opening)


class _Process:
    """The running process, and the lines that come from it."""

    def __init__(self, python: str, environment: Mapping[str, str]) -> None:
        folder = str(Path(registry.__file__).parent)
        try:
            self._popen = subprocess.Popen(
                [python, "-c", _START, folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=os.environ | environment,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,  # Ctrl-C is for the parent, which then ends it
            )
        except OSError as error:
            raise ConfigError(
                f"`python` {python!r} cannot be started: {error.strerror or error}; "
                "give the path of a Python interpreter"
            ) from error
        self.pid = self._popen.pid
        self._printed: deque[str] = deque(maxlen=_KEPT_LINES)
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._readers = [
            threading.Thread(target=self._read_answers, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        self.receive()  # that it is ready

    def _read_answers(self) -> None:
        assert self._popen.stdout is not None
        with suppress(ValueError):  # closed while reading
            for line in self._popen.stdout:
                self._answers.put(line)
        self._answers.put(None)

    def _read_errors(self) -> None:
        assert self._popen.stderr is not None
        with suppress(ValueError):
            for line in self._popen.stderr:
                if line.strip():
                    self._printed.append(line.rstrip())

    def send(self, request: Mapping[str, Any]) -> None:
        assert self._popen.stdin is not None
        try:
            self._popen.stdin.write(json.dumps(request, default=_as_json) + "\n")
            self._popen.stdin.flush()
        except (BrokenPipeError, OSError) as error:
            raise self._gone() from error

    def receive(self) -> dict[str, Any]:
        while True:
            try:
                line = self._answers.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                # Processes that it started may hold the pipe open after its end.
                if self._popen.poll() is None or not self._answers.empty():
                    continue
                line = None
            if line is None:
                raise self._gone()
            answer: dict[str, Any] = json.loads(line)
            return answer

    def _gone(self) -> GenerationError:
        """Say how the process ended."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(_END_SECONDS)
        status = self._popen.poll()
        self.end()
        for reader in self._readers:
            reader.join(_END_SECONDS)
        if status is not None and status < 0:
            how = f"was ended by {_signal_name(-status)}"
            if -status == signal.SIGKILL:
                how += ", perhaps for want of memory"
        else:
            how = f"ended with status {status}"
        said = " | ".join(list(self._printed)[-_SHOWN_LINES:]) or "nothing"
        return GenerationError(
            f"the process that runs the model {how}; the last it said: {said}; "
            "mend that and run again"
        )

    def end(self) -> None:
        """End it and all that it started, and wait for that."""
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        else:
            self._popen.kill()
        self._popen.wait()
        for stream in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if stream is not None:
                with suppress(OSError, ValueError):
                    stream.close()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def registered_name(engine: Engine) -> str:
    """Return the name under which another process finds an engine.

    Raises
    ------
    ConfigError
        If it is not registered, or by this running program only.
    """
    for known in registry.components("engine"):
        with suppress(ConfigError):  # a broken one of another package
            if known.package and registry.find("engine", known.name) is type(engine):
                return known.name
    raise ConfigError(
        f"the engine {type(engine).__name__} is known to this program only, so no other process "
        "can open it; declare it as an entry point of a package"
    )


def _settings(engine: Engine) -> dict[str, Any]:
    """Return the options of an engine as they are sent: those that are not the defaults."""
    made: Any = engine
    usual: dict[str, Any] = {}
    with suppress(TypeError):  # an engine with needed options
        usual = {item.name: getattr(type(made)(), item.name) for item in fields(made)}
    found = {item.name: getattr(made, item.name) for item in fields(made)}
    found = {key: value for key, value in found.items() if usual.get(key, ...) != value}
    try:
        sent: dict[str, Any] = json.loads(json.dumps(found, default=_as_json))
    except TypeError as error:
        raise ConfigError(
            f"`engine_options` hold what no other process can be told: {error}; "
            "give texts, numbers, lists and mappings of them"
        ) from error
    return sent


def _as_json(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__}")


def _plain(prompt: Prompt) -> Any:
    return prompt if isinstance(prompt, str) else [dict(message) for message in prompt]
