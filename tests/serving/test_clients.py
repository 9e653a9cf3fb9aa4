"""The file that trainers call, as docs/serve.md shows it, against a real server."""

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

import sample_engineering as se

pytest.importorskip("uvicorn")
_FILE = Path(__file__).resolve().parents[2] / "examples" / "rewards" / "remote.py"


@pytest.fixture(scope="module")
def server():
    with se.serve(port=0, workers=1) as running:
        yield running


def _remote(monkeypatch, url):
    monkeypatch.setenv("REWARD_SERVER", url)
    spec = importlib.util.spec_from_file_location("remote", _FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_verl_gets_its_score(monkeypatch, server):
    remote = _remote(monkeypatch, server.url)
    known = {"kind": "quantity", "unit": "m/s", "num_turns": None, "rollout_reward_scores": {}}
    found = remote.compute_score("x", "\\boxed{18 km/h}", "5", known, reward_router_address=None)
    assert found["score"] == found["acc"] == 1.0
    assert remote.compute_score("x", "\\boxed{18 km/h}", "5")["score"] == 0.0


def test_trl_trains_with_it(monkeypatch, server):
    remote = _remote(monkeypatch, server.url)
    messages = [[{"role": "assistant", "content": "\\boxed{5}"}], [{"role": "assistant"}]]
    found = remote.reward(messages, answer=["5", "5"], trainer_state=object(), unit=[None, None])
    assert found == [1.0, 0.0]
    assert remote.one_reward("\\boxed{5}", "5") == 1.0


def test_an_environment_of_skyrl_is_rewarded_by_it(monkeypatch, server):
    envs = pytest.importorskip("skyrl_gym.envs.base_text_env")
    remote = _remote(monkeypatch, server.url)

    class Environment(envs.BaseTextEnv):
        def step(self, action):
            reward = remote.one_reward(action, "5")
            return envs.BaseTextEnvStepOutput(
                observations=[], reward=reward, done=True, metadata={}
            )

    assert Environment().step("\\boxed{5}")["reward"] == 1.0


def test_it_comes_back_later_and_says_what_is_wrong(monkeypatch):
    replies = [(503, b"{}"), (503, b"{}"), (200, json.dumps({"rewards": [1.0]}).encode())]
    replies.append((400, b'{"error": "no"}'))

    class Busy(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            status, body = replies.pop(0)
            self.send_response(status)
            self.send_header("Retry-After", "0.01")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Busy) as busy:
        threading.Thread(target=busy.serve_forever, daemon=True).start()
        remote = _remote(monkeypatch, f"http://127.0.0.1:{busy.server_port}")
        assert remote.reward(["x"], answer=["5"]) == [1.0]
        with pytest.raises(RuntimeError, match="no reward: 400"):
            remote.reward(["x"], answer=["5"])
        busy.shutdown()
