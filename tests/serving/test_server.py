"""Rewards by HTTP: the shapes of the trainers, limits, back-pressure, and a clean end."""

import json
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2 as httpx
import pytest

import sample_engineering as se
from sample_engineering.errors import ConfigError
from sample_engineering.grading.workers import limits

pytest.importorskip("uvicorn")

_MESSAGE = {"type": "message", "role": "assistant"}


@pytest.fixture(scope="module")
def server():
    with se.serve(port=0, workers=1, max_body=0.25, timeout=20) as running:
        yield running


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server.url, timeout=30) as found:
        yield found


def _reward(client, completion, answer="5", **columns):
    body = json.dumps({"completions": [completion], "answer": answer, **columns})
    reply = client.post("/reward", content=body)
    assert reply.status_code == 200, reply.text
    return reply.json()["rewards"][0]


def test_health_says_what_runs(client):
    reply = client.get("/health")
    assert reply.status_code == 200
    assert reply.json()["status"] == "ok"
    assert reply.json()["workers"] == 1


@pytest.mark.parametrize(
    ("completion", "gold", "options"),
    [
        (r"so \boxed{5}", "5", {}),
        (r"so \boxed{6}", "5", {}),
        ("so 5", "5", {}),
        (r"\boxed{18\,\mathrm{km/h}}", "5", {"kind": "quantity", "unit": "m/s"}),
        (r"\boxed{5.01}", "5", {"tolerance": 0.005}),
        (r"\boxed{5.01}", "5", {}),
        (r"\boxed{12 dozen}", "12", {"units_allowed": False}),
        (r"\boxed{(x-1)(x+1)}", "x^2-1", {"kind": "expression"}),
        (r"\boxed{B}", "B", {"kind": "choice", "choices": ["red", "green"]}),
    ],
)
def test_every_shape_gives_the_reward_of_the_grader(client, completion, gold, options):
    expected = float(se.grade(completion, gold, **options).correct)
    as_column = {
        name: [value] if isinstance(value, list) else value for name, value in options.items()
    }
    assert _reward(client, completion, gold, **as_column) == expected

    openrlhf = {
        "query": ["Put it in \\boxed{}. " + completion],
        "prompts": ["Put it in \\boxed{}. "],
        "labels": [{"answer": gold, **options} if options else gold],
    }
    reply = client.post("/get_reward", json=openrlhf).json()
    assert reply["rewards"] == reply["scores"] == [expected]
    assert reply["extra_logs"]["gradable"] == [1.0]
    openrlhf["labels"] = [json.dumps({"answer": gold, **options})]
    assert client.post("/get_reward", json=openrlhf).json()["rewards"] == [expected]

    verl = {"data_source": "x", "solution_str": completion, "ground_truth": gold}
    verl["extra_info"] = options
    assert client.post("/compute_score", json=verl).json()["score"] == expected
    many = {
        "solution_strs": [completion] * 2,
        "ground_truths": [gold] * 2,
        "extra_infos": [options] * 2,
    }
    assert [one["score"] for one in client.post("/compute_score", json=many).json()] == [
        expected
    ] * 2

    response = {"output": [_MESSAGE | {"content": [{"type": "output_text", "text": completion}]}]}
    nemo = {"responses_create_params": {"input": []}, "response": response, "uuid": 7}
    reply = client.post("/verify", json=nemo | {"expected_answer": gold} | options).json()
    assert reply["reward"] == expected
    assert reply["uuid"] == 7


def test_the_prompt_is_not_graded(client):
    query = {"query": "2+3 in \\boxed{7}? I think \\boxed{5}", "labels": "5"}
    assert client.post("/get_reward", json=query).json()["rewards"] == [0.0]
    query["prompts"] = "2+3 in \\boxed{7}?"
    assert client.post("/get_reward", json=query).json()["rewards"] == [1.0]


def test_a_conversation_is_a_completion(client):
    messages = [{"role": "assistant", "content": "so \\boxed{5}"}]
    assert _reward(client, messages) == 1.0


def test_a_gold_that_cannot_be_read_is_no_reward_where_the_shape_can_say_so(client):
    reply = client.post("/reward", json={"completions": ["\\boxed{1}"], "answer": [""]}).json()
    assert reply["rewards"] == [None]
    assert reply["grades"][0]["why"]
    body = {"query": ["\\boxed{1}"], "labels": [""]}
    reply = client.post("/get_reward", json=body).json()
    assert reply["rewards"] == [0.0]
    assert reply["extra_logs"]["gradable"] == [0.0]


def test_nothing_asked_is_nothing_given(client):
    assert client.post("/reward", json={"completions": [], "answer": []}).json()["rewards"] == []


_BAD = [
    (b"", 400),
    (b"{", 400),
    (b"[1]", 400),
    (b"7", 400),
    (b"\xff\xfe\x00", 400),
    (b"[" * 100_000, 400),
    (b'{"a":' * 50_000, 400),
    (b'{"completions":[NaN],"answer":"5"}', 400),
    (b'{"completions":["x"],"answer":1e999}', 400),
    (b'{"completions":["x"],"answer":' + b"9" * 5000 + b"}", 400),
    (b'{"completions":"x","answer":"5"}', 400),
    (b'{"completions":["x"]}', 400),
    (b'{"completions":["x"],"answer":["5","6"]}', 400),
    (b'{"completions":["x"],"answer":"5","problem":["a","b"]}', 400),
    (b'{"completions":["' + b"x" * 300_000 + b'"],"answer":"5"}', 413),
    (b'{"completions":[' + b'"",' * 4096 + b'""],"answer":"5"}', 413),
]


@pytest.mark.parametrize(("body", "status"), _BAD)
def test_a_bad_body_is_refused_in_one_line_and_the_server_goes_on(client, body, status):
    reply = client.post("/reward", content=body)
    assert reply.status_code == status
    assert "\n" not in reply.json()["error"]
    assert _reward(client, "\\boxed{5}") == 1.0


@pytest.mark.parametrize(
    "completion",
    [
        "\\boxed{" * 20_000,
        "\\boxed{9^{9^{9^{9^9}}}}",
        "\\boxed{" + "{" * 50_000 + "}" * 50_000 + "}",
        "\\boxed{" + "9" * 200_000 + "}",
        "\\boxed{\\sum_{n=1}^{10^{99}} n^{n!}}",
        "\ud800 \\boxed{\udfff}",
        "<think>" * 30_000,
        "\x00\\boxed{\x1b[2J}",
    ],
)
def test_hostile_completions_are_wrong_and_cost_little(client, completion):
    started = time.monotonic()
    assert _reward(client, completion, "\\int_0^1 x dx") == 0.0
    assert time.monotonic() - started < limits.WALL_SECONDS * limits.STARVED_FACTOR
    assert _reward(client, "\\boxed{5}") == 1.0


def test_compressed_bodies_and_other_paths_are_refused(client):
    headers = {"Content-Encoding": "gzip"}
    assert client.post("/reward", content=b"x", headers=headers).status_code == 415
    assert "/get_reward" in client.get("/other").json()["error"]
    assert client.get("/reward").status_code == 405


def test_metrics_are_prometheus_text(client):
    parser = pytest.importorskip("prometheus_client.parser")

    def value(name, **labels):
        found = 0.0
        for family in parser.text_string_to_metric_families(client.get("/metrics").text):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    found += sample.value
        return found

    before = value("se_rewards_total", verdict="right"), value("se_refused_total", reason="json")
    _reward(client, "\\boxed{5}")
    client.post("/reward", content=b"{")
    assert value("se_rewards_total", verdict="right") == before[0] + 1
    assert value("se_refused_total", reason="json") == before[1] + 1
    assert value("se_worker_memory_bytes") > 0
    assert value("se_waiting_rewards") == 0


def _send(server, data):
    host, port = server.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=20)
    connection.sendall(data)
    return connection


def _paused(server):
    """Stop its worker processes, so that what is asked waits."""
    for process_id in server._graders.process_ids():
        os.kill(process_id, signal.SIGSTOP)


def _resumed(server, number=signal.SIGCONT):
    for process_id in server._graders.process_ids():
        os.kill(process_id, number)


def _until(condition):
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_body_that_does_not_arrive_is_given_up():
    head = b"POST /reward HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    with se.serve(port=0, workers=1, timeout=0.3) as server:
        connection = _send(server, head)
        assert connection.recv(4096).startswith(b"HTTP/1.1 408")


def test_what_exceeds_the_queue_is_told_to_come_back_and_nothing_taken_is_lost():
    body = {"completions": ["\\boxed{5}"] * 40, "answer": "5"}
    with (
        se.serve(port=0, workers=1, queue=64, max_batch=64) as server,
        ThreadPoolExecutor(8) as threads,
    ):

        def ask(body=body):
            return httpx.post(f"{server.url}/reward", json=body, timeout=30)

        _paused(server)
        # The worker has a chunk of the first, the rest waits.
        taken = [threads.submit(ask)]
        _until(lambda: server._graders.waiting == 8)
        taken.append(threads.submit(ask))
        _until(lambda: server._graders.waiting == 48)
        refused = ask()
        assert refused.status_code == 503
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        _resumed(server)
        assert [future.result().json()["rewards"] for future in taken] == [[1.0] * 40] * 2
        assert ask().status_code == 200


def test_a_request_that_takes_too_long_is_answered_and_forgotten():
    body = {"completions": ["\\boxed{5}"] * 40, "answer": "5"}
    with se.serve(port=0, workers=1, timeout=0.5) as server:
        _paused(server)
        reply = httpx.post(f"{server.url}/reward", json=body, timeout=30)
        assert reply.status_code == 503
        assert "Retry-After" in reply.headers
        assert server._graders.waiting == 0
        _resumed(server)


def test_what_nobody_waits_for_is_not_graded():
    body = json.dumps({"completions": ["\\boxed{5}"] * 40, "answer": "5"}).encode()
    head = b"POST /reward HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    with se.serve(port=0, workers=1) as server:
        _paused(server)
        connection = _send(server, head + body)
        _until(lambda: server._graders.waiting == 8)
        connection.close()
        _until(lambda: server._graders.waiting == 0)
        _resumed(server)


def test_a_worker_that_is_ended_from_outside_costs_no_reward():
    body = {"completions": ["\\boxed{5}"] * 40, "answer": "5"}
    with se.serve(port=0, workers=1) as server, ThreadPoolExecutor(1) as threads:
        _paused(server)
        asked = threads.submit(httpx.post, f"{server.url}/reward", json=body, timeout=60)
        _until(lambda: server._graders.waiting == 8)
        _resumed(server, signal.SIGKILL)
        assert asked.result().json()["rewards"] == [1.0] * 40
        assert server._graders.restarts == 1


def test_an_answer_at_the_limit_is_wrong_and_the_others_are_graded(monkeypatch):
    monkeypatch.setattr(limits, "WALL_SECONDS", 0.1)
    body = {"completions": ["\\boxed{5}"] * 3, "answer": "5"}
    with se.serve(port=0, workers=1) as server, ThreadPoolExecutor(1) as threads:
        _paused(server)
        asked = threads.submit(httpx.post, f"{server.url}/reward", json=body, timeout=60)
        grades = asked.result().json()["grades"]
    assert [grade["timed_out"] for grade in grades].count(True) == 1
    assert [grade["correct"] for grade in grades].count(True) == 2


def test_what_was_taken_is_answered_when_the_server_is_stopped():
    body = {"completions": ["\\boxed{5}"] * 40, "answer": "5"}
    server = se.serve(port=0, workers=1)
    with ThreadPoolExecutor(1) as threads:
        _paused(server)
        asked = threads.submit(httpx.post, f"{server.url}/reward", json=body, timeout=60)
        _until(lambda: server._graders.waiting == 8)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        _resumed(server)
        assert asked.result().json()["rewards"] == [1.0] * 40
        stopping.join()
    server.stop()  # a second time says nothing
    assert not server._graders.process_ids()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/health")


def test_what_cannot_be_served_is_said(server):
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(ConfigError, match="choose another `port`"):
        se.serve(port=port)
    with pytest.raises(ConfigError, match="`host`"):
        se.serve(host="no such host", port=0)
    for wrong in ({"port": 70_000}, {"queue": 0}, {"timeout": 0.0}, {"workers": 0}, {"form": "x"}):
        with pytest.raises(ConfigError):
            se.serve(**wrong)
    with pytest.raises(ConfigError, match="never be taken"):
        se.serve(queue=4, max_batch=8)


def test_a_form_of_this_program_only_is_refused():
    se.register("answer_form", "mine", lambda text: text)
    try:
        with pytest.raises(ConfigError, match="entry point"):
            se.serve(port=0, form="mine")
    finally:
        from sample_engineering import registry

        registry.unregister("answer_form", "mine")
