"""Throughput against a real local server, beside the openai client in a plain loop.

Both sides talk to the same HTTP server over real sockets. The server
answers after a fixed delay that stands for the model's work, and takes any number of requests at
once, as a batching server does; so what is measured is the client. With --url and --model a server
of one's own is used instead (vllm serve ...). Prints one JSON object.

    python benchmarks/generation.py [--url URL --model NAME] [--requests 96]
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sample_engineering.generation import Sampling
from sample_engineering.generation.openai_generator import OpenAIGenerator
from tests.generation.local_server import ScriptedServer

CONCURRENCIES = (1, 8, 32)
DELAY = 0.05  # seconds of model time for each answer of the local server
MAX_TOKENS = 32


def answer_slowly(body: dict[str, Any]) -> str:
    """Answer after the delay."""
    time.sleep(DELAY)
    return f"The answer is \\boxed{{{len(body['messages'][-1]['content'])}}}."


def prompts(count: int) -> list[list[dict[str, str]]]:
    """Return chats that differ, so that no cache of the server helps."""
    return [[{"role": "user", "content": f"What is {k} + {k * k}?"}] for k in range(count)]


def plain_loop(url: str, model: str, count: int) -> dict[str, float]:
    """Ask one after the other with the openai client."""
    from openai import OpenAI

    client = OpenAI(base_url=url, api_key="none")
    chats: Any = prompts(count)
    client.chat.completions.create(model=model, messages=chats[0], max_tokens=1)
    start, cpu = time.perf_counter(), time.process_time()
    for chat in chats:
        client.chat.completions.create(model=model, messages=chat, max_tokens=MAX_TOKENS)
    return _rates(count, start, cpu)


def ours(url: str, model: str, count: int, concurrency: int) -> dict[str, float]:
    """Ask through OpenAIGenerator."""
    with OpenAIGenerator(url, model, concurrency=concurrency) as generator:
        generator.generate(prompts(1), Sampling(max_tokens=1))
        start, cpu = time.perf_counter(), time.process_time()
        groups = generator.generate(prompts(count), Sampling(max_tokens=MAX_TOKENS, seed=0))
        assert all(len(group) == 1 for group in groups)
        return _rates(count, start, cpu)


def _rates(count: int, start: float, cpu: float) -> dict[str, float]:
    return {
        "requests_per_second": round(count / (time.perf_counter() - start), 2),
        "cpu_ms_per_request": round(1000 * (time.process_time() - cpu) / count, 2),
    }


def measure(url: str, model: str, count: int, server: str) -> dict[str, Any]:
    """Return the figures of both clients."""
    loop = plain_loop(url, model, min(count, 32))
    result: dict[str, Any] = {"server": server, "requests": count, "openai_loop": loop}
    for concurrency in CONCURRENCIES:
        found: dict[str, float] = ours(url, model, count, concurrency)
        found["ratio"] = round(found["requests_per_second"] / loop["requests_per_second"], 2)
        result[f"concurrency_{concurrency}"] = found
    result["ratio"] = result[f"concurrency_{CONCURRENCIES[-1]}"]["ratio"]
    return result


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url")
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--requests", type=int, default=96)
    options = parser.parse_args()
    if options.url:
        result = measure(options.url, options.model, options.requests, options.url)
    else:
        with ScriptedServer(answer_slowly) as server:
            name = f"local HTTP server, {DELAY} s an answer, in this process"
            result = measure(server.url, options.model, options.requests, name)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
