"""The response cache: what was answered is not asked again."""

import json
import sqlite3
import subprocess
import sys
import threading

import pytest

from sample_engineering.errors import RunError
from sample_engineering.generation import Sampling
from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.generation.protocol import Completion
from sample_engineering.generation.response_cache import ResponseCache, request_key

from .local_server import ScriptedServer

CHAT = [{"role": "user", "content": "hello"}]


def echo(body):
    return [f"{body['messages'][-1]['content']} {index}" for index in range(body.get("n", 1))]


@pytest.fixture
def server():
    with ScriptedServer(echo) as running:
        yield running


def ask(server, path, prompts=(CHAT,), model="m", **settings):
    with OpenAIGenerator(server.url, model, cache=path) as generator:
        return generator.generate(list(prompts), Sampling(**settings)), generator.usage


def test_a_second_run_asks_nothing(server, tmp_path):
    first, _ = ask(server, tmp_path / "c", n=3, seed=1)
    second, usage = ask(server, tmp_path / "c", n=3, seed=1)
    assert first == second
    assert (usage.requests, usage.cached) == (0, 3)
    assert sum(server.asked.values()) == 1


def test_a_larger_group_asks_only_for_what_lacks(server, tmp_path):
    ask(server, tmp_path / "c", n=3, seed=1)
    groups, usage = ask(server, tmp_path / "c", n=5, seed=1)
    assert len(groups[0]) == 5
    assert usage.cached == 3
    assert server.bodies[-1]["n"] == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 2},
        {"max_tokens": 5},
        {"temperature": 0.5},
        {"top_p": 0.5},
        {"top_k": 3},
        {"stop": ["\n"]},
        {"logprobs": True},
        {"model": "other"},
        {"prompts": [[{"role": "user", "content": "hello!"}]]},
        {"prompts": [[{"role": "system", "content": "hello"}, *CHAT]]},
    ],
)
def test_everything_that_matters_is_part_of_the_key(server, tmp_path, changed):
    ask(server, tmp_path / "c", seed=1)
    _, usage = ask(server, tmp_path / "c", **({"seed": 1} | changed))
    assert usage.cached == 0


def test_another_server_or_request_field_is_another_key(server, tmp_path):
    ask(server, tmp_path / "c", seed=1)
    with ScriptedServer(echo) as other:
        _, usage = ask(other, tmp_path / "c", seed=1)
        assert usage.cached == 0
    extra = OpenAIGenerator(server.url, "m", cache=tmp_path / "c", extra_body={"min_p": 0.1})
    extra.generate([CHAT], Sampling(seed=1))
    assert extra.usage.cached == 0


def test_a_cache_that_was_handed_in_stays_open(server, tmp_path):
    cache = ResponseCache(tmp_path / "c")
    for _ in range(2):
        with OpenAIGenerator(server.url, "m", cache=cache) as generator:
            generator.generate([CHAT], Sampling(seed=1))
    assert generator.usage.cached == 1
    assert len(cache) == 1


def test_repeated_prompts_keep_answers_of_their_own(server, tmp_path):
    _, usage = ask(server, tmp_path / "c", prompts=[CHAT, CHAT], seed=1)
    assert usage.requests == 2
    _, usage = ask(server, tmp_path / "c", prompts=[CHAT, CHAT], seed=1)
    assert (usage.requests, usage.cached) == (0, 2)


def test_many_threads_and_processes_write_one_file(tmp_path):
    path = tmp_path / "c.sqlite"
    program = (
        "import sys\n"
        "from sample_engineering.generation.response_cache import ResponseCache\n"
        "from sample_engineering.generation.protocol import Completion\n"
        "cache = ResponseCache(sys.argv[1])\n"
        "for k in range(100):\n"
        "    cache.put({f'{sys.argv[2]}-{k}': Completion('x', 1, 'stop')})\n"
    )
    others = [
        subprocess.Popen([sys.executable, "-c", program, str(path), name]) for name in ("a", "b")
    ]
    cache = ResponseCache(path)

    def write(name):
        for number in range(100):
            cache.put({f"{name}-{number}": Completion("x", 1, "stop")})

    threads = [threading.Thread(target=write, args=(name,)) for name in ("c", "d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait() for other in others] == [0, 0]
    assert len(cache) == 400


def test_what_is_stored_comes_back_the_same(tmp_path):
    completion = Completion("é\ud800\x00 ∑", 3, "length", 7, (-0.5, -1e-9))
    with_cache = ResponseCache(tmp_path / "c")
    with_cache.put({"k": completion})
    with_cache.close()
    assert ResponseCache(tmp_path / "c").get(["k", "absent"]) == {"k": completion}


def test_a_file_that_is_no_cache_is_a_clear_error(tmp_path):
    path = tmp_path / "c"
    path.write_text("not a database, but long enough to look like one " * 50)
    with pytest.raises(RunError, match="delete the file"):
        ResponseCache(path)
    table = tmp_path / "t"
    with sqlite3.connect(table) as db:
        db.execute("CREATE TABLE completions (other TEXT)")
    with pytest.raises(RunError, match="delete the file"):
        ResponseCache(table).get(["k"])


def test_keys_do_not_depend_on_the_order_of_fields():
    request = {"a": 1, "b": [{"x": 1, "y": 2}]}
    shuffled = json.loads('{"b": [{"y": 2, "x": 1}], "a": 1}')
    assert request_key(request) == request_key(shuffled)
