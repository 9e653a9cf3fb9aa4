"""The process in which a model lives on behalf of another: ``python -m ...generation.worker``.

Requests come as lines of JSON on standard input, one at a time, and answers go back as lines of
JSON; nothing is ever unpickled. `worker_process` is the other end and the place to look first.

    {"do": "open", "engine": "vllm", "model": "PATH", "name": null, "options": {}}
        -> {"opened": {"capabilities": {...}, "name": "...", "notes": []}}
    {"do": "sample", "prompts": [...], "sampling": {...}, "schema": null}
        -> {"done": [3, [["text", 5, "stop", 12, null], ...]]}, one a prompt as it is finished,
           then {"ended": ["notes"]}
    {"do": "can_prefill", "prompt": [...]} -> {"can": true}
    {"do": "close"} -> {"closed": true}; the model is let go of, the process stays

Any of them may be answered by ``{"error": {"kind": "GenerationError", "message": "..."}}``. The
process ends, and with it whatever it started, when its standard input is closed: so it never
outlives its parent.
"""

import gc
import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, TextIO

from sample_engineering import errors
from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.generation.engines import choose_engine
from sample_engineering.generation.protocol import Capabilities, Completion, Generator
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.outside import keep_to_oneself
from sample_engineering.redaction import redacted, traceback_of

_LOOK_SECONDS = 2.0  # between looks whether the parent is still there


def main() -> None:
    """Serve requests until standard input is closed."""
    keep_to_oneself()
    answers = _own_channel()
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin, requests), daemon=True).start()
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    server = _Server()
    _send(answers, {"ready": os.getpid()})
    while True:
        for answer in server.answers(json.loads(requests.get())):
            _send(answers, answer)


def _own_channel() -> TextIO:
    """Keep standard output for the answers; what libraries print goes to standard error."""
    channel = os.dup(sys.stdout.fileno())  # not inherited by processes that a library starts
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(channel, "w", encoding="utf-8", newline="\n")


def _listen(stream: TextIO, requests: "queue.SimpleQueue[str]") -> None:
    for line in stream:
        requests.put(line)
    _end()  # the parent closed the pipe, or is no more


def _watch(parent: int) -> None:
    """End with the parent, even where another child of its holds our pipe open."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    _end()


def _end() -> None:
    """End this process at once, with all that it started."""
    if os.name == "posix" and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _send(stream: TextIO, answer: Mapping[str, Any]) -> None:
    try:
        stream.write(json.dumps(answer) + "\n")
        stream.flush()
    except BrokenPipeError:
        _end()


class _Server:
    """Answers requests about one model at a time."""

    def __init__(self) -> None:
        self.generator: Generator | None = None

    def answers(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        try:
            yield from getattr(self, f"do_{request['do']}")(request)
        except SampleEngineeringError as error:
            yield {"error": {"kind": type(error).__name__, "message": str(error)}}
        except Exception as error:  # said in one line there; the whole of it is in the log
            print(traceback_of(error), file=sys.stderr, flush=True)
            reason = redacted(" ".join(str(error).split())) or "no message"
            yield {"error": {"kind": "", "message": f"{type(error).__name__}: {reason}"}}

    def do_open(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        self._let_go()
        engine: Any = choose_engine(request["engine"], {}, request["options"])
        opener = getattr(engine, "open_here", engine.open)
        generator = self.generator = opener(request["model"], request["name"])
        yield {
            "opened": {
                "capabilities": asdict(generator.capabilities),
                "name": generator.name,
                "notes": list(generator.notes),
            }
        }

    def do_sample(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        generator = self._opened()
        sampling = Sampling(**request["sampling"])
        found = generator.stream(request["prompts"], sampling, schema=request["schema"])
        for index, completions in found:
            yield {"done": [index, [to_row(item) for item in completions]]}
        yield {"ended": list(generator.notes)}

    def do_can_prefill(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield {"can": self._opened().can_prefill(request["prompt"])}

    def do_close(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        self._let_go()
        yield {"closed": True}

    def _opened(self) -> Generator:
        if self.generator is None:
            raise ConfigError("no model is open in this process; open one first")
        return self.generator

    def _let_go(self) -> None:
        if self.generator is None:
            return
        self.generator.close()
        self.generator = None
        gc.collect()
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_initialized():
            torch.cuda.empty_cache()


def to_row(item: Completion) -> list[Any]:
    """Return a completion as it is sent."""
    logprobs = None if item.logprobs is None else list(item.logprobs)
    return [item.text, item.tokens, item.finish_reason, item.prompt_tokens, logprobs]


def from_row(row: list[Any]) -> Completion:
    """Return a completion that was sent."""
    text, tokens, reason, prompt_tokens, logprobs = row
    return Completion(
        text, tokens, reason, prompt_tokens, None if logprobs is None else tuple(logprobs)
    )


def capabilities_from(record: Mapping[str, Any]) -> Capabilities:
    """Return capabilities that were sent."""
    return Capabilities(**record)


def raised(kind: str, message: str) -> SampleEngineeringError:
    """Return the error that a worker met, as if it had been met here."""
    found = getattr(errors, kind, errors.GenerationError) if kind else errors.GenerationError
    error: SampleEngineeringError = found(message)
    return error


if __name__ == "__main__":
    main()
