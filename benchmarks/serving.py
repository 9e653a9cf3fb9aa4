"""Load on the reward server: rewards a second with hostile inputs among them, losses, memory.

    python benchmarks/serving.py [--rate 1000] [--seconds 60] [--group 8] [--hostile 0.05]
        [--connections 64] [--workers N] [--seed 0]

Starts `se serve` in a process of its own, on 127.0.0.1, and asks it from this one, so that both
share the machine. Requests come at a fixed rate, whether or not earlier ones were answered (open
loop), in OpenRLHF's shape: `--group 1` is what OpenRLHF sends, 8 one GRPO group. Completions are
those of `grading_data.py`, half right and half near misses; `--hostile` of them are replaced by
answers that are meant to hang, blow up or confuse a grader, and as many requests again are no
rewards at all (broken JSON, deep nesting, too large, cut off). Every verdict is held against the
one that this process gives; a request that was refused is sent again after `Retry-After`. Then the
same without a rate, as fast as the connections allow. On a machine that is not idle the processor
seconds are the figures to compare; two cores give two a second. Prints one JSON object.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grading_data import own_rollouts

HOSTILE = (
    "\\boxed{" * 2_000,
    "\\boxed{9^{9^{9^{9^9}}}}",
    "\\boxed{" + "{" * 5_000 + "}" * 5_000 + "}",
    "\\boxed{" + "9" * 20_000 + "}",
    "\\boxed{\\sum_{n=1}^{10^{99}} n^{n!}}",
    "\\boxed{\\int_0^\\infty e^{-x^{x^{x}}} \\sin(x!) dx}",
    "\\boxed{\\prod_{k=1}^{10^{12}} \\frac{k!}{k^k}}",
    "\\boxed{" + "+".join(f"x_{{{n}}}^{{{n}}}" for n in range(400)) + "}",
    "\\boxed{" + "\\sqrt{" * 400 + "2" + "}" * 400 + "}",
    "\\boxed{\\frac{" * 300 + "1" + "}{2}}" * 300,
    "<think>" * 3_000 + "\\boxed{5}",
    "\ud800\\boxed{\udfff}\x00\x1b[2J",
    "\\boxed{__import__('os').system('true')}",
    "\\boxed{0x" + "f" * 5_000 + "}",
    "\\boxed{1" + ",000" * 5_000 + "}",
)
# Golds that need Math-Verify's process, which is where an answer can be expensive.
HOSTILE_GOLDS = ("5", "\\int_0^1 x dx", "x^2-1", "\\sum_{n=1}^{10} n")
NO_REWARD = (
    b"{",
    b"[" * 50_000,
    b'{"query":[NaN],"labels":["5"]}',
    b'{"query":["a"],"labels":["5","6"]}',
    b'{"query":' + b"9" * 5_000 + b"}",
)
SECONDS_TO_SETTLE = 10  # caches fill; then memory must stay flat
GIVE_UP_SECONDS = 60


@dataclass
class Seen:
    """What the client saw."""

    rewards: int = 0
    hostile: int = 0
    wrong: int = 0
    refused: int = 0
    lost: int = 0
    turned_away: int = 0
    seconds: list[float] = field(default_factory=list)


class Connection:
    """One kept-alive connection; plain enough to leave the processor to the server."""

    def __init__(self, host: str, port: int) -> None:
        self.address = host, port
        self.writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send a request; answers are read to their stated length."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(*self.address)
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        try:
            self.writer.write(head.encode() + body)
            lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
            content = await self.reader.readexactly(int(headers["content-length"]))
        except BaseException:
            self.writer.close()
            self.writer = None
            raise
        return int(lines[0].split()[1]), headers, content


async def ask(free: asyncio.Queue, body: bytes, expected: list[float], hostile: int, seen: Seen):
    """Send one request until it is answered, and hold the rewards against ours."""
    started = time.monotonic()
    while time.monotonic() - started < GIVE_UP_SECONDS:
        connection = await free.get()
        try:
            status, headers, content = await connection.post("/get_reward", body)
        except (OSError, asyncio.IncompleteReadError):
            continue
        finally:
            free.put_nowait(connection)
        if status == 200:
            rewards = json.loads(content)["rewards"]
            seen.rewards += len(rewards)
            seen.hostile += hostile
            seen.lost += len(expected) - len(rewards)
            seen.wrong += sum(a != b for a, b in zip(rewards, expected, strict=True))
            seen.seconds.append(time.monotonic() - started)
            return
        seen.refused += 1
        await asyncio.sleep(float(headers.get("retry-after", 1)))
    seen.lost += len(expected)


async def bother(free: asyncio.Queue, body: bytes, seen: Seen):
    """Send a request that can get no reward; anything but a refusal is a fault."""
    connection = await free.get()
    try:
        status, _, _ = await connection.post("/get_reward", body)
        seen.turned_away += 400 <= status < 500
    finally:
        free.put_nowait(connection)


async def cut_off(address: tuple[str, int]) -> None:
    """Begin a request and go away."""
    _, writer = await asyncio.open_connection(*address)
    writer.write(b"POST /get_reward HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n{")
    await writer.drain()
    writer.close()


def memory(metrics: bytes) -> dict[str, float]:
    """Resident MiB of the server and of its workers."""
    found = dict(
        line.rsplit(" ", 1) for line in metrics.decode().splitlines() if not line.startswith("#")
    )
    names = {
        "server": "se_process_resident_memory_bytes",
        "workers": "se_worker_memory_bytes",
    }
    mebibytes = {name: round(float(found[key]) / 2**20, 1) for name, key in names.items()}
    return mebibytes | {"restarts": float(found["se_worker_restarts"])}


def processor_seconds(process_id: int) -> dict[str, float]:
    """Processor time so far of the server, of its workers, and of this process."""
    threads = Path(f"/proc/{process_id}/task").glob("*/children")
    workers = [child for thread in threads for child in thread.read_text().split()]

    def used(one: int | str) -> float:
        fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    return {
        "server": used(process_id),
        "workers": sum(map(used, workers)),
        "client": time.process_time(),
    }


async def fetch(address: tuple[str, int], path: str) -> bytes:
    """GET a page."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    content = await reader.read()
    writer.close()
    return content.partition(b"\r\n\r\n")[2]


async def load(
    address: tuple[str, int],
    bodies: list[tuple[bytes, list[float], int]],
    options: argparse.Namespace,
    rate: float | None,
    process_id: int,
) -> dict[str, Any]:
    """Ask for some seconds, at a rate or as fast as the connections allow."""
    free: asyncio.Queue = asyncio.Queue()
    for _ in range(options.connections):
        free.put_nowait(Connection(*address))
    seen, rng = Seen(), random.Random(options.seed)
    tasks: set[asyncio.Task] = set()
    room = asyncio.Semaphore(options.connections)
    readings, started, sent, cut = [], time.monotonic(), 0, 0
    before = processor_seconds(process_id)
    next_reading = started + min(SECONDS_TO_SETTLE, options.seconds / 3)

    def start(work: Any) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def ask_in_turn(*given: Any) -> None:
        try:
            await ask(free, *given, seen)
        finally:
            room.release()

    while (now := time.monotonic()) < started + options.seconds:
        if now >= next_reading:
            readings.append(memory(await fetch(address, "/metrics")))
            next_reading += max(1.0, options.seconds / 20)
        if rate is not None:
            due = started + sent * options.group / rate
            if due > now:
                await asyncio.sleep(due - now)
            start(ask(free, *bodies[sent % len(bodies)], seen))
        else:
            await room.acquire()
            start(ask_in_turn(*bodies[sent % len(bodies)]))
        sent += 1
        if rng.random() < options.hostile * options.group:
            if rng.random() < 0.2:
                cut += 1
                start(cut_off(address))
            else:
                start(bother(free, rng.choice(NO_REWARD), seen))
    sending = time.monotonic() - started
    await asyncio.gather(*tasks)
    seconds = time.monotonic() - started
    after = processor_seconds(process_id)
    cuts = statistics.quantiles(seen.seconds, n=100)
    return {
        "rewards_asked_per_second": rate,
        "rewards_given_per_second": round(seen.rewards / seconds),
        "requests": sent,
        "rewards": seen.rewards,
        "hostile_completions": seen.hostile,
        "requests_without_reward": {"refused_by_4xx": seen.turned_away, "cut_off": cut},
        "lost": seen.lost,
        "verdicts_that_differ": seen.wrong,
        "refused_and_sent_again": seen.refused,
        "milliseconds": {
            "median": round(cuts[49] * 1000, 1),
            "p99": round(cuts[98] * 1000, 1),
            "most": round(max(seen.seconds) * 1000),
        },
        "seconds_after_the_last_was_sent": round(seconds - sending, 2),
        "processor_seconds_per_1000_rewards": {
            name: round((after[name] - before[name]) * 1000 / seen.rewards, 3) for name in after
        },
        "memory_mebibytes": {"first": readings[0], "last": readings[-1]},
        "most_memory_mebibytes": {
            name: max(reading[name] for reading in readings) for name in ("server", "workers")
        },
    }


def requests(options: argparse.Namespace) -> list[tuple[bytes, list[float], int]]:
    """Bodies with the rewards that this process gives, and how many of them are hostile."""
    from sample_engineering.grading import correctness_reward

    rng = random.Random(options.seed)
    rollouts = own_rollouts(options.seed)
    rng.shuffle(rollouts)
    found = []
    for start in range(0, len(rollouts) - options.group + 1, options.group):
        texts, golds, hostile = [], [], 0
        for rollout in rollouts[start : start + options.group]:
            text, gold = rollout.text, rollout.gold
            if rng.random() < options.hostile:
                text, gold, hostile = rng.choice(HOSTILE), rng.choice(HOSTILE_GOLDS), hostile + 1
            texts.append(text)
            golds.append(gold)
        expected = [value or 0.0 for value in correctness_reward(texts, golds)]
        found.append((json.dumps({"query": texts, "labels": golds}).encode(), expected, hostile))
    rng.shuffle(found)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--group", type=int, default=8)
    parser.add_argument("--hostile", type=float, default=0.05)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    bodies = requests(options)
    command = [sys.executable, "-m", "sample_engineering", "serve", "--port", "0"]
    if options.workers:
        command += ["--workers", str(options.workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline()
            host, port = line.split("http://")[1].split(";")[0].split(":")
            address = host, int(port)
            paced = asyncio.run(load(address, bodies, options, options.rate, server.pid))
            free = asyncio.run(load(address, bodies, options, None, server.pid))
        finally:
            server.terminate()
            last = server.stdout.readline().strip()
    print(
        json.dumps(
            {
                "settings": vars(options),
                "at_a_rate": paced,
                "as_fast_as_possible": free,
                "end": last,
                "exit": server.returncode,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
