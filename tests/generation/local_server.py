"""Real HTTP servers for the tests: OpenAI's protocol on 127.0.0.1, and a proxy that breaks it."""

import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sample_engineering.generation import Sampling


class HttpServer:
    """A threaded HTTP server on a free port, started by `with`."""

    def __init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body go out in one packet; the default of two waits for an ACK (Nagle).
            wbufsize = -1
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if self.path == "/tokenize":
                    outer.tokenize(self, json.loads(body))
                else:
                    outer.handle(self, body)

            def do_GET(self) -> None:
                outer.handle(self, b"")

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                pass  # clients that hang up are part of the tests

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self.closing = threading.Event()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        raise NotImplementedError

    def tokenize(self, request: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        """Most servers do not know this; vLLM does."""
        send(request, 404, {"detail": "Not Found"})

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


def send(
    request: BaseHTTPRequestHandler,
    status: int,
    value: Any,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Answer with JSON, or with the text itself."""
    data = (value if isinstance(value, str) else json.dumps(value)).encode()
    request.send_response(status)
    request.send_header("content-type", "application/json")
    request.send_header("content-length", str(len(data)))
    for name, text in (headers or {}).items():
        request.send_header(name, text)
    request.end_headers()
    request.wfile.write(data)
    request.wfile.flush()


def chat_answer(texts: Sequence[str], model: str = "scripted", tokens: int | None = None) -> Any:
    """Return the body of a chat answer."""
    return {
        "id": "answer",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [
            {
                "index": index,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": text},
            }
            for index, text in enumerate(texts)
        ],
        "usage": {
            "prompt_tokens": 10,
            "completion_tokens": tokens or sum(len(text.split()) for text in texts),
            "total_tokens": 0,
        },
    }


class ScriptedServer(HttpServer):
    """Answers each chat with what a function makes of the request.

    `script(body)` returns a text, a list of texts (the choices), or ``(status, value, headers)``.
    `asked` counts the requests by body, `answered` those whose answer was sent whole.
    """

    def __init__(self, script: Callable[[dict[str, Any]], Any], models: Iterable[str] = ()) -> None:
        super().__init__()
        self.script = script
        self.model_names = list(models)
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        if request.path.endswith("/models"):
            listed = [{"id": name, "object": "model"} for name in self.model_names]
            return send(request, 200, {"object": "list", "data": listed})
        value = json.loads(body)
        key = json.dumps(value, sort_keys=True)
        with self._lock:
            self.asked[key] += 1
            self.bodies.append(value)
        made = self.script(value)
        if isinstance(made, tuple):
            return send(request, *made)
        texts = [made] * value.get("n", 1) if isinstance(made, str) else made
        send(request, 200, chat_answer(texts))
        with self._lock:
            self.answered[key] += 1
        return None


class ModelServer(HttpServer):
    """Serves a generator as an OpenAI-compatible server does: chat, completions, n, logprobs, seed.

    `ignores` names what is silently ignored ("n", "logprobs", "stop", ...).
    """

    def __init__(
        self, generator: Any, ignores: Iterable[str] = (), tokenizes: bool = False
    ) -> None:
        super().__init__()
        self.tokenizes = tokenizes
        self.generator = generator
        self.ignores = set(ignores)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self._lock = threading.Lock()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        if request.path.endswith("/models"):
            return send(
                request, 200, {"object": "list", "data": [{"id": "tiny", "object": "model"}]}
            )
        asked = json.loads(body)
        if asked["model"] != "tiny":
            error = {"message": f"The model `{asked['model']}` does not exist.", "code": 404}
            return send(request, 404, {"error": error})
        for name in self.ignores:
            asked.pop(name, None)
        chat = "messages" in asked
        prompt = self._text(asked) if chat else asked["prompt"]
        with self._lock:
            self.requests.append(asked)
            self.keys.append(request.headers.get("authorization"))
            (completions,) = self.generator.generate(
                [prompt],
                Sampling(
                    n=asked.get("n", 1),
                    max_tokens=asked.get("max_tokens", 16),
                    temperature=asked.get("temperature", 1.0),
                    top_p=asked.get("top_p", 1.0),
                    top_k=asked.get("top_k"),
                    stop=asked.get("stop", ()),
                    seed=asked.get("seed"),
                    logprobs=bool(asked.get("logprobs")),
                ),
            )
        choices = []
        for index, item in enumerate(completions):
            choice: dict[str, Any] = {"index": index, "finish_reason": item.finish_reason}
            if chat:
                choice["message"] = {"role": "assistant", "content": item.text}
            else:
                choice["text"] = item.text
            if item.logprobs is not None and chat:
                rows = [{"token": "", "logprob": value} for value in item.logprobs]
                choice["logprobs"] = {"content": rows}
            elif item.logprobs is not None:
                choice["logprobs"] = {"token_logprobs": list(item.logprobs)}
            choices.append(choice)
        usage = {
            "prompt_tokens": completions[0].prompt_tokens,
            "completion_tokens": sum(item.tokens for item in completions),
        }
        answer = chat_answer([], model="tiny") | {"choices": choices, "usage": usage}
        return send(request, 200, answer)

    def _text(self, asked: Mapping[str, Any]) -> str:
        return self.generator.tokenizer.apply_chat_template(
            asked["messages"],
            tokenize=False,
            continue_final_message=asked.get("continue_final_message", False),
            add_generation_prompt=asked.get("add_generation_prompt", True)
            or "continue_final_message" in self.ignores,
            **asked.get("chat_template_kwargs", {}),
        )

    def tokenize(self, request: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        """As vLLM does, if asked to."""
        if not self.tokenizes:
            return super().tokenize(request, asked)
        tokenizer = self.generator.tokenizer
        ids = tokenizer(self._text(asked))["input_ids"]
        strings = tokenizer.convert_ids_to_tokens(ids)
        return send(request, 200, {"count": len(ids), "tokens": ids, "token_strs": strings})


class FaultProxy(HttpServer):
    """Stands before a real server and breaks some answers, as `faults` says in turn.

    ``faults(number)`` names the fault of request `number` (from 0), or None to pass it on. `seen`
    counts what was done.
    """

    def __init__(self, target: HttpServer, faults: Callable[[int], str | None]) -> None:
        super().__init__()
        self.target = target
        self.faults = faults
        self.seen: Counter[str] = Counter()
        self._number = 0
        self._lock = threading.Lock()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        with self._lock:
            fault = self.faults(self._number) if request.command == "POST" else None
            self._number += request.command == "POST"
            self.seen[fault or "passed"] += 1
        if fault == "429":
            return send(request, 429, {"error": {"message": "slow down"}}, {"retry-after": "0.05"})
        if fault in ("500", "503"):
            return send(request, int(fault), "<html>oops</html>")
        if fault == "stall":
            self._hold(request)
            return None
        if fault == "reset":
            return self._reset(request)
        status, data = self._forward(request, body)
        if fault == "malformed":
            return send(request, 200, '{"choices": [{"index": 0, "mess')
        if fault == "empty":
            return send(request, 200, {"choices": []})
        if fault == "html":
            return send(request, 200, "<html>gateway</html>")
        if fault in ("truncate", "drip"):
            request.send_response(200)
            request.send_header("content-type", "application/json")
            request.send_header("content-length", str(len(data)))
            request.end_headers()
            if fault == "truncate":
                request.wfile.write(data[: len(data) // 2])
                request.wfile.flush()
            else:
                for byte in data:
                    request.wfile.write(bytes([byte]))
                    request.wfile.flush()
                    if self.closing.wait(0.05):
                        break
            request.close_connection = True
            return None
        return send(request, status, data.decode())

    def _forward(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        upstream = HTTPConnection("127.0.0.1", self.target.port, timeout=60)
        try:
            upstream.request(
                request.command, request.path, body, {"content-type": "application/json"}
            )
            answer = upstream.getresponse()
            return answer.status, answer.read()
        finally:
            upstream.close()

    def _hold(self, request: BaseHTTPRequestHandler) -> None:
        """Say nothing until the client hangs up."""
        request.connection.settimeout(0.1)
        while not self.closing.is_set():
            try:
                if not request.connection.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        request.close_connection = True

    @staticmethod
    def _reset(request: BaseHTTPRequestHandler) -> None:
        linger = struct.pack("ii", 1, 0)  # close at once and send RST
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        request.close_connection = True
        request.connection.close()
